package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import io.txhost.context.Context;
import io.txhost.internal.Carrier;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Boundaries that are ended by hand. */
class ManualTransactionTest extends CoreTest {
  @Test
  void commitCommitsAndCloseAfterItDoesNothing() { // B10
    try (ManualTransaction manual = host.begin(named("by hand"))) {
      sql("a");
      assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo("by hand");
      manual.commit();
      assertThat(host.isTransactionActive()).isFalse();
    }

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void closeWithoutCommitRollsBack() { // B10
    try (ManualTransaction manual = host.begin()) {
      sql("a");
      assertThat(manual).asString().contains("'ManualTransactionTest.closeWithoutCommitRollsBack'");
    }

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(listener.events)
        .contains("rolledBack ManualTransactionTest.closeWithoutCommitRollsBack asked for");
    assertTheNextTransactionWorks();
  }

  @Test
  void rollbackRollsBackAndClosingTwiceDoesNothing() { // B10
    ManualTransaction manual = host.begin();
    sql("a");
    manual.rollback();
    manual.close();
    manual.close();

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void endingItAgainIsRefused() { // B10
    ManualTransaction manual = host.begin(named("once"));
    manual.commit();

    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable end :
        java.util.List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            manual::commit, manual::rollback)) {
      assertThatThrownBy(end)
          .isInstanceOf(TransactionCompletedException.class)
          .hasMessageContaining("'once'");
    }
  }

