package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tasks can no longer do once they were cancelled or given up, and what that leaves alone. */
@Timeout(60)
class CancelledTasksTest extends CoreTest {

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).as("what is waited for has come").isTrue();
  }

  /** Until the thread waits for something, with a time limit. */
  private static void awaitWaiting(AtomicReference<Thread> thread) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (thread.get() == null || thread.get().getState() != Thread.State.TIMED_WAITING) {
      assertThat(System.nanoTime()).as("it waits").isLessThan(until);
      LockSupport.parkNanos(100_000);
    }
  }

  /** Until the thread has ended, with a time limit. */
  private static void awaitEnded(AtomicReference<Thread> thread) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (thread.get() == null || thread.get().isAlive()) {
      assertThat(System.nanoTime()).as("it ends").isLessThan(until);
      LockSupport.parkNanos(100_000);
    }
  }

  private static TransactionOptions shortLived(Propagation propagation) {
    return as(propagation, "short").timeout(Duration.ofSeconds(1));
  }

  // ---- given up

  @Test
  void aTaskGivenUpIsRefusedInTheTransactionOfAnotherHostToo() throws Exception {
    RecordingAdapter otherAdapter = new RecordingAdapter();
    TransactionHost<Db> other = TransactionHost.builder(otherAdapter).name("other").build();
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Throwable> late = new AtomicReference<>();
    TransactionalCallable<Void, Exception> task =
        () -> {
          await(released);
          late.set(catchThrowable(() -> sql("late")));
          ended.countDown();
          return null;
        };

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      swallowing(
                          () ->
                              other.<Object, Exception>withTransaction(
                                  shortLived(Propagation.REQUIRED),
                                  () -> other.inParallel(List.of(task))));
                      released.countDown();
                      await(ended);
                      sql("goes on");
                    }));

    assertThat(late.get()).hasMessageContaining("TXH-121");
    assertThat(thrown).isInstanceOf(UnexpectedRollbackException.class);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 goes on", "1 ROLLBACK");
    assertThat(otherAdapter.complaints()).isEmpty();
  }

  @Test
  void aTasksFailureMarksTheTransactionsOfAllHosts() {
    TransactionHost<Db> other = TransactionHost.create(new RecordingAdapter());
    List<TransactionalCallable<Object, Exception>> tasks =
        List.of(
            () -> {
              sql("half");
              throw new IOException("after the half");
            });

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      swallowing(
                          () ->
                              other.<Object, Exception>withTransaction(
                                  () -> other.inParallel(tasks)));
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasRootCauseMessage("after the half");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 ROLLBACK");
  }

  @Test
  void aLosersRowInTheTransactionOfAnotherHostIsNotKeptEither() { // D11
    TransactionHost<Db> other = TransactionHost.create(new RecordingAdapter());
    CountDownLatch wrote = new CountDownLatch(1);
    TransactionalCallable<String, Exception> loser =
        () -> {
          sql("half");
          wrote.countDown();
          awaitCancelled();
          return "too late";
        };
    TransactionalCallable<String, Exception> winner =
        () -> {
          await(wrote);
          return "winner";
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> other.anyInParallel(List.of(loser, winner))))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageContaining("TXH-125");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 ROLLBACK");
  }

  @Test
  void aTaskGivenUpDoesNotWriteThroughWrappedWorkEither() {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Throwable> late = new AtomicReference<>();
    TransactionalCallable<Void, Exception> task =
        () -> {
          Db kept = host.tx();
          await(released);
          late.set(catchThrowable(() -> Context.wrap((Runnable) () -> kept.sql("late")).run()));
          ended.countDown();
          return null;
        };

    host.withTransaction(
        () -> {
          swallowing(
              () ->
                  host.<Object, Exception>withTransaction(
                      shortLived(Propagation.NESTED), () -> host.inParallel(List.of(task))));
          released.countDown();
          swallowing(() -> await(ended));
          sql("goes on");
        });

    assertThat(late.get()).hasMessageContaining("TXH-121");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 goes on", "1 COMMIT");
  }

  @Test
  void whatATaskGivenUpHandsOnAfterTheEndIsToldThatItFellOut() throws Exception { // D1, D6
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Throwable> late = new AtomicReference<>();
    TransactionalCallable<Void, Exception> task =
        () -> {
          await(released);
          Runnable handedOn = Context.wrap(() -> late.set(catchThrowable(() -> sql("late"))));
          Thread other = new Thread(handedOn, "other");
          other.start();
          other.join(20_000);
          ended.countDown();
          return null;
        };

    assertThatThrownBy(
            () ->
                Context.<Object, Exception>call(
                    () ->
                        host.<Object, Exception>withTransaction(
                            shortLived(Propagation.REQUIRED),
                            () -> {
                              sql("a");
                              return host.inParallel(List.of(task));
                            })))
        .isInstanceOf(TransactionTimedOutException.class);
    released.countDown();
    await(ended);

    assertThat(late.get())
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'short'");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void wrappedWorkThatWasHandedAResourceInABlockUsesItThereAtOnce() {
    host.withTransaction(
        named("outer").timeout(Duration.ofSeconds(20)),
        () -> {
          sql("a");
          host.withTransaction(
              Propagation.NESTED,
              () -> {
                Db here = host.tx();
                Context.wrap((Runnable) () -> here.sql("b")).run();
              });
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 b", "1 RELEASE s1", "1 COMMIT");
  }

  // ---- cancelled

  @Test
  void aTaskThatWaitsForItsTurnWhenItIsCancelledSendsNothing() {
    CountDownLatch inside = new CountDownLatch(1);
    AtomicReference<Thread> waiting = new AtomicReference<>();
    AtomicBoolean failed = new AtomicBoolean();
    adapter.whileCalling =
        text -> {
          if (text.equals("slow")) {
            inside.countDown();
            awaitCancelled();
          }
        };
    TransactionalCallable<Void, Exception> slow =
        () -> {
          sql("slow");
          return null;
        };
    TransactionalCallable<Void, Exception> queued =
        () -> {
          await(inside);
          waiting.set(Thread.currentThread());
          sql("queued");
          return null;
        };
    TransactionalCallable<Void, Exception> fails =
        () -> {
          await(inside);
          awaitWaiting(waiting);
          failed.set(true);
          throw new IOException("a sibling's");
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(slow, queued, fails))))
        .hasMessage("a sibling's");
    assertThat(failed).isTrue();
    assertThat(transcript()).containsExactly("1 BEGIN", "1 slow", "1 ROLLBACK");
  }

  @Test
  void tasksOfATaskThatWasCancelledDoNotBegin() {
    CountDownLatch running = new CountDownLatch(64);
    AtomicInteger begun = new AtomicInteger();
    AtomicReference<Throwable> inner = new AtomicReference<>();
    TransactionalCallable<Object, Exception> outer =
        () -> {
          TransactionalCallable<Integer, Exception> first =
              () -> {
                running.countDown();
                awaitCancelled();
                return begun.incrementAndGet();
              };
          List<TransactionalCallable<Integer, Exception>> tasks =
              new ArrayList<>(Collections.nCopies(64, first));
          tasks.addAll(Collections.nCopies(100, begun::incrementAndGet));
          inner.set(catchThrowable(() -> host.inParallel(tasks)));
          return null;
        };
    TransactionalCallable<Object, Exception> fails =
        () -> {
          await(running);
          throw new IOException("the outer's");
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(outer, fails))))
        .hasMessage("the outer's");
    if (TaskThreads.most(164) == 64) { // else all have begun by then
      assertThat(begun).hasValue(64);
      assertThat(inner.get())
          .isInstanceOf(TaskCancelledException.class)
          .hasMessageContaining("inParallel");
    }
  }

  @Test
  void aCancelledTasksBlockIsUndoneSoThatTheWinnerIsKept() throws Exception { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    TransactionalCallable<String, Exception> loser =
        () ->
            host.withTransaction(
                Propagation.NESTED,
                () -> {
                  sql("half");
                  wrote.countDown();
                  awaitCancelled();
                  return "too late";
                });
    TransactionalCallable<String, Exception> winner =
        () -> {
          await(wrote);
          return "winner";
        };

    assertThat(
            host.<String, Exception>withTransaction(
                () -> {
                  sql("a");
                  return host.anyInParallel(List.of(loser, winner));
                }))
        .isEqualTo("winner");
    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 half", "1 ROLLBACK TO s1", "1 COMMIT");
  }

  // ---- lost and recovered

  @Test
  void aLossRightAfterABlockWasUndoneIsNotForgotten() throws Exception {
    adapter.whileCalling =
        text -> {
          if (text.equals("loses")) {
            adapter.transactions.get(adapter.transactions.size() - 1).signals.lost(state("08006"));
          }
        };
    for (int i = 0; i < 200; i++) {
      assertThatThrownBy(this::undoThenLose).isInstanceOf(UnexpectedRollbackException.class);
    }
  }

  private void undoThenLose() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    AtomicReference<Thread> waiting = new AtomicReference<>();
    TransactionalCallable<Object, Exception> undone =
        () -> {
          swallowing(
              () ->
                  host.<Object, Exception>withTransaction(
                      Propagation.NESTED,
                      () -> {
                        sql("undone");
                        open.countDown();
                        awaitWaiting(waiting);
                        throw new IOException("undo it");
                      }));
          return "";
        };
    TransactionalCallable<Object, Exception> loses =
        () -> {
          await(open);
          waiting.set(Thread.currentThread());
          sql("loses");
          return "";
        };
    host.<Object, Exception>withTransaction(() -> host.inParallel(List.of(undone, loses)));
  }

  // ---- the threads of tasks, and what goes wrong in them

  @Test
  void whatATaskLeavesOnItsThreadIsNotForTheNextToFind() throws Exception {
    ThreadLocal<String> left = new ThreadLocal<>();
    List<TransactionalCallable<String, Exception>> tasks = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      tasks.add(
          () -> {
            String found = left.get() + Thread.currentThread().isInterrupted();
            left.set("something");
            Thread.currentThread().interrupt();
            return found;
          });
    }

    assertThat(host.inParallel(tasks)).containsOnly("nullfalse");
  }

  /** Before Java 21 the later ones begin when earlier ones have ended. */
  @Test
  void aLaterTaskInheritsFromTheCallerAndNothingOfAnEarlierTask() throws Exception {
    InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
    inherited.set("the caller's");
    TransactionalCallable<String, Exception> task =
        () -> {
          String found = inherited.get();
          inherited.set("a task's");
          return found;
        };
    try {
      assertThat(host.inParallel(Collections.nCopies(200, task))).containsOnly("the caller's");
    } finally {
      inherited.remove();
    }
  }

  @Test
  void ofManyTasksThatDoNotEndAFewAreNamed() {
    CountDownLatch over = new CountDownLatch(1);
    TransactionalCallable<Boolean, Exception> waits = () -> over.await(20, TimeUnit.SECONDS);
    try {
      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      named("outer").timeout(Duration.ofSeconds(1)),
                      () -> host.inParallel(Collections.nCopies(64, waits))))
          .isInstanceOf(TransactionTimedOutException.class)
          .hasMessageContaining("where task 1, 2, 3 and 61 more did not end")
          .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSizeLessThan(6));
    } finally {
      over.countDown();
    }
  }

  @Test
  void tasksOfARunningTaskAreRefusedOnceThatIsCancelled() { // D5
    CountDownLatch running = new CountDownLatch(1);
    TransactionalCallable<Object, Exception> grandchild =
        () -> {
          running.countDown();
          awaitCancelled();
          sql("never");
          return null;
        };
    TransactionalCallable<Object, Exception> child = () -> host.inParallel(List.of(grandchild));
    TransactionalCallable<Object, Exception> fails =
        () -> {
          await(running);
          throw new IOException("the outer's");
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(child, fails))))
        .hasMessage("the outer's");
    assertThat(transcript()).doesNotContain("1 never");
  }

  // ---- races

  /** Who loses once the other has written; what it throws is its own. */
  private TransactionalCallable<String, Exception> losing(
      CountDownLatch wrote, TransactionalCallable<?, Exception> work) {
    return () -> {
      work.call();
      wrote.countDown();
      throw new IOException("out of the race");
    };
  }

  private TransactionalCallable<String, Exception> winningAfter(CountDownLatch wrote) {
    return () -> {
      await(wrote);
      return "won";
    };
  }

  private void assertNothingIsKept(List<TransactionalCallable<String, Exception>> racers) {
    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> assertThat(host.anyInParallel(racers)).isEqualTo("won")))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageContaining("TXH-125");
    assertThat(transcript()).contains("1 half").endsWith("1 ROLLBACK");
  }

  @Test
  void aLoserThatHadWrittenInABlockThatWasKeptUndoesItAll() { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    TransactionalCallable<Object, Exception> inABlock =
        () -> {
          host.withTransaction(Propagation.NESTED, () -> sql("half"));
          return null;
        };

    assertNothingIsKept(List.of(losing(wrote, inABlock), winningAfter(wrote)));
  }

  @Test
  void aLoserWhoseOwnRaceHadAWinnerThatWroteUndoesItAll() { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    TransactionalCallable<Object, Exception> writes =
        () -> {
          sql("half");
          return null;
        };
    TransactionalCallable<Object, Exception> inARace = () -> host.anyInParallel(List.of(writes));

    assertNothingIsKept(List.of(losing(wrote, inARace), winningAfter(wrote)));
  }

  @Test
  void whoSwallowedAJoinersFailureHasNotWonARace() { // A11, D11
    TransactionalCallable<String, Exception> swallows =
        () -> {
          swallowing(
              () ->
                  host.withTransaction(
                      () -> {
                        throw new IOException("joiner");
                      }));
          return "won";
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.anyInParallel(List.of(swallows))))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasRootCauseMessage("joiner");
  }

  @Test
  void nothingIsRegisteredInTheBlockOfARaceThatIsOver() throws Exception {
    AtomicReference<Transaction> kept = new AtomicReference<>();
    TransactionalCallable<String, Exception> racer =
        () -> {
          kept.set(host.currentTransaction().orElseThrow());
          return "won";
        };

    host.withTransaction(
        () -> {
          host.anyInParallel(List.of(racer));
          assertThatThrownBy(() -> kept.get().afterCommit(() -> {}))
              .isInstanceOf(TransactionCompletedException.class);
        });
  }

  @Test
  void anInterruptedChildMarksWhatItSharesAndNoBlockAroundThat() throws Exception { // D11
    TransactionalCallable<Void, Exception> interrupted =
        () -> {
          swallowing(
              () ->
                  host.withTransaction(
                      as(Propagation.NESTED, "its own"),
                      () -> {
                        Thread.currentThread().interrupt();
                        sql("never");
                      }));
          return null;
        };

    host.withTransaction(
        () -> {
          sql("a");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          as(Propagation.NESTED, "shared"),
                          () -> host.inParallel(List.of(interrupted))))
              .isInstanceOf(UnexpectedRollbackException.class)
              .cause()
              .hasMessageContaining("TXH-120");
          sql("b");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void whoGivesUpInARaceDoesNotWin() throws Exception { // D11
    AtomicReference<Thread> gaveUp = new AtomicReference<>();
    TransactionalCallable<String, Exception> givesUp =
        () -> {
          host.currentTransaction().orElseThrow().setRollbackOnly();
          gaveUp.set(Thread.currentThread());
          return "gave up";
        };
    TransactionalCallable<String, Exception> patient =
        () -> {
          awaitEnded(gaveUp);
          sql("won");
          return "won";
        };

    host.withTransaction(
        () -> assertThat(host.anyInParallel(List.of(givesUp, patient))).isEqualTo("won"));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 won", "1 COMMIT");
  }

  @Test
  void aTaskThatLeavesSomethingOpenHasNotWonARace() {
    AtomicReference<ManualTransaction> left = new AtomicReference<>();
    TransactionalCallable<String, Exception> leaves =
        () -> {
          left.set(host.begin());
          return "won";
        };

    assertThatThrownBy(() -> host.anyInParallel(List.of(leaves))).hasMessageContaining("TXH-118");
  }

  @Test
  void aFailureThatFailsToTellItsCauseDoesNotKeepTheCallerWaiting() {
    class Untold extends RuntimeException {
      private static final long serialVersionUID = 1L;

      @Override
      public synchronized Throwable getCause() {
        throw new IllegalStateException("it does not say");
      }
    }
    CountDownLatch both = new CountDownLatch(2);
    TransactionalCallable<Object, Exception> plain =
        () -> {
          both.countDown();
          await(both);
          throw new IOException("plain");
        };
    TransactionalCallable<Object, Exception> untold =
        () -> {
          both.countDown();
          await(both);
          throw new Untold();
        };

    assertThatThrownBy(() -> host.anyInParallel(List.of(plain, untold)))
        .isInstanceOfAny(IOException.class, Untold.class);
  }

  @Test
  void afterTheDeadlineNoTaskBegins() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    for (int i = 0; i < 200; i++) { // one that looked too late would not begin one each time
      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      named("late").timeout(Duration.ofNanos(1)),
                      () -> host.inParallel(Collections.nCopies(4, begun::incrementAndGet))))
          .isInstanceOf(TransactionTimedOutException.class)
          .hasMessageContaining("inParallel in Tx")
          .hasMessageContaining("'late'");
    }
    // a thread that was started after all has come to its task by then
    assertThat(host.inParallel(Collections.nCopies(64, begun::get))).containsOnly(0);
  }

  @Test
  void theSoonerDeadlineOfAnotherHostBoundsTheWaitToo() {
    TransactionHost<Db> other = TransactionHost.create(new RecordingAdapter());
    CountDownLatch over = new CountDownLatch(1);
    TransactionalCallable<Boolean, Exception> waits = () -> over.await(40, TimeUnit.SECONDS);
    try {
      assertThatThrownBy(
              () ->
                  other.<Object, Exception>withTransaction(
                      named("short").timeout(Duration.ofMillis(300)),
                      () ->
                          host.<Object, Exception>withTransaction(
                              named("long").timeout(Duration.ofSeconds(50)),
                              () -> host.inParallel(List.of(waits)))))
          .isInstanceOf(TransactionTimedOutException.class)
          .hasMessageContaining("'short'");
    } finally {
      over.countDown();
    }
  }

  // ---- what a task of a race sees

  @Test
  void aTaskOfARaceSeesTheBlockAroundIt() throws Exception {
    host.<Void, Exception>withTransaction(
        Propagation.NESTED,
        () -> {
          assertThat(isNestedInARace()).isFalse();
          return null;
        });
    host.<Void, Exception>withTransaction(
        () ->
            host.<Void, Exception>withTransaction(
                Propagation.NESTED,
                () -> {
                  assertThat(isNestedInARace()).isTrue();
                  return null;
                }));
  }

  private boolean isNestedInARace() throws Exception {
    TransactionalCallable<Boolean, Exception> asks = () -> current().isNested();
    return host.anyInParallel(List.of(asks));
  }

  @Test
  void aRaceThatCanNoLongerBeKeptIsSeenByTheOthersInIt() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicReference<Boolean> seen = new AtomicReference<>();
    TransactionalCallable<Object, Exception> writes =
        () -> {
          sql("half");
          failed.countDown();
          throw new IOException("after the half");
        };
    TransactionalCallable<Object, Exception> looks =
        () -> {
          await(failed);
          long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
          while (!current().isRollbackOnly() && System.nanoTime() < until) {
            LockSupport.parkNanos(100_000);
          }
          seen.set(current().isRollbackOnly());
          return "won, for nothing";
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.anyInParallel(List.of(writes, looks))))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasRootCauseMessage("after the half");
    assertThat(seen).hasValue(true);
  }

  private Transaction current() {
    return host.currentTransaction().orElseThrow();
  }
}
