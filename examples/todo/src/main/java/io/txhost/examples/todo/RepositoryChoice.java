package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jooq.DSLContext;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * The repositories of one library, by {@code todo.adapter}. Handlers and services are the same for
 * all.
 */
final class RepositoryChoice implements ImportSelector {
  private final Environment environment;

  RepositoryChoice(Environment environment) {
    this.environment = environment;
  }

  /** Each has its own repositories; nothing else differs. */
  enum Adapter {
    JDBC,
    JDBI,
    JOOQ
  }

  /** A value that is no adapter is refused here, and those that are are named. */
  @Override
  public String[] selectImports(AnnotationMetadata importing) {
    Adapter adapter = Binder.get(environment).bind("todo.adapter", Adapter.class).get();
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
    TodoRepository storedTodos(TransactionHost<Connection> host) {
      return new JdbcTodoRepository(host);
    }

    @Bean
    PublicationRepository publications(TransactionHost<Connection> host) {
      return new JdbcPublicationRepository(host);
    }
  }

  static class WithJdbi {

    /** Without its setting a failed statement's message, which is logged, has its parameters. */
    @Bean
    Jdbi jdbi(DataSource dataSource) {
      Jdbi jdbi = Jdbi.create(dataSource);
      jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
      return jdbi;
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
    TodoRepository storedTodos(TransactionHost<DSLContext> host) {
      return new JooqTodoRepository(host);
    }

    @Bean
    PublicationRepository publications(TransactionHost<DSLContext> host) {
      return new JooqPublicationRepository(host);
    }
  }
}
