package io.txhost.examples.todo;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.TransactionHost;
import io.txhost.examples.todo.DatabaseSettings.Adapter;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.tools.jdbc.JDBCUtils;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * The one bean that transactions need, a host, and the repository that asks it: for each library
 * its own, by {@code todo.database.adapter}. Handlers and services are the same for all.
 */
final class RepositoryChoice implements ImportSelector {
  private final Environment environment;

  RepositoryChoice(Environment environment) {
    this.environment = environment;
  }

  /** A value that is no adapter is refused here, and those that are are named. */
  @Override
  public String[] selectImports(AnnotationMetadata importing) {
    Adapter adapter = Binder.get(environment).bind("todo.database.adapter", Adapter.class).get();
    Class<?> chosen =
        switch (adapter) {
          case JDBC -> WithJdbc.class;
          case JDBI -> WithJdbi.class;
          case JOOQ -> WithJooq.class;
        };
    return new String[] {chosen.getName()};
  }

  static class WithJdbc {

    @Bean
    TransactionHost<Connection> host(DataSource dataSource) {
      return TransactionHost.create(JdbcAdapter.over(dataSource));
    }

    @Bean
    TodoRepository storedTodos(TransactionHost<Connection> host) {
      return new JdbcTodoRepository(host);
    }

    @Bean
    PublicationRepository publications(TransactionHost<Connection> host) {
      return new JdbcPublicationRepository(host);
    }
  }

  static class WithJdbi {

    @Bean
    TransactionHost<Handle> host(DataSource dataSource) {
      Jdbi jdbi = Jdbi.create(dataSource);
      // else the message of a failed statement, which is logged, has its parameters
      jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
      return TransactionHost.create(JdbiAdapter.over(jdbi));
    }

    @Bean
    TodoRepository storedTodos(TransactionHost<Handle> host) {
      return new JdbiTodoRepository(host);
    }

    @Bean
    PublicationRepository publications(TransactionHost<Handle> host) {
      return new JdbiPublicationRepository(host);
    }
  }

  static class WithJooq {

    @Bean
    TransactionHost<DSLContext> host(HikariDataSource dataSource) {
      SQLDialect dialect = JDBCUtils.dialect(dataSource.getJdbcUrl());
      return TransactionHost.create(JooqAdapter.over(dataSource, dialect));
    }

    @Bean
    TodoRepository storedTodos(TransactionHost<DSLContext> host) {
      return new JooqTodoRepository(host);
    }

    @Bean
    PublicationRepository publications(TransactionHost<DSLContext> host) {
      return new JooqPublicationRepository(host);
    }
  }
}
