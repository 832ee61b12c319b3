package io.txhost.examples.todo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.Resource;

/** The pool and the schema; what uses them is {@link RepositoryChoice}'s. */
@Configuration(proxyBeanMethods = false)
@Import(RepositoryChoice.class)
class DatabaseConfiguration {

  @Bean
  HikariDataSource dataSource(
      DatabaseSettings configured,
      @Nullable EmbeddedServer server,
      @Value("classpath:schema.sql") Resource schema,
      @Value("classpath:schema-mariadb.sql") Resource schemaOfMariaDb)
      throws IOException {
    HikariDataSource pool = open(server == null ? configured : server.settings(configured));
    try {
      boolean isMariaDb = pool.getJdbcUrl().startsWith("jdbc:mariadb:");
      create(isMariaDb ? schemaOfMariaDb : schema, pool);
      return pool;
    } catch (Throwable e) {
      pool.close();
      throw e;
    }
  }

  private static HikariDataSource open(DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("todos");
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.username());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.poolSize());
    config.setConnectionTimeout(settings.connectionTimeout().toMillis());
    try {
      return new HikariDataSource(config);
    } catch (PoolInitializationException e) {
      throw new DatabaseUnavailableException(
          "No connection to the database at " + settings + ": " + e.getMessage(),
          "Start that database, or correct todo.database.url, .username and .password; without them"
              + " the application uses H2 in memory.",
          e);
    }
  }

  /** With a Jdbi of its own, which joins no transaction. */
  private static void create(Resource schema, DataSource dataSource) throws IOException {
    String script = schema.getContentAsString(StandardCharsets.UTF_8);
    Jdbi.create(dataSource).useHandle(handle -> handle.createScript(script).execute());
  }
}
