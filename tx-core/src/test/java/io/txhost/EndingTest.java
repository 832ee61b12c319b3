package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import io.txhost.context.Context;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a boundary ends: commit or rollback, and which exception leaves it. */
class EndingTest extends CoreTest {
  static Stream<Throwable> anything() {
    return Stream.of(
        new IOException("checked"),
        new IllegalStateException("unchecked"),
        new AssertionError("error"),
        new Throwable("neither"));
  }

  private void failWith(TransactionOptions options, Throwable failure) {
    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    options,
                    () -> {
                      sql("work");
                      throw failure;
                    }));
    assertThat(thrown).isSameAs(failure);
  }

  @ParameterizedTest
  @MethodSource("anything")
  void anyThrowableRollsBackAndLeavesAsTheSameObject(Throwable failure) { // A3
    failWith(TransactionOptions.defaults(), failure);

    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(transcript()).containsExactly("1 BEGIN", "1 work", "1 ROLLBACK");
    assertTheNextTransactionWorks();
  }

  @ParameterizedTest
  @MethodSource("anything")
  void anyThrowableUndoesANestedBlockAndLeavesAsTheSameObject(Throwable failure) { // A3
    host.withTransaction(() -> failWith(as(Propagation.NESTED, "block"), failure));

    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 work", "1 ROLLBACK TO s1", "1 COMMIT");
  }

  @ParameterizedTest
  @MethodSource("anything")
  void anyThrowableLeavesAJoinedBoundaryAsTheSameObjectAndMarks(Throwable failure) { // A3 A11
    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    named("outer"), () -> failWith(as(Propagation.REQUIRED, "joiner"), failure)));

    assertThat(thrown)
        .hasCause(failure)
        .hasMessageContaining("'outer'")
        .hasMessageContaining("'joiner'")
        .hasMessageContaining(failure.getClass().getName());
    assertThat(transcript()).containsExactly("1 BEGIN", "1 work", "1 ROLLBACK");
    assertTheNextTransactionWorks();
  }

  @Test
  void whoKeepsTheResourceOfAnEndedTransactionKeepsNothingThatWasAroundIt() {
    List<WeakReference<Frame>> around = new ArrayList<>();
    Context.run(
        () -> {
          around.add(new WeakReference<>(Carrier.current()));
          host.withTransaction(
              named("outer"),
              () -> {
                around.add(new WeakReference<>(Carrier.current()));
                host.withTransaction(Propagation.REQUIRES_NEW, () -> sql("inner"));
              });
        });
    RecordingAdapter.Tx kept = adapter.transactions.get(1);
    adapter.transactions.clear();

    assertCollected(around);
    assertThatThrownBy(() -> kept.sql("late")).isInstanceOf(TransactionCompletedException.class);
  }

  @Test
  void aJoinersFailureThatTheOuterLetsOutIsTheOnlyOneThatLeaves() { // A11
    IllegalStateException failure = new IllegalStateException("once");

    assertThatThrownBy(
            () -> host.withTransaction(() -> failWith(TransactionOptions.defaults(), failure)))
        .isInstanceOf(UnexpectedRollbackException.class);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        host.withTransaction(
                            () -> {
                              throw failure;
                            })))
        .isSameAs(failure);
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @Test
  void noRollbackForCommitsAndStillThrows() { // A3
    failWith(
        TransactionOptions.defaults().noRollbackFor(IOException.class),
        new FileNotFoundException("commits"));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 work", "1 COMMIT");
  }

  @Test
  void noRollbackForKeepsANestedBlockAndStillThrows() {
    host.withTransaction(
        () ->
            failWith(
                as(Propagation.NESTED, "block").noRollbackFor(IOException.class),
                new IOException("kept")));

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 work", "1 RELEASE s1", "1 COMMIT");
  }

  @Test
  void noRollbackForOfAJoinerMarksNothing() {
    host.withTransaction(
        () ->
            failWith(
                TransactionOptions.defaults().noRollbackFor(IOException.class),
                new IOException("kept")));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 work", "1 COMMIT");
  }

  @Test
  void theRuleOfTheOuterDoesNotExcuseTheJoiner() {
    IOException failure = new IOException("joiner");

    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    TransactionOptions.defaults().noRollbackFor(IOException.class),
                    () ->
                        host.withTransaction(
                            () -> {
                              throw failure;
                            })));

    assertThat(thrown).hasCause(failure);
    assertThat(thrown.getSuppressed()).containsExactly(failure);
  }

  @Test
  void ofAllRulesTheNearestToTheFailureDecides() {
    TransactionOptions options =
        TransactionOptions.defaults()
            .noRollbackFor(Exception.class, FileNotFoundException.class)
            .rollbackFor(IOException.class);

    assertThat(options.rollsBackOn(new FileNotFoundException())).isFalse();
    assertThat(options.rollsBackOn(new IOException())).isTrue();
    assertThat(options.rollsBackOn(new java.io.EOFException())).isTrue();
    assertThat(options.rollsBackOn(new IllegalStateException())).isFalse();
    assertThat(options.rollsBackOn(new Error())).isTrue();
  }

  @Test
  void whereBothListsNameTheFailureItRollsBack() {
    TransactionOptions merged =
        TransactionOptions.defaults()
            .noRollbackFor(IOException.class)
            .over(TransactionOptions.defaults().rollbackFor(IOException.class));

    assertThat(merged.rollsBackOn(new IOException())).isTrue();
  }

  @Test
  void ifTheCommitAfterAnExceptedFailureFailsOursIsThrownWithTheUsersSuppressed() { // A3
    IOException users = new IOException("user");
    TransactionCommitException commit = new TransactionCommitException("no commit", null);
    adapter.failAt(At.COMMIT, commit);

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    TransactionOptions.defaults().noRollbackFor(IOException.class),
                    () -> {
                      sql("work");
                      throw users;
                    }));

    assertThat(thrown).isSameAs(commit);
    assertThat(thrown.getSuppressed()).containsExactly(users);
  }

  @Test
  void aLossThatTheAdapterFindsAtTheCommitIsReportedLikeAnyOther() { // A24
    IllegalStateException lost = new IllegalStateException("lost long ago");
    TransactionCommitException refusal = new TransactionCommitException("not sent", lost);
    adapter.whileCommitting = signals -> signals.lost(lost);
    adapter.failAt(At.COMMIT, refusal);

    UnexpectedRollbackException thrown =
        thrownBy(UnexpectedRollbackException.class, () -> host.withTransaction(() -> sql("work")));

    assertThat(thrown).hasCause(lost).hasSuppressedException(refusal);
    assertThat(listener.events)
        .contains(
            "rolledBack EndingTest.aLossThatTheAdapterFindsAtTheCommitIsReportedLikeAnyOther UnexpectedRollbackException");
  }

  @Test
  void anExceptedFailureOfAMarkedTransactionIsSuppressedInOurs() {
    IOException users = new IOException("user");
    IllegalStateException first = new IllegalStateException("first");

    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    TransactionOptions.defaults().noRollbackFor(IOException.class),
                    () -> {
                      assertThatThrownBy(
                          () ->
                              host.withTransaction(
                                  () -> {
                                    throw first;
                                  }));
                      throw users;
                    }));

    assertThat(thrown).hasCause(first);
    assertThat(thrown.getSuppressed()).containsExactly(users);
  }

  @Test
  void aFailingRollbackIsSuppressedInTheUsersFailure() { // A12
    IllegalStateException users = new IllegalStateException("user");
    IllegalStateException rollback = new IllegalStateException("rollback");
    adapter.failAt(At.ROLLBACK, rollback);

    failWith(TransactionOptions.defaults(), users);

    assertThat(users.getSuppressed()).containsExactly(rollback);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 work", "1 ROLLBACK failed");
    assertThat(listener.events)
        .endsWith(
            "released EndingTest.failWith", "rolledBack EndingTest.failWith IllegalStateException");
    assertTheNextTransactionWorks();
  }

  @Test
  void aRollbackThatThrowsTheUsersOwnFailureDoesNotSuppressItInItself() {
    IllegalStateException users = new IllegalStateException("user");
    adapter.failAt(At.ROLLBACK, users);

    failWith(TransactionOptions.defaults(), users);

    assertThat(users.getSuppressed()).isEmpty();
  }

  @Test
  void aFailedCommitSaysRolledBackOrUnknown() { // A13
    TransactionCommitException rolledBack = new TransactionCommitException("refused", null);
    TransactionCommitException unknown = new CommitOutcomeUnknownException("lost answer", null);
    adapter.failAt(At.COMMIT, rolledBack).failAt(At.COMMIT, unknown);

    assertThatThrownBy(() -> host.withTransaction(() -> sql("a"))).isSameAs(rolledBack);
    assertThatThrownBy(() -> host.withTransaction(() -> sql("b"))).isSameAs(unknown);

    assertThat(rolledBack.outcome()).isEqualTo(Transaction.Outcome.ROLLED_BACK);
    assertThat(unknown.outcome()).isEqualTo(Transaction.Outcome.UNKNOWN);
    assertThat(listener.events)
        .contains(
            "rolledBack EndingTest.aFailedCommitSaysRolledBackOrUnknown TransactionCommitException",
            "unknown EndingTest.aFailedCommitSaysRolledBackOrUnknown CommitOutcomeUnknownException")
        .doesNotContain("committed EndingTest.aFailedCommitSaysRolledBackOrUnknown");
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 COMMIT failed", "2 BEGIN", "2 b", "2 COMMIT failed");
    assertTheNextTransactionWorks();
  }

  @ParameterizedTest
  @MethodSource("anything")
  void whateverElseTheAdapterThrowsFromCommitIsAnUnknownOutcome(Throwable failure) { // A13
    adapter.failAt(At.COMMIT, failure);

    CommitOutcomeUnknownException thrown =
        thrownBy(CommitOutcomeUnknownException.class, () -> host.withTransaction(() -> sql("a")));

    assertThat(thrown)
        .hasCause(failure)
        .hasMessageContaining(failure.getClass().getName())
        .hasMessageContaining(
            "'EndingTest.whateverElseTheAdapterThrowsFromCommitIsAnUnknownOutcome'");
    assertThat(listener.events)
        .contains(
            "unknown EndingTest.whateverElseTheAdapterThrowsFromCommitIsAnUnknownOutcome "
                + failure.getClass().getSimpleName());
  }

  @Test
  void aFailureToTakeAConnectionLeavesAsItIsAndNothingIsCommitted() {
    CannotBeginTransactionException none = new CannotBeginTransactionException("pool", null);
    adapter.failAt(At.BEGIN, none);

    assertThatThrownBy(() -> host.withTransaction(() -> sql("a"))).isSameAs(none);

    assertThat(transcript()).containsExactly("1 BEGIN failed");
    assertTheNextTransactionWorks();
  }

  @Test
  void whatTheAdapterCannotPromiseIsRefusedAndTheWorkIsNotCalled() {
    IncompatibleTransactionException refusal = new IncompatibleTransactionException("no", null);
    adapter.failAt(At.PROMISE, refusal).failAt(At.PROMISE, refusal);

    assertThatThrownBy(() -> host.withTransaction(() -> sql("never"))).isSameAs(refusal);
    assertThatThrownBy(host::begin).isSameAs(refusal);

    assertThat(transcript()).isEmpty();
    assertThat(listener.events).isEmpty();
    assertTheNextTransactionWorks();
  }

  @Test
  void aTransactionThatCannotBeBegunSetsNothingAside() {
    host.withTransaction(
        () -> {
          adapter.failAt(At.PROMISE, new IllegalStateException("no"));
          assertThatThrownBy(() -> host.withTransaction(Propagation.REQUIRES_NEW, () -> {}))
              .hasMessage("no");
          sql("still here");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 still here", "1 COMMIT");
    assertThat(listener.events)
        .doesNotContain(
            "setAside EndingTest.aTransactionThatCannotBeBegunSetsNothingAside",
            "resumed EndingTest.aTransactionThatCannotBeBegunSetsNothingAside");
  }

  @Test
  void aResourceThatOutlivedItsTransactionRefuses() { // A16
    RecordingAdapter.Db kept =
        host.<RecordingAdapter.Db, RuntimeException>withTransaction(() -> host.tx());

    assertThatThrownBy(() -> kept.sql("late")).isInstanceOf(TransactionCompletedException.class);
    assertThat(transcript()).isEmpty();
  }

  @Test
  void theResourceIsAskedForOnceATransaction() {
    host.withTransaction(() -> assertThat(host.tx()).isSameAs(host.tx()));
  }

  @Test
  void aResourceThatCouldNotBeHadIsAskedForAgain() {
    adapter.failAt(At.RESOURCE, new IllegalStateException("not yet"));

    host.withTransaction(
        () -> {
          assertThatThrownBy(host::tx).hasMessage("not yet");
          sql("now");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 now", "1 COMMIT");
  }

  @Test
  void aKeptTransactionObjectRefusesAfterItsEnd() { // B7
    AtomicReference<Transaction> kept = new AtomicReference<>();
    host.withTransaction(named("ended"), () -> kept.set(host.currentTransaction().orElseThrow()));
    Transaction ended = kept.get();

    Stream.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            ended::setRollbackOnly,
            () -> ended.beforeCommit(() -> {}),
            () -> ended.afterCommit(() -> {}),
            () -> ended.afterRollback(() -> {}),
            () -> ended.afterCompletion(outcome -> {}))
        .forEach(
            use ->
                assertThatThrownBy(use)
                    .isInstanceOf(TransactionCompletedException.class)
                    .hasMessageContaining("'ended'")
                    .hasMessageContaining("COMMITTED"));
    assertThat(ended.name()).isEqualTo("ended");
  }

  @Test
  void aKeptTransactionObjectOfANestedBlockRefusesAfterTheBlocksEnd() {
    host.withTransaction(
        named("outer"),
        () -> {
          AtomicReference<Transaction> kept = new AtomicReference<>();
          host.withTransaction(
              as(Propagation.NESTED, "block"),
              () -> kept.set(host.currentTransaction().orElseThrow()));

          // a mark on a block that is gone would be a mark that nothing heeds
          assertThatThrownBy(() -> kept.get().setRollbackOnly())
              .isInstanceOf(TransactionCompletedException.class)
              .hasMessageContaining("'block'");
          assertThatThrownBy(() -> kept.get().afterCommit(() -> {}))
              .isInstanceOf(TransactionCompletedException.class);
        });
  }

  @Test
  void aTransactionReportedLostWhileItCommitsIsNeverReportedAsCommitted() {
    IllegalStateException cause = new IllegalStateException("gone");
    adapter.whileCommitting = signals -> signals.lost(cause);
    AtomicReference<Transaction.Outcome> seen = new AtomicReference<>();

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> host.currentTransaction().orElseThrow().afterCompletion(seen::set)))
        .isInstanceOf(CommitOutcomeUnknownException.class)
        .hasCause(cause);
    assertThat(seen).hasValue(Transaction.Outcome.UNKNOWN);
  }
}
