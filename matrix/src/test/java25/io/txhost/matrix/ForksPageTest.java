package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.test.NothingLeftBehind;
import java.util.List;
import java.util.concurrent.StructuredTaskScope;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code of docs/in-depth/forks.md, run: a house check holds the page to what stands here. */
@ExtendWith(NothingLeftBehind.class)
class ForksPageTest {
  private final JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:forks", "sa", "");
  private final Jdbi jdbi = Jdbi.create(pool);
  private final TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
  private final Todos todos = new Todos();

  private final class Todos {
    int insert(String title) {
      return host.tx().execute("insert into todo values (?)", title);
    }

    List<String> titles() {
      return host.tx()
          .createQuery("select title from todo order by title")
          .mapTo(String.class)
          .list();
    }
  }

  @BeforeEach
  void aTable() {
    host.withoutTransaction(
        () -> host.tx().execute("create table todo (title varchar(20) unique)"));
  }

  @AfterEach
  void close() {
    assertThat(pool.getActiveConnections()).isZero();
    pool.dispose();
  }

  @Test
  void forksAreInsideTheTransaction() throws Exception {
    host.withTransaction(
        () -> {
          try (var scope = StructuredTaskScope.open()) {
            scope.fork(() -> todos.insert("milk")); // asks host.tx() for a handle of its own
            scope.fork(() -> todos.insert("tea"));
            scope.join(); // throws where a fork has failed, and the transaction rolls back
          }
        });

    assertThat(todos.titles()).containsExactly("milk", "tea");
  }

  @Test
  void aForkThatFailsUndoesAll() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      try (var scope = StructuredTaskScope.open()) {
                        scope.fork(() -> todos.insert("milk"));
                        scope.fork(
                            () -> {
                              throw new IllegalStateException("no tea");
                            });
                        scope.join();
                      }
                    }))
        .hasRootCauseMessage("no tea");

    assertThat(todos.titles()).isEmpty();
  }
}
