package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** All of it once on a server. */
@ExtendWith(NothingLeftBehind.class)
final class OnPostgresTest {
  private static Database postgres;

  @BeforeAll
  static void starts() throws SQLException {
    postgres = Database.postgres();
  }

  @AfterAll
  static void stops() throws Exception {
    postgres.close();
  }

  @Test
  void whatAllLibrariesWroteIsUndoneTogether() {
    Applications.withoutPool()
        .withUserConfiguration(OnPostgres.class)
        .run(
            context -> {
              Applications.table(context);
              TransactionHost<Connection> host = host(context, Connection.class);
              TransactionHost<Handle> handles = host(context, Handle.class);
              DSLContext dsl = context.getBean(DSLContext.class);
              JdbcTemplate template = context.getBean(JdbcTemplate.class);

              assertThat(dsl.dialect()).isEqualTo(SQLDialect.POSTGRES);
              assertThatThrownBy(
                      () ->
                          host.withTransaction(
                              () -> {
                                Applications.insert(host.tx(), 1);
                                handles.tx().execute("insert into item values (2)");
                                dsl.execute("insert into item values (3)");
                                template.update("insert into item values (1)");
                              }))
                  .rootCause()
                  .isInstanceOfSatisfying(
                      SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));

              assertThat(Applications.items(context)).isZero();
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class OnPostgres {
    @Bean
    DataSource database() {
      return postgres.dataSource();
    }
  }
}
