package io.txhost.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Propagation;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.UnexpectedRollbackException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.Test;

/** What a handle promises, refuses and reports. */
final class HandleTest extends JdbiFixture {

  // ---- callbacks

  private void register(Handle handle, List<String> log, String name) {
    handle.afterCommit(() -> log.add(name + " committed, out " + pool.connectionsOut()));
    handle.afterRollback(() -> log.add(name + " rolled back, out " + pool.connectionsOut()));
  }

  private static void failing(ThrowingCallable call) {
    assertThatThrownBy(call).hasMessage("user");
  }

  @Test // B7
  void callbacksRunOnceAtTheCommitWithTheConnectionBack() {
    List<String> log = new ArrayList<>();
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          register(host.tx(), log, "first");
          jdbi.useHandle(handle -> register(handle, log, "second"));
          assertThat(log).isEmpty();
        });

    assertThat(log).containsExactly("first committed, out 0", "second committed, out 0");
  }

  @Test // B7
  void callbacksRunOnceAtTheRollback() {
    List<String> log = new ArrayList<>();
    failing(
        () ->
            host.withTransaction(
                () -> {
                  insert(host.tx(), 1);
                  register(host.tx(), log, "first");
                  throw new IllegalStateException("user");
                }));

    assertThat(log).containsExactly("first rolled back, out 0");
  }

  @Test // B7
  void aCallbackOfAnUndoneBlockHearsOfARollbackAndOfAKeptOneOfTheCommit() {
    List<String> log = new ArrayList<>();
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          host.tx().useTransaction(nested -> register(nested, log, "kept"));
          failing(
              () ->
                  host.tx()
                      .useTransaction(
                          nested -> {
                            register(nested, log, "undone");
                            throw new IllegalStateException("user");
                          }));
          register(host.tx(), log, "outer");
          assertThat(log).isEmpty();
        });

    assertThat(log)
        .containsExactlyInAnyOrder(
            "kept committed, out 0", "undone rolled back, out 0", "outer committed, out 0");
  }

  @Test // A20
  void aCallbackMayOpenATransactionOfItsOwn() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          host.tx().afterCommit(() -> jdbi.useTransaction(handle -> insert(handle, 2)));
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A22
  void callbacksOfTransactionsThatOneHandleBeganRunWithTheirOwn() {
    List<String> log = new ArrayList<>();
    jdbi.useHandle(
        handle -> {
          handle.useTransaction(inner -> register(inner, log, "first"));
          assertThat(log).containsExactly("first committed, out 0");
          failing(
              () ->
                  handle.useTransaction(
                      inner -> {
                        register(inner, log, "second");
                        throw new IllegalStateException("user");
                      }));
          handle.useTransaction(inner -> register(inner, log, "third"));
        });

    assertThat(log)
        .containsExactly(
            "first committed, out 0", "second rolled back, out 0", "third committed, out 0");
  }

  @Test
  void aCallbackOutsideIsRefused() {
    assertThatThrownBy(() -> host.tx().afterCommit(() -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.afterRollback(() -> {})))
        .isInstanceOf(IllegalStateException.class);
  }

  // ---- what is refused

  private static Map<String, HandleConsumer<RuntimeException>> rawCalls() {
    Map<String, HandleConsumer<RuntimeException>> calls = new LinkedHashMap<>();
    calls.put("commit", Handle::commit);
    calls.put("rollback", Handle::rollback);
    return calls;
  }

  @Test // A17
  void aRefusedBeginInsideEndsNothingAndTheTransactionGoesOn() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          assertThatThrownBy(() -> host.tx().begin()).hasMessageContaining("TXH-551");
          insert(host.tx(), 2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A17, A29
  void aRawTransactionCallInsideThatWasRefusedAndSwallowedKeepsNothing() {
    rawCalls()
        .forEach(
            (name, call) -> {
              AtomicReference<Throwable> refusal = new AtomicReference<>();
              assertThatThrownBy(
                      () ->
                          host.withTransaction(
                              TransactionOptions.defaults().name("orders.place"),
                              () -> {
                                insert(host.tx(), 1);
                                refusal.set(catchThrowable(() -> call.useHandle(host.tx())));
                                insert(host.tx(), 2);
                              }))
                  .as(name)
                  .isInstanceOf(UnexpectedRollbackException.class)
                  .cause()
                  .isSameAs(refusal.get())
                  .isInstanceOf(TransactionException.class)
                  .hasMessageContaining("TXH-551")
                  .hasMessageContaining("handle." + name + "()")
                  .hasMessageContaining("orders.place");
              assertThat(rows()).as(name).isEmpty();
            });
  }

  @Test // A29
  void aRefusedRollbackInANestedBlockUndoesThatBlockAlone() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          assertThatThrownBy(
                  () ->
                      host.tx()
                          .useTransaction(
                              nested -> {
                                insert(nested, 2);
                                assertThatThrownBy(nested::rollback)
                                    .hasMessageContaining("TXH-551");
                              }))
              .isInstanceOf(UnexpectedRollbackException.class);
          insert(host.tx(), 3);
        });

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A29
  void aRefusedCommitOfAHandleThatWasGotOutsideMarksTheTransactionItIsUsedIn() {
    Handle kept = host.tx();
    assertThatThrownBy(
            () ->
                jdbi.useHandle(
                    ofBlock ->
                        host.withTransaction(
                            () -> {
                              insert(ofBlock, 1);
                              assertThatThrownBy(kept::commit).hasMessageContaining("TXH-551");
                              assertThatThrownBy(ofBlock::rollback).hasMessageContaining("TXH-551");
                            })))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageContaining("handle.commit()");

    assertThat(rows()).isEmpty();
  }

  @Test // A17
  void aRefusedChangeOfStateInsideLeavesTheTransactionGoingOn() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          assertStateIsRefused(host.tx());
          insert(host.tx(), 2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A21
  void transactionCallsOutsideAreRefused() {
    Map<String, HandleConsumer<RuntimeException>> calls = rawCalls();
    calls.put("begin", Handle::begin);
    calls.put("savepoint", handle -> handle.savepoint("a"));
    calls.put("rollbackToSavepoint", handle -> handle.rollbackToSavepoint("a"));
    calls.put("releaseSavepoint", handle -> handle.releaseSavepoint("a"));
    calls.forEach(
        (name, call) ->
            assertThatThrownBy(() -> call.useHandle(host.tx()))
                .as(name)
                .isInstanceOf(TransactionException.class)
                .hasMessageContaining("TXH-552")
                .hasMessageContaining("withTransaction"));
    assertStateIsRefused(host.tx());
    assertThat(recorder.transcript()).doesNotContain("COMMIT", "ROLLBACK", "SAVEPOINT");
  }

  private static void assertStateIsRefused(Handle handle) {
    handle.setReadOnly(false);
    for (ThrowingCallable change :
        List.<ThrowingCallable>of(
            () -> handle.setReadOnly(true),
            () -> handle.setTransactionIsolationLevel(TransactionIsolationLevel.SERIALIZABLE))) {
      assertThatThrownBy(change)
          .isInstanceOf(org.jdbi.v3.core.JdbiException.class)
          .cause()
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("TXH-553")
          .hasCauseInstanceOf(TransactionException.class);
    }
  }

  @Test // A17
  void savepointsOfTheUsersOwnWork() {
    host.withTransaction(
        () -> {
          Handle handle = host.tx();
          insert(handle, 1);
          handle.savepoint("a");
          insert(handle, 2);
          handle.rollbackToSavepoint("a");
          handle.savepoint("b");
          insert(handle, 3);
          handle.releaseSavepoint("b");
        });

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A16
  void aHandleKeptPastTheEndRefusesAndNamesItsTransaction() {
    AtomicReference<Handle> kept = new AtomicReference<>();
    host.withTransaction(
        TransactionOptions.defaults().name("orders.place"),
        () -> {
          kept.set(host.tx());
          insert(host.tx(), 1);
        });

    host.withTransaction(
        () -> {
          insert(host.tx(), 2);
          assertEnded(() -> insert(kept.get(), 3));
          assertEnded(() -> kept.get().useTransaction(handle -> insert(handle, 3)));
          assertEnded(() -> kept.get().commit());
          assertThat(kept.get().isInTransaction()).isFalse();
        });
    assertEnded(() -> insert(kept.get(), 3));

    assertThat(rows()).containsExactly(1, 2);
  }

  private static void assertEnded(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TransactionCompletedException.class)
        .hasMessageContaining("orders.place")
        .hasMessageContaining("host.tx()");
  }

  @Test // A16
  void aHandleThatIsSetAsideCannotNestInAnothersTransaction() {
    host.withTransaction(
        () -> {
          Handle outer = host.tx();
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> {
                assertThatThrownBy(() -> outer.useTransaction(handle -> insert(handle, 1)))
                    .hasMessageContaining("TXH-554");
                assertThatThrownBy(() -> outer.afterCommit(() -> {}))
                    .hasMessageContaining("TXH-554");
              });
          host.withoutTransaction(
              () ->
                  assertThatThrownBy(() -> outer.useTransaction(handle -> insert(handle, 1)))
                      .hasMessageContaining("TXH-554"));
          outer.useTransaction(handle -> insert(handle, 2));
        });

    assertThat(rows()).containsExactly(2);
  }

  @Test
  void closingAHandleHarmsNothing() {
    host.withTransaction(
        () -> {
          try (Handle handle = host.tx()) {
            insert(handle, 1);
          }
          insert(host.tx(), 2);
          host.tx().useTransaction(handle -> insert(handle, 3));
          jdbi.useHandle(Handle::close);
        });
    try (Handle outside = host.tx()) {
      assertThat(outside.createQuery("select count(*) from item").mapTo(int.class).one())
          .isEqualTo(3);
    }

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test
  void aFailedStatementIsJdbisOwnExceptionWithTheDriversAsCause() {
    host.withTransaction(() -> insert(host.tx(), 1));

    assertThatThrownBy(() -> host.withoutTransaction(() -> insert(host.tx(), 1)))
        .isInstanceOf(UnableToExecuteStatementException.class)
        .hasCauseInstanceOf(SQLException.class);
    assertThatThrownBy(() -> host.withTransaction(() -> insert(host.tx(), 1)))
        .isInstanceOf(UnableToExecuteStatementException.class)
        .hasCauseInstanceOf(SQLException.class);
  }

  // ---- laziness

  @Test // A15
  void aHandleTakesNoConnectionBeforeItsFirstStatement() throws Exception {
    try (var only = pool.getConnection()) {
      host.withTransaction(
          () -> {
            Handle handle = host.tx();
            handle.createQuery("select 1");
            assertThat(handle.isInTransaction()).isTrue();
            assertThat(handle.isReadOnly()).isFalse();
            assertThat(handle.getConnection().getAutoCommit()).isFalse();
            handle.useTransaction(
                nested -> nested.useTransaction(deeper -> deeper.useTransaction(h -> {})));
            handle.useTransaction(TransactionIsolationLevel.READ_COMMITTED, nested -> {});
            jdbi.useHandle(h -> h.attach(Items.class));
            jdbi.useExtension(Items.class, items -> {});
          });
      assertThat(only.isValid(30)).isTrue();
    }
    assertThat(recorder.transcript()).isEmpty();
  }

  @Test // A2
  void aHandleOutsideTakesNoConnectionBeforeItsFirstStatement() throws Exception {
    try (var only = pool.getConnection()) {
      Handle handle = host.tx();
      handle.createQuery("select 1");
      assertThat(handle.isInTransaction()).isFalse();
      assertThat(handle.isReadOnly()).isFalse();
      handle.useTransaction(TransactionIsolationLevel.SERIALIZABLE, nested -> {});
      jdbi.useHandle(h -> h.attach(Items.class));
      assertThat(only.isValid(30)).isTrue();
    }
    assertThat(recorder.transcript()).isEmpty();
  }
}
