package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines and interrupts around and inside the tasks of {@code inParallel}. */
@Timeout(60)
class InParallelInterruptsTest extends ParallelTasks {
  @Test
  void aTaskThatNeverAnswersIsGivenUpAtTheDeadlineAndRefusedLater() throws Exception { // F9
    CountDownLatch released = new CountDownLatch(1);
    AtomicReference<Throwable> late = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    TransactionalCallable<Void, Exception> never =
        () -> {
          Db kept = host.tx();
          released.await(20, TimeUnit.SECONDS);
          late.set(catchThrowable(() -> kept.sql("late")));
          ended.countDown();
          return null;
        };

    long began = System.nanoTime();
    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    named("outer").timeout(Duration.ofSeconds(1)),
                    () -> host.inParallel(List.of(writing("a"), never))))
        .isInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("task 2")
        .hasMessageContaining("'outer'")
        .satisfies(
            thrown ->
                assertThat(thrown.getSuppressed())
                    .anyMatch(where -> where.getMessage().contains("is here")));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    released.countDown();
    await(ended);

    assertThat(late.get()).isInstanceOf(TransactionException.class);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTaskGivenUpInsideABlockLeavesWhatIsAroundThatBlockAlone(boolean fails) throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    TransactionalCallable<Void, Exception> late =
        () -> {
          try {
            host.<Void, Exception>withTransaction(
                named("late").propagation(Propagation.NESTED),
                () -> {
                  sql("b");
                  released.await(20, TimeUnit.SECONDS);
                  if (fails) {
                    throw new IllegalArgumentException("late");
                  }
                  return null;
                });
          } finally {
            ended.countDown();
          }
          return null;
        };

    host.withTransaction(
        () -> {
          sql("a");
          swallowing(
              () ->
                  host.<Object, Exception>withTransaction(
                      named("block").propagation(Propagation.NESTED).timeout(Duration.ofSeconds(1)),
                      () -> host.inParallel(List.of(late))));
          released.countDown();
          await(ended);
          sql("c");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 a",
            "1 SAVEPOINT s1",
            "1 SAVEPOINT s2",
            "1 b",
            "1 ROLLBACK TO s1",
            "1 c",
            "1 COMMIT");
  }

  @Test
  void aSwallowedGivingUpIsStillUndone() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    try {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        sql("a");
                        host.withTransaction(
                            named("joiner").timeout(Duration.ofMillis(100)),
                            () ->
                                swallowing(
                                    () ->
                                        host.inParallel(
                                            List.of(
                                                task(
                                                    () -> released.await(20, TimeUnit.SECONDS))))));
                      }))
          .isInstanceOfAny(TransactionTimedOutException.class, UnexpectedRollbackException.class);
    } finally {
      released.countDown();
    }
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aCallThatDoesNotComeBackCostsTheConnectionAndIsNamed() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    adapter.whileCalling =
        text -> {
          if (text.equals("stuck")) {
            inside.countDown();
            swallowing(() -> released.await(20, TimeUnit.SECONDS));
          }
        };
    try {
      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      named("outer").timeout(Duration.ofSeconds(1)),
                      () -> host.inParallel(List.of(writing("stuck")))))
          .isInstanceOf(TransactionTimedOutException.class)
          .satisfies(
              thrown ->
                  assertThat(allOf(thrown))
                      .anyMatch(
                          one ->
                              String.valueOf(one.getMessage()).contains("The rollback of Tx")
                                  && one.getMessage().contains("inside a call of the driver")));
      await(inside);
      assertThat(listener.events).anyMatch(event -> event.contains("rolledBack"));
    } finally {
      released.countDown();
    }
  }

  @Test
  void theCallersInterruptCancelsTheTasksAndNoneIsInterrupted() throws Exception { // D10
    CountDownLatch running = new CountDownLatch(1);
    AtomicReference<Throwable> refused = new AtomicReference<>();
    AtomicReference<Boolean> taskInterrupted = new AtomicReference<>();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    TransactionalCallable<Void, Exception> task =
        () -> {
          running.countDown();
          long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
          while (refused.get() == null && System.nanoTime() < until) {
            refused.set(catchThrowable(host::tx));
            LockSupport.parkNanos(100_000);
          }
          taskInterrupted.set(Thread.currentThread().isInterrupted());
          return null;
        };
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              thrown.set(
                  catchThrowable(
                      () ->
                          host.<Object, Exception>withTransaction(
                              () -> {
                                sql("a");
                                return host.inParallel(List.of(task));
                              })));
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    await(running);
    caller.interrupt();
    caller.join(20_000);

    assertThat(thrown.get()).isInstanceOf(TransactionInterruptedException.class);
    assertThat(flag).hasValue(true);
    assertThat(refused.get()).hasMessageContaining("TXH-121");
    assertThat(taskInterrupted).hasValue(false);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void theFlagSurvivesTheEndOfATransactionAndDoesNotReachTheDriver() { // D10
    AtomicReference<Boolean> seen = new AtomicReference<>();
    adapter.whileCommitting = signals -> seen.set(Thread.currentThread().isInterrupted());

    host.withTransaction(
        () -> {
          host.withTransaction(Propagation.NESTED, () -> interrupted("kept"));
          swallowing(
              () ->
                  host.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        interrupted("undone");
                        throw new IllegalStateException();
                      }));
          assertThat(Thread.interrupted()).isTrue();
          interrupted("a");
        });

    assertThat(seen).hasValue(false);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 SAVEPOINT s1",
            "1 kept",
            "1 RELEASE s1",
            "1 SAVEPOINT s2",
            "1 undone",
            "1 ROLLBACK TO s2",
            "1 a",
            "1 COMMIT");
  }

  /** The recorder complains of what an interrupted thread sends of the host's. */
  private void interrupted(String text) {
    sql(text);
    Thread.currentThread().interrupt();
  }

  @Test
  void aJoinersDeadlineHoldsInItsTasksAndNotInTheirSiblings() throws Exception {
    List<Duration> left = Collections.synchronizedList(new ArrayList<>());
    TransactionalCallable<Void, Exception> hurried =
        () ->
            host.<Void, Exception>withTransaction(
                named("hurried").timeout(Duration.ofSeconds(5)),
                () -> {
                  host.inParallel(
                      List.of(
                          () ->
                              left.add(adapter.transactions.get(0).signals.remainingTime().get())));
                  return null;
                });
    TransactionalCallable<Void, Exception> calm =
        () -> {
          assertThat(adapter.transactions.get(0).signals.remainingTime()).isEmpty();
          assertThat(host.currentTransaction().orElseThrow().remainingTime()).isEmpty();
          return null;
        };

    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(List.of(hurried, calm));
          return null;
        });

    assertThat(left)
        .singleElement()
        .satisfies(l -> assertThat(l).isBetween(Duration.ZERO, Duration.ofSeconds(5)));
  }
}
