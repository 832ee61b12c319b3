package io.txhost.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.DetachedTransactionException;
import io.txhost.FallbackPolicy;
import io.txhost.IncompatibleTransactionException;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.TransactionalCallable;
import io.txhost.context.Context;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.sqlobject.SqlObject;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The user's own Jdbi takes part in the host's transactions. */
final class JdbiJoiningTest extends JdbiFixture {

  @Test // A1
  void everyEntryOfTheJdbiJoinsTheActiveTransaction() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          jdbi.useHandle(handle -> insert(handle, 2));
          jdbi.onDemand(Items.class).insert(3);
          jdbi.useExtension(Items.class, items -> items.insert(4));
          host.tx().attach(Items.class).insert(5);
        });

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SQL", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test // A3
  void whatTheJdbiWroteIsGoneWhenTheTransactionFails() {
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      jdbi.onDemand(Items.class).insert(1);
                      throw fromUser;
                    }))
        .isSameAs(fromUser);

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test // A23
  void jdbcAndJdbiInOneBodyAreOneCommit() throws Exception {
    jdbc.withTransaction(
        () -> {
          insert(host.tx(), 1);
          try (PreparedStatement statement =
              jdbc.tx().prepareStatement("insert into item (id, label) values (2, 'x')")) {
            statement.executeUpdate();
          }
          jdbi.useTransaction(handle -> insert(handle, 3));
        });

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SAVEPOINT", "SQL", "RELEASE", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A17
  void theJdbisOwnTransactionsInsideAreSavepoints() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          jdbi.useTransaction(handle -> insert(handle, 2));
          assertThatThrownBy(() -> jdbi.onDemand(Items.class).insertAndFail(3)).hasMessage("user");
          insert(host.tx(), 4);
        });

    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "RELEASE",
            "SAVEPOINT",
            "SQL",
            "ROLLBACK TO",
            "SQL",
            "COMMIT",
            "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 4);
  }

  @Test // A17
  void aNestedCallbackGetsTheTransactionsOnlyHandle() {
    host.withTransaction(
        () -> {
          Handle handle = host.tx();
          Boolean same =
              handle.inTransaction(
                  nested ->
                      nested == handle
                          && nested == host.tx()
                          && jdbi.<Boolean, RuntimeException>withHandle(h -> h == handle)
                          && nested.isInTransaction()
                          && host.currentTransaction().orElseThrow().isNested());
          assertThat(same).isTrue();
          assertThat(handle.isInTransaction()).isTrue();
        });
  }

  @Test // A22
  void anOnDemandTransactionOutsideIsOneOfTheHosts() {
    jdbi.onDemand(Items.class).insertBoth(1, 2);
    assertThatThrownBy(() -> jdbi.onDemand(Items.class).insertAndFail(3)).hasMessage("user");

    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN", "SQL", "SQL", "COMMIT", "CLOSE", "BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A22
  void aHandleGoneOnWithInsideTheTransactionItBeganIsInIt() {
    assertThatThrownBy(
            () ->
                jdbi.useHandle(
                    outer ->
                        outer.useTransaction(
                            inner -> {
                              insert(outer, 1);
                              insert(inner, 2);
                              insert(host.tx(), 3);
                              throw new IllegalStateException("user");
                            })))
        .hasMessage("user");

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test // A22
  void aTransactionInsideOneThatTheJdbiBeganIsASavepoint() {
    jdbi.useTransaction(
        handle -> {
          insert(handle, 1);
          assertThatThrownBy(
                  () ->
                      handle.useTransaction(
                          nested -> {
                            insert(nested, 2);
                            throw new IllegalStateException("user");
                          }))
              .hasMessage("user");
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test // A2
  void outsideNothingIsLostWhateverThePoolsAutoCommit() {
    host.withoutTransaction(
        () -> {
          jdbi.useHandle(handle -> insert(handle, 1));
          jdbi.onDemand(Items.class).insert(2);
          jdbi.useExtension(Items.class, items -> items.insert(3));
          insert(host.tx(), 4);
        });
    jdbi.useTransaction(handle -> insert(handle, 5));
    assertThat(jdbi.onDemand(Items.class).count()).isEqualTo(5);

    assertThat(pool.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test // A2
  void outsideAResultLeftOpenInAWithHandleIsClosedAfterIt() {
    jdbi.useHandle(
        handle -> {
          handle.useTransaction(
              inner -> {
                insert(inner, 1);
                insert(inner, 2);
              });
          assertThat(
                  handle.createQuery("select id from item").mapTo(int.class).iterator().hasNext())
              .isTrue();
        });

    assertThat(pool.connectionsOut()).isZero();
  }

  @Test // A4
  void theIsolationAskedOfTheJdbiIsInForce() {
    Assumptions.assumeTrue(
        database.isolations().contains(Isolation.SERIALIZABLE), "no SERIALIZABLE here");
    String inForce =
        jdbi.inTransaction(
            TransactionIsolationLevel.SERIALIZABLE,
            handle -> handle.createQuery(database.isolationQuery()).mapTo(String.class).one());

    assertThat(inForce).isEqualTo(database.reported(Isolation.SERIALIZABLE));
    String after =
        host.withTransaction(
            () -> host.tx().createQuery(database.isolationQuery()).mapTo(String.class).one());
    assertThat(after).isEqualTo(database.reported(Isolation.READ_COMMITTED));
  }

  @Test // A17
  void aNestedIsolationIsRefusedIfStrongerAndNestedIfNot() {
    host.withTransaction(
        TransactionOptions.defaults().isolation(Isolation.REPEATABLE_READ),
        () -> {
          Handle handle = host.tx();
          handle.useTransaction(
              TransactionIsolationLevel.READ_COMMITTED, nested -> insert(nested, 1));
          handle.useTransaction(
              TransactionIsolationLevel.REPEATABLE_READ, nested -> insert(nested, 2));
          assertThatThrownBy(
                  () ->
                      handle.useTransaction(
                          TransactionIsolationLevel.SERIALIZABLE, nested -> insert(nested, 3)))
              .isInstanceOf(IncompatibleTransactionException.class);
          assertThatThrownBy(
                  () -> handle.useTransaction(TransactionIsolationLevel.NONE, Handle::isClosed))
              .isInstanceOf(TransactionException.class)
              .hasMessageContaining("TXH-559");
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A4
  void aReadOnlyTransactionAnnotationOutsideIsReadOnly() {
    Items items = jdbi.onDemand(Items.class);

    assertThatThrownBy(() -> items.askReadOnly("insert into item (id, label) values (9, 'x')"))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    host.withTransaction(() -> items.insert(1));
    items.insertBoth(2, 3);

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A5
  void aReadOnlyTransactionAnnotationInsideNestsAndLeavesTheRestWritable() {
    host.withTransaction(
        () -> {
          Items items = jdbi.onDemand(Items.class);
          items.insert(1);
          assertThat(items.askReadOnly("select label from item")).isEqualTo("x");
          items.insertBoth(2, 3);
        });

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test
  void aWritingTransactionAnnotationInsideAReadOnlyOneIsRefused() {
    host.withTransaction(
        TransactionOptions.defaults().readOnly(true),
        () ->
            assertThatThrownBy(() -> jdbi.onDemand(Items.class).insertBoth(1, 2))
                .isInstanceOf(org.jdbi.v3.core.transaction.TransactionException.class));

    assertThat(rows()).isEmpty();
  }

  @Test // A7
  void withoutATransactionTheJdbiIsOutside() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      host.withoutTransaction(() -> jdbi.useHandle(handle -> insert(handle, 1)));
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    assertThat(rows()).containsExactly(1);
  }

  @Test // D5
  void everyEntryOfTheJdbiInAStructuredChildJoinsThroughTheChildsOwnHandle() throws Exception {
    TransactionalCallable<Handle, Exception> child =
        () -> {
          Handle own = host.tx();
          insert(own, 1);
          assertThat(jdbi.<Handle, RuntimeException>withHandle(handle -> handle)).isSameAs(own);
          jdbi.onDemand(Items.class).insert(2);
          own.inTransaction(nested -> nested.attach(Items.class).getHandle().execute("select 1"));
          return own;
        };
    List<Handle> handles = new ArrayList<>();

    host.withTransaction(
        () -> {
          handles.add(host.tx());
          insert(host.tx(), 3);
          handles.addAll(host.inParallel(List.of(child)));
        });

    assertThat(handles.get(1)).isNotSameAs(handles.get(0));
    assertThat(rows()).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> handles.get(1).inTransaction(nested -> nested.execute("select 1")))
        .isInstanceOf(TransactionCompletedException.class);
  }

  @Test // D5
  void theParentsHandleIsRefusedInAStructuredChildByName() throws Exception {
    host.withTransaction(
        () -> {
          Handle parents = host.tx();
          insert(parents, 1);
          TransactionalCallable<Throwable, Exception> child =
              () -> catchThrowable(() -> insert(parents, 2));
          assertThat(host.inParallel(List.of(child)).get(0))
              .isInstanceOf(TransactionException.class)
              .hasMessageContaining("TXH-554")
              .hasMessageContaining("host.tx()");
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test // D5
  void aCallbackOfAChildsHandleRunsOnceAtTheRealCommit() throws Exception {
    List<String> ran = new ArrayList<>();
    TransactionalCallable<String, Exception> child =
        () -> {
          host.tx().afterCommit(() -> ran.add("callback"));
          insert(host.tx(), 1);
          return "done";
        };

    host.withTransaction(
        () -> {
          host.inParallel(List.of(child));
          assertThat(ran).isEmpty();
        });

    assertThat(ran).containsExactly("callback");
  }

  @Test // D6
  void theJdbiOnADetachedThreadIsRefusedAndWritesNothing() throws Exception {
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try {
      host.withTransaction(
          () -> {
            Callable<Object> task =
                Context.wrap(() -> jdbi.withHandle(handle -> handle.execute("delete from item")));
            Future<Object> result = worker.submit(task);
            assertThatThrownBy(result::get).hasCauseInstanceOf(DetachedTransactionException.class);
          });
      Callable<Boolean> isLeft = () -> Context.isActive() || host.isTransactionActive();
      assertThat(worker.submit(isLeft).get()).isFalse();
    } finally {
      worker.shutdown();
    }
    assertThat(recorder.transcript()).isEmpty();
  }

  @Test // B11
  void aPolicyThatDeniesTheFallbackHoldsForTheJdbi() {
    Jdbi strict = jdbi();
    TransactionHost<Handle> denying =
        JdbiAdapter.view(
            TransactionHost.builder(JdbcAdapter.over(recorder))
                .fallbackPolicy(FallbackPolicy.DENY)
                .build(),
            strict);

    assertThatThrownBy(() -> strict.onDemand(Items.class).insert(1))
        .isInstanceOf(TransactionRequiredException.class);
    denying.withTransaction(() -> strict.onDemand(Items.class).insert(2));
    denying.withoutTransaction(() -> strict.onDemand(Items.class).insert(3));

    assertThat(rows()).containsExactly(2, 3);
  }

  @Test // A6
  void eachOfTwoTransactionsHasItsOwnHandle() {
    List<Handle> handles = new ArrayList<>();
    host.withTransaction(
        () -> {
          handles.add(host.tx());
          host.withTransaction(Propagation.REQUIRES_NEW, () -> handles.add(host.tx()));
          handles.add(host.tx());
        });

    assertThat(handles.get(0)).isSameAs(handles.get(2)).isNotSameAs(handles.get(1));
  }

  interface Outer extends SqlObject {
    default String name(Jdbi other) {
      Handle handle = getHandle();
      other.onDemand(Items.class).count();
      other.useExtension(Items.class, Items::count);
      return handle.getExtensionMethod().getMethod().getName();
    }
  }

  @Test
  void anExtensionCalledInsideAnotherLeavesItsContext() {
    String inside = host.withTransaction(() -> jdbi.onDemand(Outer.class).name(jdbi));

    assertThat(inside).isEqualTo("name");
  }

  @Test // B12
  void aDisabledHostsHandlesWorkAndEachStatementCommits() {
    Jdbi disabled = jdbi();
    TransactionHost<Handle> off =
        TransactionHost.builder(JdbiAdapter.over(disabled)).enabled(false).build();

    assertThatThrownBy(
            () ->
                off.withTransaction(
                    () -> {
                      insert(off.tx(), 1);
                      disabled.useTransaction(handle -> insert(handle, 2));
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    assertThat(rows()).containsExactly(1, 2);
  }
}
