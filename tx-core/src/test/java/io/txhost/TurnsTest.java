package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue for a transaction's connection. */
@Timeout(60)
class TurnsTest extends CoreTest {
  private static final long LONG = TimeUnit.SECONDS.toNanos(20);

  private final Turns turns =
      Begun.begin(setup(new RecordingAdapter()), named("whole"), null, null);
  private final Block whole = turns;

  private static Nested block(String name, Inside outer) {
    return new Nested(outer, as(Propagation.NESTED, name), null, "savepoint");
  }

  private static Thread started(Runnable work) {
    Thread thread = new Thread(work, "other");
    thread.start();
    return thread;
  }

  /** Until it waits for its turn. */
  private static void awaitParked(Thread thread) {
    long until = System.nanoTime() + LONG;
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(System.nanoTime()).as("%s waits", thread).isLessThan(until);
      LockSupport.parkNanos(100_000);
    }
  }

  @Test
  void whoHasTheTurnMayTakeItAgainAndLeavesAsOften() {
    assertThat(turns.enter(whole, new TurnWait.Limit(0, 0), true)).isNull();
    assertThat(turns.enter(whole, new TurnWait.Limit(0, 0), true)).isNull();
    turns.leave();
    assertThat(turns.isMine()).isTrue();
    turns.leave();
    assertThat(turns.isMine()).isFalse();
    assertThat(turns.holder()).isNull();
  }

  @Test
  void thoseWhoWaitAreServedInTheOrderTheyCame() throws InterruptedException {
    List<Integer> served = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    assertThat(turns.enter(whole, new TurnWait.Limit(0, 0), true)).isNull();
    for (int i = 0; i < 10; i++) {
      int number = i;
      Thread thread =
          started(
              () -> {
                if (turns.enter(whole, new TurnWait.Limit(LONG, LONG), true) == null) {
                  served.add(number);
                  turns.leave();
                }
              });
      awaitParked(thread);
      threads.add(thread);
    }
    turns.leave();
    for (Thread thread : threads) {
      thread.join(20_000);
    }

    assertThat(served).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(turns.holder()).isNull();
  }

  @Test
  void aBlockHasTheTurnsToItselfUntilItEnds() throws InterruptedException {
    Block inner = block("inner", whole);
    AtomicReference<TurnWait.Refused> refused = new AtomicReference<>();
    turns.enter(whole, new TurnWait.Limit(0, 0), true);
    turns.open(inner);
    turns.leave();
    assertThat(turns.enter(inner, new TurnWait.Limit(0, 0), true)).isNull();
    turns.leave();

    Thread tooEarly =
        started(
            () -> refused.set(turns.enter(whole, new TurnWait.Limit(1_000_000, 1_000_000), true)));
    tooEarly.join(20_000);
    assertThat(refused.get()).isEqualTo(TurnWait.Refused.NOT_IN_TIME);

    Thread patient =
        started(() -> refused.set(turns.enter(whole, new TurnWait.Limit(LONG, LONG), true)));
    awaitParked(patient);
    turns.close(inner);
    patient.join(20_000);
    assertThat(refused.get()).isNull();
    assertThat(turns.innermost()).isSameAs(whole);
  }

  @Test
  void endingABlockEndsWhatIsOpenInsideItOnce() {
    Block outer = block("outer", whole);
    Block inner = block("inner", outer);
    turns.open(outer);
    turns.open(inner);

    turns.close(outer);
    assertThat(turns.innermost()).isSameAs(whole);
    turns.close(inner);
    assertThat(turns.innermost()).isSameAs(whole);
  }

  @Test
  void anInterruptEndsAWaitThatHeedsItAndTheFlagStays() throws InterruptedException { // D10
    AtomicReference<TurnWait.Refused> refused = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    turns.enter(whole, new TurnWait.Limit(0, 0), true);
    Thread heeds =
        started(
            () -> {
              refused.set(turns.enter(whole, new TurnWait.Limit(LONG, LONG), true));
              flag.set(Thread.currentThread().isInterrupted());
            });
    awaitParked(heeds);
    heeds.interrupt();
    heeds.join(20_000);

    assertThat(refused.get()).isEqualTo(TurnWait.Refused.INTERRUPTED);
    assertThat(flag).hasValue(true);
    turns.leave();
    assertThat(turns.enter(whole, new TurnWait.Limit(0, 0), true)).isNull();
  }

  @Test
  void theEndWaitsOnThroughAnInterruptAndTheFlagStays() throws InterruptedException { // D10
    AtomicReference<TurnWait.Refused> refused = new AtomicReference<>(TurnWait.Refused.NOT_IN_TIME);
    AtomicReference<Boolean> flag = new AtomicReference<>();
    turns.enter(whole, new TurnWait.Limit(0, 0), true);
    Thread ends =
        started(
            () -> {
              refused.set(turns.enter(null, new TurnWait.Limit(LONG, LONG), false));
              flag.set(Thread.currentThread().isInterrupted());
            });
    awaitParked(ends);
    ends.interrupt();
    turns.leave();
    ends.join(20_000);

    assertThat(refused.get()).isNull();
    assertThat(flag).hasValue(true);
  }

  @Test
  void withoutADeadlineAWaitEndsAfterThirtySecondsAndNamesWhoHasTheTurn() throws Exception { // D12
    assertThat(TurnWait.until(null))
        .isEqualTo(new TurnWait.Limit(TimeUnit.SECONDS.toNanos(30), TurnWait.Limit.UNLIMITED));
    assertThat(TurnWait.toEnd(null)).isEqualTo(TurnWait.until(null));
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread holds =
        started(
            () -> {
              turns.enter(whole, new TurnWait.Limit(0, 0), true);
              entered.countDown();
              swallowing(() -> release.await(20, TimeUnit.SECONDS));
              turns.leave();
            });
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    try {
      TransactionException refusal =
          turns.refusal("A statement", TurnWait.Refused.NOT_IN_TIME, null);
      assertThat(refusal)
          .hasMessageContaining("TXH-119")
          .hasMessageContaining("30 s")
          .hasMessageContaining("'whole'")
          .hasMessageContaining("thread 'other', which is inside a call of the driver");
      assertThat(refusal.getSuppressed())
          .singleElement()
          .satisfies(
              here -> {
                assertThat(here).hasMessageContaining("'other' is here");
                assertThat(here.getStackTrace()).isNotEmpty();
              });
    } finally {
      release.countDown();
      holds.join(20_000);
    }
  }

  @Test
  void whereTheQueueMovesTheWaitIsCountedAnew() throws InterruptedException {
    TurnWait.Limit second =
        new TurnWait.Limit(TimeUnit.SECONDS.toNanos(1), TurnWait.Limit.UNLIMITED);
    CountDownLatch refused = new CountDownLatch(1);
    AtomicReference<TurnWait.Refused> why = new AtomicReference<>();
    turns.enter(whole, new TurnWait.Limit(0, 0), true);
    Thread ahead =
        started(
            () -> {
              turns.enter(whole, new TurnWait.Limit(LONG, LONG), true);
              swallowing(() -> refused.await(20, TimeUnit.SECONDS));
              turns.leave();
            });
    awaitParked(ahead);
    long began = System.nanoTime();
    Thread behind =
        started(
            () -> {
              why.set(turns.enter(whole, second, true));
              refused.countDown();
            });
    awaitParked(behind);
    turns.leave(); // one is served, and then nobody
    behind.join(20_000);
    ahead.join(20_000);

    assertThat(why).hasValue(TurnWait.Refused.NOT_IN_TIME);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aDeadlineBoundsTheWaitAndTheEndMayTakeALittleLonger() {
    Deadline soon = Deadline.after(Duration.ofMillis(100), "b");
    Deadline late = Deadline.after(Duration.ofHours(1), "b");

    assertThat(TurnWait.until(soon).inAll()).isBetween(0L, TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(TurnWait.until(late).inAll()).isGreaterThan(TimeUnit.MINUTES.toNanos(59));
    assertThat(TurnWait.toEnd(soon).inAll()).isEqualTo(TurnWait.LAST_CALL.toNanos());
    assertThat(TurnWait.toEnd(late).inAll()).isGreaterThan(TimeUnit.MINUTES.toNanos(59));
  }

  private Duration waitingFor(TurnWait.Limit limit) {
    long began = System.nanoTime();
    assertThat(turns.enter(whole, limit, true)).isEqualTo(TurnWait.Refused.NOT_IN_TIME);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void beforeTheDeadlineACallThatIsUnderWayIsWaitedFor() throws InterruptedException {
    TurnWait.Limit aWhile =
        new TurnWait.Limit(TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.MILLISECONDS.toNanos(300));
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread inACall =
        started(
            () -> {
              turns.enter(whole, aWhile, true);
              entered.countDown();
              swallowing(() -> release.await(20, TimeUnit.SECONDS));
              turns.leave();
            });
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

    assertThat(waitingFor(aWhile)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    release.countDown();
    inACall.join(20_000);
  }

  @Test
  void aBlockWhoseCodeDoesNothingOnTheConnectionIsNotWaitedForUntilTheDeadline() { // D12
    turns.open(block("waits for another", whole));

    assertThat(waitingFor(new TurnWait.Limit(TimeUnit.MILLISECONDS.toNanos(100), LONG)))
        .isLessThan(Duration.ofSeconds(10));
  }
}
