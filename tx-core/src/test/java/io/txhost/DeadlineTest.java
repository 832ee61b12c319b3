package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Deadlines: whose, how long, and what happens past them. */
class DeadlineTest extends CoreTest {
  private static final Duration SHORT = Duration.ofMillis(2);
  private static final Duration LONG = Duration.ofMinutes(5);

  private static TransactionOptions within(Duration timeout, String name) {
    return named(name).timeout(timeout);
  }

  private Optional<Duration> left() {
    return host.currentTransaction().orElseThrow().remainingTime();
  }

  /** Past host.tx(), which on a slow machine may find the deadline passed already. */
  private void tellRecorder(String text) {
    adapter.transactions.get(0).sql(text);
  }

  private void waitUntilPast() {
    while (!left().orElseThrow().isZero()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void withoutATimeoutThereIsNoDeadline() {
    host.withTransaction(() -> assertThat(left()).isEmpty());
  }

  @Test
  void theCommitPastItRollsBackAndSaysWhoseDeadlineItWas() { // A18
    TransactionTimedOutException thrown =
        thrownBy(
            TransactionTimedOutException.class,
            () ->
                host.withTransaction(
                    within(SHORT, "slow"),
                    () -> {
                      tellRecorder("a");
                      waitUntilPast();
                    }));

    assertThat(thrown).hasMessageContaining("'slow'").hasMessageContaining("2 ms");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(listener.events).contains("rolledBack slow TransactionTimedOutException");
    assertTheNextTransactionWorks();
  }

  @Test
  void txPastItThrowsThoughItHasGivenTheResourceBefore() { // A18
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    within(Duration.ofMillis(200), "slow"),
                    () -> {
                      host.tx();
                      waitUntilPast();
                      host.tx();
                    }))
        .isInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("tx()");
  }

