package io.txhost.matrix;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs a program's transaction: each of our adapters, and each peer with its own transactions. */
enum Runner {
  JDBC("JDBC", true) {
    @Override
    Bound over(DataSource pool, Endpoint endpoint) {
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
      return program -> inHost(program, host, () -> query(host.tx()));
    }
  },
  JDBI("Jdbi", true) {
    @Override
    Bound over(DataSource pool, Endpoint endpoint) {
      TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(Jdbi.create(pool)));
      return program -> inHost(program, host, () -> query(host.tx()));
    }
  },
  JOOQ("jOOQ", true) {
    @Override
    Bound over(DataSource pool, Endpoint endpoint) {
      TransactionHost<DSLContext> host =
          TransactionHost.create(JooqAdapter.over(pool, endpoint.dialect()));
      return program -> inHost(program, host, () -> host.tx().fetch(Endpoint.SQL));
    }
  },
  SPRING("Spring", false) {
    @Override
    Bound over(DataSource pool, Endpoint endpoint) {
      JdbcTransactionManager manager = new JdbcTransactionManager(pool);
      JdbcTemplate statements = new JdbcTemplate(pool);
      return program -> inSpring(program, manager, () -> statements.execute(Endpoint.SQL));
    }
  },
  /**
   * Its nested calls join, its read-only is a connection's state; and where auto-commit is off it
   * takes itself to be in a transaction, and ends none.
   */
  JDBI_ALONE("Jdbi alone", false) {
    @Override
    boolean knows(Program program, Endpoint endpoint) {
      return endpoint.autoCommit() && !program.isNested() && !program.isReadOnly();
    }

    @Override
    Bound over(DataSource pool, Endpoint endpoint) {
      Jdbi jdbi = Jdbi.create(pool);
      return program -> {
        HandleConsumer<RuntimeException> work =
            handle -> {
              if (program != Program.NO_STATEMENT) {
                query(handle);
              }
            };
        if (program.isSerializable()) {
          jdbi.useTransaction(TransactionIsolationLevel.SERIALIZABLE, work);
        } else {
          jdbi.useTransaction(work);
        }
      };
    }
  },
  /** Has no isolation and no read-only before 3.21. */
  JOOQ_ALONE("jOOQ alone", false) {
    @Override
    boolean knows(Program program, Endpoint endpoint) {
      return !program.isSerializable() && !program.isReadOnly();
    }

    @Override
    Bound over(DataSource pool, Endpoint endpoint) {
      DSLContext dsl = DSL.using(pool, endpoint.dialect());
      return program ->
          dsl.transaction(
              outer -> {
                if (program != Program.NO_STATEMENT) {
                  outer.dsl().fetch(Endpoint.SQL);
                }
                if (program.isNested()) {
                  nested(program, outer.dsl());
                }
              });
    }

    private void nested(Program program, DSLContext outer) {
      try {
        outer.transaction(
            inner -> {
              inner.dsl().fetch(Endpoint.SQL);
              if (program == Program.NESTED_UNDONE) {
                throw new Undone();
              }
            });
      } catch (Undone expected) {
        // what undoes it in jOOQ is an exception
      }
    }
  };

  private static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final String words;
  private final boolean ours;

  Runner(String words, boolean ours) {
    this.words = words;
    this.ours = ours;
  }

  /** Bound to a pool. */
  @FunctionalInterface
  interface Bound {
    void run(Program program) throws Exception;
  }

  /** Runs a statement in whatever transaction is active. */
  @FunctionalInterface
  private interface Query {
    void run() throws SQLException;
  }

  abstract Bound over(DataSource pool, Endpoint endpoint);

  /** Whether it is held to the budget. */
  boolean isOurs() {
    return ours;
  }

  /** Whether it has such a transaction. */
  boolean knows(Program program, Endpoint endpoint) {
    return true;
  }

  @Override
  public String toString() {
    return words;
  }

  private static void query(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(Endpoint.SQL);
    }
  }

  private static void query(Handle handle) {
    handle.createQuery(Endpoint.SQL).mapTo(String.class).one();
  }

  private static void inHost(Program program, TransactionHost<?> host, Query query)
      throws SQLException {
    TransactionOptions options = TransactionOptions.defaults();
    if (program.isReadOnly()) {
      options = options.readOnly(true);
    }
    if (program.isSerializable()) {
      options = options.isolation(Isolation.SERIALIZABLE);
    }
    host.withTransaction(
        options,
        () -> {
          if (program != Program.NO_STATEMENT) {
            query.run();
          }
          if (program.isNested()) {
            host.withTransaction(
                Propagation.NESTED,
                () -> {
                  query.run();
                  if (program == Program.NESTED_UNDONE) {
                    host.currentTransaction().orElseThrow().setRollbackOnly();
                  }
                });
          }
        });
  }

  private static void inSpring(Program program, JdbcTransactionManager manager, Runnable query) {
    TransactionTemplate outer = new TransactionTemplate(manager);
    outer.setReadOnly(program.isReadOnly());
    if (program.isSerializable()) {
      outer.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
    }
    TransactionTemplate nested = new TransactionTemplate(manager);
    nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    outer.executeWithoutResult(
        status -> {
          if (program != Program.NO_STATEMENT) {
            query.run();
          }
          if (program.isNested()) {
            nested.executeWithoutResult(
                inner -> {
                  query.run();
                  if (program == Program.NESTED_UNDONE) {
                    inner.setRollbackOnly();
                  }
                });
          }
        });
  }
}
