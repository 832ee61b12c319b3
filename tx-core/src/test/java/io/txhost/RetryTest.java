package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.At;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Retry: what is run again, how often, and what never is. */
class RetryTest extends CoreTest {
  private static final RetryPolicy AT_ONCE = RetryPolicy.maxAttempts(3).initialDelay(Duration.ZERO);
  private static final TransactionOptions THREE_TIMES = named("retried").retry(AT_ONCE);

  private final AtomicInteger calls = new AtomicInteger();

  private static RuntimeException wrapping(Throwable cause) {
    return new IllegalStateException("wrapper", new RuntimeException("another", cause));
  }

  private static Throwable inARing() {
    Exception outer = new Exception("outer");
    SQLException inner = new SQLException("inner", "40001", outer);
    outer.initCause(inner);
    return outer;
  }

  private static SQLException chained() {
    SQLException batch = new SQLException("batch", "HY000");
    batch.setNextException(state("40P01"));
    return batch;
  }

  static Stream<Throwable> transients() {
    return Stream.of(
        state("40001"),
        state("40P01"),
        new SQLException("deadlock", "HY000", 1213),
        wrapping(state("40001")),
        inARing(),
        chained());
  }

  static Stream<Throwable> others() {
    return Stream.of(
        state("23505"),
        state("40002"),
        state("40003"),
        state("57014"),
        new SQLTimeoutException("statement"),
        new SQLException("lock wait", "HY000", 1205),
        new OptimisticLockException("stale", null),
        new IOException("pipe"),
        new AssertionError("mine"),
        new CannotBeginTransactionException("pool", state("40001")),
        new PoolDeadlockException("pool", state("40001")),
        new TransactionTimedOutException("late", state("40001")),
        new CommitOutcomeUnknownException("unknown", state("40001")),
        wrapping(new CommitOutcomeUnknownException("unknown", state("40001"))));
  }

  private void alwaysFailing(Throwable failure) throws Throwable {
    calls.incrementAndGet();
    sql("work");
    throw failure;
  }

