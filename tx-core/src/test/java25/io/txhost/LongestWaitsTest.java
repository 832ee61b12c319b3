package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.txhost.RecordingAdapter.Db;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

/**
 * Waits without a deadline, to their end; beside each other and other classes, and once, since they
 * take long.
 */
@Execution(CONCURRENT)
class LongestWaitsTest extends CoreTest {
  private final CountDownLatch over = new CountDownLatch(1);

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the work throws, which must be after thirty seconds. */
  private static Throwable afterThirtySeconds(TransactionalCallable<?, Exception> work) {
    long began = System.nanoTime();
    Throwable thrown = catchThrowable(work::call);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
    return thrown;
  }

  @Test
  void aTaskThatDoesNotEndAfterItWasCancelledIsNoLongerWaitedFor() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    AtomicReference<Throwable> late = new AtomicReference<>();
    TransactionalCallable<String, Exception> waits =
        () -> {
          sql("half");
          runs.countDown();
          await(over);
          late.set(catchThrowable(() -> sql("late")));
          asked.countDown();
          return "too late";
        };
    TransactionalCallable<String, Exception> fails =
        () -> {
          await(runs);
          throw new IOException("first");
        };

    Throwable thrown =
        catchThrowable(
            () ->
                host.<Void, Exception>withTransaction(
                    named("outer"),
                    () -> {
                      Throwable gaveUp =
                          afterThirtySeconds(() -> host.inParallel(List.of(waits, fails)));
                      over.countDown();
                      await(asked);
                      throw RecordingAdapter.<RuntimeException>sneaky(gaveUp);
                    }));

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-123")
        .hasMessageContaining("'outer'")
        .hasMessageContaining("task 1 did not end within 30 s");
    assertThat(thrown.getSuppressed())
        .anySatisfy(beside -> assertThat(beside).hasMessage("first"))
        .anySatisfy(here -> assertThat(here).hasMessageContaining("task 1 of inParallel' is here"));
    assertThat(late.get()).hasMessageContaining("TXH-121");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 ROLLBACK");
  }

  @Test
  void aChildThatWaitsForItsTurnIsToldWhoHasIt() { // D12
    CountDownLatch inside = new CountDownLatch(1);
    adapter.whileCalling =
        text -> {
          if (text.equals("long")) {
            inside.countDown();
            await(over);
          }
        };
    TransactionalCallable<String, Exception> holds =
        () -> {
          sql("long");
          return "held";
        };
    AtomicReference<Throwable> refused = new AtomicReference<>();
    TransactionalCallable<String, Exception> waits =
        () -> {
          await(inside);
          try {
            refused.set(
                afterThirtySeconds(
                    () -> {
                      sql("never");
                      return "never";
                    }));
          } finally {
            over.countDown();
          }
          throw RecordingAdapter.<RuntimeException>sneaky(refused.get());
        };

    assertThat(
            catchThrowable(
                () -> host.withTransaction(() -> host.inParallel(List.of(holds, waits)))))
        .isSameAs(refused.get())
        .isInstanceOf(TurnNotGivenException.class);

    assertThat(refused.get())
        .hasMessageContaining("TXH-119")
        .hasMessageContaining("task 1 of inParallel', which is inside a call of the driver");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 long", "1 ROLLBACK");
  }

  @Test
  void aRaceIsLostWithALoserThatStaysInsideACall() { // D11
    CountDownLatch inside = new CountDownLatch(1);
    adapter.whileCalling =
        text -> {
          if (text.equals("long")) {
            inside.countDown();
            await(over);
          }
        };
    TransactionalCallable<String, Exception> loser =
        () -> {
          ((RecordingAdapter.OfChild) host.tx()).tx().reads("long");
          return "loser";
        };
    TransactionalCallable<String, Exception> winner =
        () -> {
          await(inside);
          return "winner";
        };

    Throwable thrown =
        catchThrowable(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      sql("a");
                      Throwable gaveUp =
                          afterThirtySeconds(() -> host.anyInParallel(List.of(loser, winner)));
                      over.countDown();
                      throw RecordingAdapter.<RuntimeException>sneaky(gaveUp);
                    }));

    assertThat(thrown).hasMessageContaining("TXH-123").hasMessageContaining("task 1 did not end");
    assertThat(transcript()).contains("1 a").endsWith("1 ROLLBACK");
  }

  @Test
  void theEndWaitsForAForkInsideACallAndThenThrowsTheConnectionAway() throws Exception { // D9
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch returned = new CountDownLatch(1);
    adapter.whileCalling =
        text -> {
          if (text.equals("long")) {
            inside.countDown();
            await(over);
          }
        };
    Throwable thrown =
        afterThirtySeconds(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      Db mine = host.tx();
                      mine.sql("a");
                      // what no scope waits for, with a resource that it was handed
                      Thread.startVirtualThread(
                          () -> {
                            swallowing(() -> mine.sql("long"));
                            returned.countDown();
                          });
                      await(inside);
                      return null;
                    }));
    over.countDown();
    await(returned);

    assertThat(thrown)
        .isInstanceOf(TransactionCommitException.class)
        .hasStackTraceContaining("30 s");
    assertThat(((TransactionCommitException) thrown).outcome())
        .isEqualTo(Transaction.Outcome.ROLLED_BACK);
    assertThat(transcript()).doesNotContain("1 COMMIT");
  }
}