  @Test
  void txPastItThrowsAndRollsBack() { // A18
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    within(SHORT, "slow"),
                    () -> {
                      tellRecorder("a");
                      waitUntilPast();
                      sql("late");
                    }))
        .isInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("tx()")
        .hasMessageContaining("'slow'")
        .hasNoSuppressedExceptions();

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void theTimeOfBeforeCommitHooksCounts() { // A18
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    within(SHORT, "slow"),
                    () ->
                        host.currentTransaction().orElseThrow().beforeCommit(this::waitUntilPast)))
        .isInstanceOf(TransactionTimedOutException.class);
  }

  @Test
  void aDriversOwnTimeoutLeavesUnchangedWithOursSuppressed() { // A18
    SQLTimeoutException drivers = new SQLTimeoutException("driver");

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    within(SHORT, "slow"),
                    () ->
                        host.withTransaction(
                            () -> {
                              waitUntilPast();
                              throw drivers;
                            })));

    assertThat(thrown).isSameAs(drivers);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .isInstanceOf(TransactionTimedOutException.class);
  }

  @Test
  void aFailureBeforeTheDeadlineHasNothingSuppressed() {
    IOException failure = new IOException("early");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    within(LONG, "fast"),
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure)
        .hasNoSuppressedExceptions();
  }

  @Test
  void anExceptedFailurePastTheDeadlineIsSuppressedInOurs() {
    IOException users = new IOException("excepted");

    TransactionTimedOutException thrown =
        thrownBy(
            TransactionTimedOutException.class,
            () ->
                host.withTransaction(
                    within(SHORT, "slow").noRollbackFor(IOException.class),
                    () -> {
                      tellRecorder("a");
                      waitUntilPast();
                      throw users;
                    }));

    assertThat(thrown.getSuppressed()).containsExactly(users);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aJoinersShorterTimeoutHoldsInsideItAndIsNoDeadlineOutside() { // A18
    host.withTransaction(
        () -> {
          host.withTransaction(
              within(LONG, "joiner"),
              () -> {
                assertThat(left()).isPresent();
                host.withTransaction(
                    within(LONG.dividedBy(2), "inner"),
                    () -> assertThat(left().orElseThrow()).isLessThan(LONG.dividedBy(2)));
                assertThat(left().orElseThrow()).isGreaterThan(LONG.dividedBy(2));
              });
          assertThat(left()).isEmpty();
        });
  }

  @Test
  void aJoinersLongerTimeoutChangesNothing() { // A18
    host.withTransaction(
        within(LONG, "outer"),
        () ->
            host.withTransaction(
                within(LONG.multipliedBy(2), "joiner"),
                () -> assertThat(left().orElseThrow()).isLessThanOrEqualTo(LONG)));
  }

  @Test
  void aJoinerThatReturnsPastItsOwnDeadlineFailsAndMarks() { // A18
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    named("outer"),
                    () -> {
                      assertThatThrownBy(
                              () ->
                                  host.withTransaction(
                                      within(SHORT, "joiner"), this::waitUntilPast))
                          .isInstanceOf(TransactionTimedOutException.class)
                          .hasMessageContaining("'joiner'");
                      assertThat(left()).isEmpty();
                      sql("outside it there is no deadline");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCauseInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("'joiner'");
  }

  @Test
  void aRuleThatExceptsTheFailureDoesNotExcuseALateJoiner() { // A18
    IOException users = new IOException("excepted");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      TransactionTimedOutException late =
                          thrownBy(
                              TransactionTimedOutException.class,
                              () ->
                                  host.withTransaction(
                                      within(SHORT, "joiner").noRollbackFor(IOException.class),
                                      () -> {
                                        waitUntilPast();
                                        throw users;
                                      }));
                      assertThat(late.getSuppressed()).containsExactly(users);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCauseInstanceOf(TransactionTimedOutException.class);
  }

  @Test
  void aRuleThatExceptsEveryExceptionDoesNotExceptTheDeadline() { // A18
    TransactionOptions joiner = within(SHORT, "joiner").noRollbackFor(Exception.class);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        assertThatThrownBy(() -> host.withTransaction(joiner, this::waitUntilPast))
                            .isInstanceOf(TransactionTimedOutException.class)))
        .isInstanceOf(UnexpectedRollbackException.class);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        assertThatThrownBy(
                                () ->
                                    host.withTransaction(
                                        joiner,
                                        () -> {
                                          waitUntilPast();
                                          host.tx();
                                        }))
                            .isInstanceOf(TransactionTimedOutException.class)))
        .isInstanceOf(UnexpectedRollbackException.class);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      ManualTransaction manual = host.begin(joiner);
                      waitUntilPast();
                      assertThatThrownBy(manual::commit)
                          .isInstanceOf(TransactionTimedOutException.class);
                      assertThat(left()).isEmpty();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);
  }

  @Test
  void aNestedBlockPastItsOwnDeadlineIsUndoneAndTheOuterGoesOn() { // A18
    host.withTransaction(
        () -> {
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          within(SHORT, "block").propagation(Propagation.NESTED),
                          () -> {
                            tellRecorder("b");
                            waitUntilPast();
                          }))
              .isInstanceOf(TransactionTimedOutException.class)
              .hasMessageContaining("NESTED 'block'");
          assertThat(left()).isEmpty();
          sql("c");
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1", "1 c", "1 COMMIT");
  }

  @Test
  void aFailureInABlockPastItsOwnDeadlineHasOursSuppressed() { // A18
    IllegalStateException drivers = new IllegalStateException("the driver's timeout");

    host.withTransaction(
        () ->
            assertThatThrownBy(
                    () ->
                        host.withTransaction(
                            within(SHORT, "block").propagation(Propagation.NESTED),
                            () -> {
                              waitUntilPast();
                              throw drivers;
                            }))
                .isSameAs(drivers));

    assertThat(drivers.getSuppressed())
        .singleElement()
        .isInstanceOf(TransactionTimedOutException.class);
  }

  @Test
  void aTransactionOfItsOwnHasItsOwnDeadline() {
    host.withTransaction(
        within(LONG, "outer"),
        () -> {
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> {
                assertThat(left()).isEmpty();
                assertThat(adapter.transactions.get(1).signals.remainingTime()).isEmpty();
              });
          assertThat(adapter.transactions.get(0).signals.remainingTime()).isPresent();
        });
  }

  @Test
  void theLongestTimeoutIsNoOverflow() {
    host.withTransaction(
        within(Duration.ofSeconds(Long.MAX_VALUE), "forever"),
        () -> {
          sql("a");
          assertThat(left().orElseThrow()).isGreaterThan(Duration.ofDays(300));
        });

    assertThat(transcript()).contains("1 COMMIT");
  }

  @Test
  void theHostsDefaultTimeoutIsForThoseThatBegin() { // B3
    TransactionHost<RecordingAdapter.Db> timed =
        host().defaultOptions(TransactionOptions.defaults().timeout(LONG)).build();

    timed.withTransaction(
        () -> {
          Duration before = timed.currentTransaction().orElseThrow().remainingTime().orElseThrow();
          timed.withTransaction(
              () ->
                  assertThat(timed.currentTransaction().orElseThrow().remainingTime().orElseThrow())
                      .isLessThanOrEqualTo(before));
        });
  }
}