  @ParameterizedTest
  @MethodSource("transients")
  void aTransientFailureRunsTheWholeBodyAgainInANewTransaction(Throwable failure) // B9
      throws Throwable {
    String result =
        host.<String, Throwable>withTransaction(
            THREE_TIMES,
            () -> {
              sql("work");
              if (calls.incrementAndGet() < 3) {
                throw failure;
              }
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 work",
            "1 ROLLBACK",
            "2 BEGIN",
            "2 work",
            "2 ROLLBACK",
            "3 BEGIN",
            "3 work",
            "3 COMMIT");
  }

  @ParameterizedTest
  @MethodSource("others")
  void anyOtherFailureIsThrownAtOnce(Throwable failure) { // B9
    assertThatThrownBy(() -> host.withTransaction(THREE_TIMES, () -> alwaysFailing(failure)))
        .isSameAs(failure)
        .hasNoSuppressedExceptions();
    assertThat(calls).hasValue(1);
  }

  @Test
  void whatThePolicyAsksForIsRetriedToo() { // B9
    RetryPolicy policy =
        AT_ONCE
            .alsoOn(OptimisticLockException.class, IOException.class)
            .alsoOnSqlState("55P03", "1205");
    for (Throwable failure :
        List.of(
            new OptimisticLockException("stale", null),
            wrapping(new IOException("pipe")),
            state("55P03"),
            wrapping(new SQLException("lock wait", "HY000", 1205)))) {
      calls.set(0);
      assertThatThrownBy(
              () -> host.withTransaction(named("x").retry(policy), () -> alwaysFailing(failure)))
          .isSameAs(failure);
      assertThat(calls).hasValue(3);
    }
  }

  @Test
  void noPolicyWidensPastTheNeverList() { // B9
    RetryPolicy policy = AT_ONCE.alsoOn(Throwable.class).alsoOnSqlState("40002", "40003");
    for (Throwable failure :
        List.of(
            state("40002"),
            wrapping(state("40003")),
            new TransactionTimedOutException("late", null),
            new CannotBeginTransactionException("pool", null),
            new CommitOutcomeUnknownException("unknown", null))) {
      calls.set(0);
      assertThatThrownBy(
              () -> host.withTransaction(named("x").retry(policy), () -> alwaysFailing(failure)))
          .isSameAs(failure);
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void theLastFailureIsThrownWithTheEarlierOnesSuppressed() { // B9
    List<SQLException> failures = List.of(state("40001"), state("40P01"), state("40001"));

    assertThatThrownBy(
            () -> host.withTransaction(THREE_TIMES, () -> alwaysFailing(failures.get(calls.get()))))
        .isSameAs(failures.get(2));
    assertThat(failures.get(2).getSuppressed()).containsExactly(failures.get(0), failures.get(1));
    assertThat(calls).hasValue(3);
  }

  @Test
  void theSameFailureAgainIsNotSuppressedInItself() {
    SQLException failure = state("40001");

    assertThatThrownBy(() -> host.withTransaction(THREE_TIMES, () -> alwaysFailing(failure)))
        .isSameAs(failure)
        .hasNoSuppressedExceptions();
    assertThat(calls).hasValue(3);
  }

  @Test
  void aLaterAttemptThatCannotBeginHasTheEarlierFailuresSuppressed() { // B9
    SQLException first = state("40001");
    CannotBeginTransactionException none = new CannotBeginTransactionException("none", null);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    THREE_TIMES,
                    () -> {
                      calls.incrementAndGet();
                      adapter.failAt(At.PROMISE, none);
                      throw first;
                    }))
        .isSameAs(none);
    assertThat(none.getSuppressed()).containsExactly(first);
    assertThat(calls).hasValue(1);
  }

  @Test
  void aDifferentFailureInALaterAttemptEndsTheRetry() {
    SQLException first = state("40001");
    IOException second = new IOException("no more");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    THREE_TIMES, () -> alwaysFailing(calls.get() == 0 ? first : second)))
        .isSameAs(second);
    assertThat(second.getSuppressed()).containsExactly(first);
  }

  @Test
  void aCommitTheServerRefusedAsTransientIsRetried() { // B9
    TransactionCommitException refused = new TransactionCommitException("refused", state("40001"));
    adapter.failAt(At.COMMIT, refused);

    host.withTransaction(THREE_TIMES, () -> sql("work"));

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 work", "1 COMMIT failed", "2 BEGIN", "2 work", "2 COMMIT");
  }

  @Test
  void anUnknownCommitIsNeverRetriedThoughItsCauseIsTransient() { // B9
    SQLException cause = state("40001");
    adapter.failAt(At.COMMIT, cause);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    named("x").retry(AT_ONCE.alsoOn(Throwable.class)),
                    () -> {
                      calls.incrementAndGet();
                      sql("work");
                    }))
        .isInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(calls).hasValue(1);
  }

  @Test
  void aCommittedTransactionIsNotRetriedThoughItsExceptedFailureIsTransient() { // B9
    SQLException failure = state("40001");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    THREE_TIMES.noRollbackFor(SQLException.class), () -> alwaysFailing(failure)))
        .isSameAs(failure);
    assertThat(calls).hasValue(1);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 work", "1 COMMIT");
  }

  @Test
  void aSwallowedTransientFailureIsFoundAsTheCauseAndRetried() { // B9
    host.withTransaction(
        THREE_TIMES,
        () -> {
          if (calls.incrementAndGet() == 1) {
            assertThatThrownBy(
                () ->
                    host.withTransaction(
                        () -> {
                          throw state("40001");
                        }));
          }
        });

    assertThat(calls).hasValue(2);
  }

  @Test
  void hooksAreFreshInEachAttemptAndRunBeforeTheNextOne() throws SQLException { // B7 B9
    List<String> ran = new ArrayList<>();

    host.<Void, SQLException>withTransaction(
        THREE_TIMES,
        () -> {
          int attempt = calls.incrementAndGet();
          ran.add("attempt " + attempt);
          Transaction here = host.currentTransaction().orElseThrow();
          here.beforeCommit(() -> ran.add("before " + attempt));
          here.afterCommit(() -> ran.add("committed " + attempt));
          here.afterRollback(() -> ran.add("rolled back " + attempt));
          here.afterCompletion(outcome -> ran.add(outcome + " " + attempt));
          if (attempt < 3) {
            throw state("40001");
          }
          return null;
        });

    assertThat(ran)
        .containsExactly(
            "attempt 1",
            "rolled back 1",
            "ROLLED_BACK 1",
            "attempt 2",
            "rolled back 2",
            "ROLLED_BACK 2",
            "attempt 3",
            "before 3",
            "committed 3",
            "COMMITTED 3");
  }

  @Test
  void aTransactionOfItsOwnInsideAnotherRetriesItself() throws SQLException { // B9
    host.withTransaction(
        named("outer"),
        () -> {
          sql("outer");
          host.<Void, SQLException>withTransaction(
              THREE_TIMES.propagation(Propagation.REQUIRES_NEW),
              () -> {
                sql("inner");
                if (calls.incrementAndGet() < 2) {
                  throw state("40001");
                }
                return null;
              });
          sql("outer again");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 outer",
            "2 BEGIN",
            "2 inner",
            "2 ROLLBACK",
            "3 BEGIN",
            "3 inner",
            "3 COMMIT",
            "1 outer again",
            "1 COMMIT");
  }

  @Test
  void aBoundaryThatDoesNotBeginTheTransactionMayNotAskForRetry() { // B9
    host.withTransaction(
        () -> {
          for (Propagation joins :
              List.of(
                  Propagation.REQUIRED,
                  Propagation.NESTED,
                  Propagation.SUPPORTS,
                  Propagation.MANDATORY,
                  Propagation.NOT_SUPPORTED)) {
            assertThatThrownBy(
                    () ->
                        host.withTransaction(
                            THREE_TIMES.propagation(joins), calls::incrementAndGet))
                .isInstanceOf(IncompatibleTransactionException.class)
                .hasMessageContaining("'retried'");
          }
        });
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    THREE_TIMES.propagation(Propagation.SUPPORTS), calls::incrementAndGet))
        .isInstanceOf(IncompatibleTransactionException.class);

    assertThat(calls).hasValue(0);
  }

  @Test
  void aRetryOfOneAttemptIsNoRetryAndMayJoin() {
    TransactionOptions once = named("once").retry(RetryPolicy.maxAttempts(1));

    host.withTransaction(once, () -> host.withTransaction(once, calls::incrementAndGet));

    assertThat(calls).hasValue(1);
  }

  @Test
  void theHostsDefaultRetryIsForThoseThatBegin() { // B3 B9
    TransactionHost<RecordingAdapter.Db> retrying =
        host().defaultOptions(TransactionOptions.defaults().retry(AT_ONCE)).build();

    assertThatThrownBy(
            () ->
                retrying.withTransaction(
                    () ->
                        retrying.withTransaction(
                            () -> {
                              calls.incrementAndGet();
                              throw state("40001");
                            })))
        .isInstanceOf(SQLException.class);
    assertThat(calls).hasValue(3);
  }

  @Test
  void byHandThereIsNothingToRepeat() { // B10
    assertThatThrownBy(() -> host.begin(THREE_TIMES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-203");
    assertThat(adapter.transactions).isEmpty();
  }

  @Test
  void theDeadlineSpansAllAttempts() { // B9
    List<Duration> left = new ArrayList<>();

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    THREE_TIMES.timeout(Duration.ofMinutes(1)),
                    () -> {
                      Transaction here = host.currentTransaction().orElseThrow();
                      left.add(here.remainingTime().orElseThrow());
                      while (here.remainingTime().orElseThrow().equals(left.get(left.size() - 1))) {
                        Thread.onSpinWait();
                      }
                      throw state("40001");
                    }))
        .isInstanceOf(SQLException.class);

    assertThat(left).hasSize(3).doesNotHaveDuplicates();
    assertThat(left).isSortedAccordingTo((a, b) -> b.compareTo(a));
  }

  @Test
  void pastTheDeadlineNothingIsRetried() { // B9
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    THREE_TIMES.timeout(Duration.ofNanos(1)),
                    () -> {
                      calls.incrementAndGet();
                      throw state("40001");
                    }))
        .isInstanceOf(SQLException.class)
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .isInstanceOf(TransactionTimedOutException.class));
    assertThat(calls).hasValue(1);
  }

  @Test
  void aDelayThatWouldPassTheDeadlineIsNotWaitedFor() { // B9
    RetryPolicy slow =
        RetryPolicy.maxAttempts(2)
            .initialDelay(Duration.ofDays(300))
            .maxDelay(Duration.ofDays(300));
    long before = System.nanoTime();

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    named("x").retry(slow).timeout(Duration.ofSeconds(20)),
                    () -> alwaysFailing(state("40001"))))
        .isInstanceOf(SQLException.class);

    assertThat(calls).hasValue(1);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void anInterruptedPauseReportsTheFailureAndKeepsTheFlag() { // B9 D10
    RetryPolicy slow =
        RetryPolicy.maxAttempts(2)
            .initialDelay(Duration.ofDays(300))
            .maxDelay(Duration.ofDays(300));
    SQLException failure = state("40001");

    try {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      named("x").retry(slow),
                      () -> {
                        calls.incrementAndGet();
                        Thread.currentThread().interrupt();
                        throw failure;
                      }))
          .isSameAs(failure);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(calls).hasValue(1);
  }

  @Test
  void theWorksFailureIsThrownThoughTheAdapterFailsToClassifyIt() {
    SQLException failure = state("40001");
    IllegalStateException classify = new IllegalStateException("classify");
    adapter.failAt(At.CLASSIFY, classify);

    assertThatThrownBy(() -> host.withTransaction(THREE_TIMES, () -> alwaysFailing(failure)))
        .isSameAs(failure);
    assertThat(failure.getSuppressed()).containsExactly(classify);
    assertThat(calls).hasValue(1);
  }

  @Test
  void listenersHearOfEachRepetition() {
    assertThatThrownBy(
        () -> host.withTransaction(THREE_TIMES, () -> alwaysFailing(state("40001"))));

    assertThat(listener.events)
        .filteredOn(event -> !event.startsWith("acquired") && !event.startsWith("released"))
        .containsExactly(
            "began retried",
            "rolledBack retried SQLException",
            "retried retried 1 state 40001",
            "began retried",
            "rolledBack retried SQLException",
            "retried retried 2 state 40001",
            "began retried",
            "rolledBack retried SQLException");
  }

  // ---- delays

  @Test
  void delaysAreBoundedAndGrowWithEachAttempt() { // B9
    long seed = System.nanoTime();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    System.out.println("RetryTest.delaysAreBounded seed " + seed);
    RetryPolicy policy =
        RetryPolicy.maxAttempts(100)
            .initialDelay(Duration.ofMillis(20))
            .maxDelay(Duration.ofSeconds(1));
    long[] caps = {20, 40, 80, 160, 320, 640, 1000, 1000};
    for (int attempt = 1; attempt <= 70; attempt++) {
      Duration cap = Duration.ofMillis(caps[Math.min(attempt, caps.length) - 1]);
      Duration longest = Duration.ZERO;
      for (int i = 0; i < 300; i++) {
        Duration delay = policy.delayAfter(attempt, random);
        assertThat(delay).isBetween(Duration.ZERO, cap);
        longest = delay.compareTo(longest) > 0 ? delay : longest;
      }
      // full jitter: of 300 even draws all below half has odds of 1 to 10^90
      assertThat(longest).isGreaterThan(cap.dividedBy(2));
    }
  }

  @Test
  void noDelayIsNoDelay() {
    assertThat(AT_ONCE.delayAfter(1, RandomGenerator.getDefault())).isZero();
    assertThat(AT_ONCE.delayAfter(60, RandomGenerator.getDefault())).isZero();
    assertThat(
            RetryPolicy.maxAttempts(2)
                .maxDelay(Duration.ZERO)
                .delayAfter(1, RandomGenerator.getDefault()))
        .isZero();
  }

  @Test
  void anyDelayThatADurationCanHoldIsAccepted() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    RetryPolicy policy = RetryPolicy.maxAttempts(2).initialDelay(longest).maxDelay(longest);

    assertThat(policy.delayAfter(63, RandomGenerator.getDefault()))
        .isBetween(Duration.ZERO, Duration.ofDays(366));
    assertThat(
            RetryPolicy.maxAttempts(2)
                .initialDelay(Duration.ofNanos(1))
                .maxDelay(longest)
                .delayAfter(Integer.MAX_VALUE, RandomGenerator.getDefault()))
        .isBetween(Duration.ZERO, Duration.ofDays(366));
  }

  @Test
  void aPolicyThatContradictsItselfIsRefused() {
    assertThatThrownBy(() -> RetryPolicy.maxAttempts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
    assertThatThrownBy(() -> AT_ONCE.initialDelay(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("initialDelay");
    assertThatThrownBy(() -> AT_ONCE.maxDelay(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxDelay");
  }
}