  @Test
  void endingOutOfOrderIsRefusedAndNamesTheOpenerAndLeavesBothOpen() { // B10
    ManualTransaction outer = host.begin(named("outer"));
    ManualTransaction inner = host.begin(as(Propagation.REQUIRES_NEW, "inner"));

    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable end :
        java.util.List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            outer::commit, outer::rollback, outer::close)) {
      assertThatThrownBy(end)
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("TXH-117")
          .hasMessageContaining("'outer'")
          .hasMessageContaining("'inner'")
          .hasMessageContaining(Thread.currentThread().getName())
          .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("was opened here"));
    }
    sql("still in the inner one");
    inner.commit();
    sql("and now in the outer one");
    outer.commit();

    assertThat(transcript())
        .containsExactly(
            "2 BEGIN",
            "2 still in the inner one",
            "2 COMMIT",
            "1 BEGIN",
            "1 and now in the outer one",
            "1 COMMIT");
  }

  @Test
  void endingOnAnotherThreadIsRefusedAndNamesTheOpener() throws InterruptedException { // B10
    ManualTransaction manual = host.begin(named("mine"));
    sql("a");
    AtomicReference<Throwable> refused = new AtomicReference<>();
    Thread stranger = new Thread(() -> refused.set(catchThrowable(manual::commit)), "stranger");
    stranger.start();
    stranger.join();

    assertThat(refused.get())
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-116")
        .hasMessageContaining("'stranger'")
        .hasMessageContaining("'mine'")
        .hasMessageContaining(Thread.currentThread().getName());
    manual.commit();
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void endingItInsideAContextOrABoundaryOpenedSinceIsRefused() { // B10
    ManualTransaction manual = host.begin(named("outer"));

    assertThatThrownBy(() -> Context.run(manual::commit))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-117")
        .hasMessageContaining("context ");
    assertThatThrownBy(() -> host.withTransaction(Propagation.NESTED, manual::commit))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-117");
    assertThatThrownBy(() -> Context.wrap((Runnable) manual::commit).run())
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("wrapped work");
    manual.commit();
  }

  @Test
  void leftOpenInABoundaryItIsRolledBackWithItAndNamed() { // B10
    TransactionException thrown =
        thrownBy(
            TransactionException.class,
            () ->
                host.withTransaction(
                    named("outer"),
                    () -> {
                      sql("a");
                      host.begin(as(Propagation.REQUIRES_NEW, "left"));
                      sql("b");
                      host.begin(as(Propagation.NESTED, "deeper"));
                      sql("c");
                    }));

    assertThat(thrown.code()).isEqualTo("TXH-118");
    assertThat(thrown).hasMessageContaining("'outer'").hasMessageContaining("'deeper'");
    assertThat(thrown.getCause()).hasMessageContaining("was opened here");
    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 a",
            "2 BEGIN",
            "2 b",
            "2 SAVEPOINT s1",
            "2 c",
            "2 ROLLBACK TO s1",
            "2 ROLLBACK",
            "1 ROLLBACK");
    assertTheNextTransactionWorks();
  }

  @Test
  void leftOpenByWorkThatFailedItIsRolledBackAndTheUsersFailureLeaves() { // B10
    IOException users = new IOException("user");
    IllegalStateException rollback = new IllegalStateException("rollback");
    adapter.failAt(At.ROLLBACK, rollback);

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      host.begin(as(Propagation.REQUIRES_NEW, "left"));
                      sql("b");
                      throw users;
                    }));

    assertThat(thrown).isSameAs(users);
    assertThat(users.getSuppressed()).containsExactly(rollback);
    assertThat(transcript()).containsExactly("2 BEGIN", "2 b", "2 ROLLBACK failed");
  }

  @Test
  void aHandleAbandonedWithItsBoundaryRefusesLater() {
    AtomicReference<ManualTransaction> left = new AtomicReference<>();
    assertThatThrownBy(() -> host.withTransaction(() -> left.set(host.begin())));

    assertThatThrownBy(() -> left.get().commit()).isInstanceOf(TransactionCompletedException.class);
    left.get().close();
  }

  @Test
  void leftOpenInAContextItIsRolledBackAndNamed() { // C7
    assertThatThrownBy(
            () ->
                Context.run(
                    () -> {
                      host.begin(named("left"));
                      sql("a");
                    }))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-118")
        .hasMessageContaining("context ")
        .hasMessageContaining("'left'");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(host.isTransactionActive()).isFalse();
  }

  @Test
  void aBlockLeftOpenInAContextInsideATransactionIsNotCommittedWithIt() { // C7
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        Context.run(
                            () -> {
                              host.begin(as(Propagation.NESTED, "left"));
                              sql("a");
                            })))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("'left'");

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 a", "1 ROLLBACK TO s1", "1 ROLLBACK");
  }

  @Test
  void leftOpenInWrappedWorkItIsRolledBack() { // C7
    Runnable task =
        Context.wrap(
            () -> {
              host.begin(named("left"));
              sql("a");
            });

    assertThatThrownBy(task::run).hasMessageContaining("TXH-118");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void leftOpenInAHookItIsRolledBack() {
    host.withTransaction(
        () ->
            host.currentTransaction()
                .orElseThrow()
                .afterCommit(
                    () -> {
                      host.begin(named("left"));
                      sql("a");
                    }));
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        host.currentTransaction()
                            .orElseThrow()
                            .beforeCommit(() -> host.begin(as(Propagation.REQUIRES_NEW, "b")))))
        .hasMessageContaining("TXH-118");

    assertThat(transcript()).containsExactly("2 BEGIN", "2 a", "2 ROLLBACK");
    assertThat(listener.hookFailures)
        .singleElement()
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE)
        .hasMessageContaining("TXH-118");
  }

  @Test
  void aJoinedBoundaryByHandThatCommitsChangesNothing() { // B10
    host.withTransaction(
        named("outer"),
        () -> {
          try (ManualTransaction joined = host.begin(named("joined"))) {
            sql("a");
            joined.commit();
          }
          sql("b");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
    assertThat(listener.events).contains("joined outer joined");
  }

  @Test
  void aJoinedBoundaryByHandThatRollsBackMarksTheOuter() { // B10
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      try (ManualTransaction joined = host.begin(named("joined"))) {
                        sql("a");
                      }
                      assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isTrue();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("'joined'");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aMarkSetAfterAJoinedBoundaryByHandIsOwnCodesAgain() {
    host.withTransaction(
        () -> {
          try (ManualTransaction joined = host.begin(named("joined"))) {
            joined.commit();
          }
          host.currentTransaction().orElseThrow().setRollbackOnly();
        });
  }

  @Test
  void aNestedBlockByHandIsKeptOrUndone() { // B10
    try (ManualTransaction outer = host.begin()) {
      try (ManualTransaction kept = host.begin(as(Propagation.NESTED, "kept"))) {
        sql("a");
        kept.commit();
      }
      try (ManualTransaction undone = host.begin(as(Propagation.NESTED, "undone"))) {
        sql("b");
        assertThat(undone).asString().contains("NESTED 'undone'");
      }
      outer.commit();
    }

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 SAVEPOINT s1",
            "1 a",
            "1 RELEASE s1",
            "1 SAVEPOINT s2",
            "1 b",
            "1 ROLLBACK TO s2",
            "1 COMMIT");
  }

  @Test
  void aMarkedTransactionByHandReportsItAtItsCommitAndNotAtItsClose() { // A11 B10
    IllegalStateException failure = new IllegalStateException("first");
    ManualTransaction manual = host.begin();
    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  throw failure;
                }));
    assertThatThrownBy(manual::commit)
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(failure);
    assertThat(host.isTransactionActive()).isFalse();

    ManualTransaction closed = host.begin();
    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  throw failure;
                }));
    closed.close();
  }

  @Test
  void aFailedEndByHandStillTakesItAwayAndRunsTheHooks() { // A12 A13
    AtomicReference<Transaction.Outcome> outcome = new AtomicReference<>();
    adapter.failAt(At.COMMIT, new CommitOutcomeUnknownException("unknown", null));
    ManualTransaction first = host.begin();
    sql("a");
    host.currentTransaction().orElseThrow().afterCompletion(outcome::set);
    assertThatThrownBy(first::commit).isInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(outcome).hasValue(Transaction.Outcome.UNKNOWN);
    assertThat(host.isTransactionActive()).isFalse();

    adapter.failAt(At.ROLLBACK, new IllegalStateException("rollback"));
    ManualTransaction second = host.begin();
    sql("b");
    host.currentTransaction().orElseThrow().afterCompletion(outcome::set);
    assertThatThrownBy(second::close).hasMessage("rollback");
    assertThat(outcome).hasValue(Transaction.Outcome.ROLLED_BACK);
    assertThat(host.isTransactionActive()).isFalse();
    assertTheNextTransactionWorks();
  }

  @Test
  void beforeCommitHooksOfOneByHandRunInsideIt() {
    try (ManualTransaction manual = host.begin()) {
      host.currentTransaction()
          .orElseThrow()
          .beforeCommit(() -> host.withTransaction(Propagation.MANDATORY, () -> sql("hook")));
      host.currentTransaction()
          .orElseThrow()
          .beforeCommit(
              () ->
                  assertThatThrownBy(manual::commit)
                      .isInstanceOf(TransactionCompletedException.class));
      manual.commit();
    }

    assertThat(transcript()).containsExactly("1 BEGIN", "1 hook", "1 COMMIT");
  }

  @Test
  void withoutATransactionByHandTheOuterOneIsBackAfterwards() {
    host.withTransaction(
        named("outer"),
        () -> {
          try (ManualTransaction without = host.begin(as(Propagation.NOT_SUPPORTED, "aside"))) {
            sql("a");
            without.commit();
          }
          sql("b");
        });
    try (ManualTransaction plain = host.begin(as(Propagation.SUPPORTS, "plain"))) {
      sql("c");
      plain.rollback();
    }

    assertThat(transcript()).containsExactly("AUTO a", "1 BEGIN", "1 b", "1 COMMIT", "AUTO c");
    assertThat(listener.events).containsSubsequence("setAside outer", "resumed outer");
  }

  /** As an Error in the midst of its end would leave it, which no test can time. */
  @Test
  @Timeout(60)
  void whatCouldNotBeTakenAwayAtItsEndIsTakenAwayByWhatIsAround() throws Exception { // C7
    RecordingAdapter otherAdapter = new RecordingAdapter();
    TransactionHost<RecordingAdapter.Db> other =
        TransactionHost.builder(otherAdapter).name("other").build();
    otherAdapter.whileCommitting =
        signals -> {
          ManualTransaction unused = host.begin(named("left by the driver"));
          sql("left");
        };

    assertThatThrownBy(
            () ->
                Context.run(
                    () -> {
                      try (ManualTransaction manual = other.begin(named("outer"))) {
                        other.tx().sql("a");
                        manual.commit();
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is not the innermost");

    assertThat(Context.isActive()).isFalse();
    assertThat(host.isTransactionActive()).isFalse();
    assertThat(other.isTransactionActive()).isFalse();
    assertThat(otherAdapter.complaints()).isEmpty();
    assertThat(transcript()).containsExactly("1 BEGIN", "1 left", "1 ROLLBACK");
  }

  /** What no test can time: an Error came before anything of the end was done. */
  private static void endAnyhow() {
    Boundary left = (Boundary) Carrier.current().boundary();
    left.endAnyhow(new StackOverflowError("on the way"));
    Carrier.uninstall(left);
  }

  @Test
  void whatAnErrorKeptFromItsEndIsUndoneAndOnce() { // C7
    host.withTransaction(
        () -> {
          ManualTransaction unused = host.begin(as(Propagation.NESTED, "block"));
          sql("b");
          endAnyhow();
          sql("outer"); // it would wait for the block otherwise
        });
    ManualTransaction unused = host.begin(named("whole"));
    sql("a");
    endAnyhow();

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 SAVEPOINT s1",
            "1 b",
            "1 ROLLBACK TO s1",
            "1 outer",
            "1 COMMIT",
            "2 BEGIN",
            "2 a",
            "2 ROLLBACK");
  }
}
