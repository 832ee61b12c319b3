package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Forks that their scope interrupts, and losers of its races. */
class InterruptedForksTest extends InScopes {
  @Test
  void aForkInterruptedInABlockOfItsOwnMarksWhatItSharesToo() { // D11
    CountDownLatch open = new CountDownLatch(1);
    Callable<String> loser =
        () -> {
          sql("half");
          return host.withTransaction(
              Propagation.NESTED,
              () -> {
                sql("undone");
                open.countDown();
                awaitInterrupt();
                sql("never");
                return "loser";
              });
        };
    assertThatThrownBy(() -> racing(loser, open))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("a structured child on thread '#");

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 half", "1 SAVEPOINT s1", "1 undone", "1 ROLLBACK TO s1", "1 ROLLBACK");
  }

  @Test
  void aForkInterruptedBeforeItOpensABlockMarks() { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    Callable<String> loser =
        () -> {
          sql("half");
          wrote.countDown();
          awaitInterrupt();
          return host.withTransaction(
              Propagation.NESTED,
              () -> {
                sql("never");
                return "loser";
              });
        };
    assertThatThrownBy(() -> racing(loser, wrote))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("a structured child on thread '#");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 ROLLBACK");
  }

  @Test
  void aForkInterruptedWhileItWaitsToOpenABlockMarks() { // D11
    CountDownLatch calls = new CountDownLatch(1);
    CountDownLatch isWaiting = new CountDownLatch(1);
    AtomicReference<Thread> waiting = new AtomicReference<>();
    adapter.whileCalling =
        text -> {
          if (text.equals("long")) {
            calls.countDown();
            awaitWaiting(waiting.get());
            isWaiting.countDown();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (waiting.get().isAlive() && System.nanoTime() < until) {
              LockSupport.parkNanos(100_000);
            }
          }
        };
    Callable<String> loser =
        () -> {
          sql("half");
          waiting.set(Thread.currentThread());
          Callable<Object> longCall = () -> adapterCall("long");
          Thread other = new Thread(() -> swallowing(longCall::call));
          other.start();
          calls.await();
          return host.withTransaction(
              Propagation.NESTED,
              () -> {
                sql("never");
                return "loser";
              });
        };
    assertThatThrownBy(() -> racing(loser, isWaiting))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("a structured child on thread '#")
        .cause()
        .hasMessageContaining("was interrupted while it waited for its turn");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 long", "1 ROLLBACK");
  }

  /** Until it waits for its turn, or has ended. */
  private static void awaitWaiting(Thread thread) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (thread.getState() != Thread.State.TIMED_WAITING
        && thread.isAlive()
        && System.nanoTime() < until) {
      LockSupport.parkNanos(100_000);
    }
  }

  /** Some call of the driver's, whoever makes it. */
  private Object adapterCall(String text) {
    adapter.transactions.get(0).reads(text);
    return text;
  }

  private static void awaitInterrupt() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!Thread.currentThread().isInterrupted() && System.nanoTime() < until) {
      LockSupport.parkNanos(100_000);
    }
  }

  /** Someone else's scope, which interrupts the loser as soon as the other has succeeded. */
  private String racing(Callable<String> loser, CountDownLatch winsAfter) throws Exception {
    return host.<String, Exception>withTransaction(
        () -> {
          try (var scope = StructuredTaskScope.open(Joiner.<String>anySuccessfulResultOrThrow())) {
            scope.fork(loser);
            scope.fork(
                () -> {
                  winsAfter.await();
                  return "winner";
                });
            return scope.join();
          }
        });
  }

  @Test
  void aForkThatItsScopeHasInterruptedIsRefusedBeforeItReachesTheDriver() { // D10, D11
    CountDownLatch started = new CountDownLatch(1);
    AtomicReference<Throwable> refused = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      sql("before");
                      try (var scope = StructuredTaskScope.open()) {
                        scope.fork(
                            () -> {
                              started.countDown();
                              swallowing(() -> new CountDownLatch(1).await(20, TimeUnit.SECONDS));
                              Thread.currentThread().interrupt();
                              refused.set(catchThrowable(() -> sql("never")));
                              return null;
                            });
                        scope.fork(
                            () -> {
                              started.await();
                              throw new IOException("first");
                            });
                        scope.join();
                      }
                      return null;
                    }))
        .hasRootCauseMessage("first");

    assertThat(refused.get())
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-120")
        .hasMessageContaining("interrupted");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 before", "1 ROLLBACK");
  }

  @Test
  void aLoserOfSomeoneElsesRaceThatHadWrittenIsNeverHalfKept() throws Exception { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      try (var scope =
                          StructuredTaskScope.open(
                              StructuredTaskScope.Joiner.<String>anySuccessfulResultOrThrow())) {
                        scope.fork(
                            () -> {
                              Thread.currentThread().setName("loser");
                              sql("half");
                              wrote.countDown();
                              try {
                                never.await(20, TimeUnit.SECONDS);
                              } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                              }
                              sql("other half");
                              return "loser";
                            });
                        scope.fork(
                            () -> {
                              wrote.await();
                              return "winner";
                            });
                        scope.join();
                      }
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageContaining("TXH-120")
        .hasMessageContaining("'loser'");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 ROLLBACK");
  }

  /** Nobody tells us how a fork has ended: what it has not said in a boundary is its scope's. */
  @Test
  void whatALoserHadWrittenThatAsksNothingMoreStays() throws Exception { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    Callable<String> loser =
        () -> {
          sql("half");
          wrote.countDown();
          new CountDownLatch(1).await(20, TimeUnit.SECONDS);
          return "loser";
        };
    assertThat(racing(loser, wrote)).isEqualTo("winner");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 COMMIT");

    CountDownLatch wroteInABoundary = new CountDownLatch(1);
    Callable<String> inABoundary =
        () ->
            host.withTransaction(
                () -> {
                  sql("half");
                  wroteInABoundary.countDown();
                  new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                  return "loser";
                });
    assertThatThrownBy(() -> racing(inABoundary, wroteInABoundary))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasRootCauseInstanceOf(InterruptedException.class);
    assertThat(transcript()).endsWith("2 BEGIN", "2 half", "2 ROLLBACK");
  }

  @Test
  void aForkThatWasInterruptedInsideACallIsNamedAsTheCause() { // D11
    CountDownLatch inside = new CountDownLatch(1);
    adapter.whileCalling =
        text -> {
          if (text.equals("sleep")) {
            inside.countDown();
            try {
              new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              // as a driver that waits at a socket
              Thread.currentThread().interrupt();
              IOException closed = new IOException("Closed by interrupt");
              adapter.transactions.get(0).signals.lost(closed);
              throw RecordingAdapter.<RuntimeException>sneaky(closed);
            }
          }
        };

    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      sql("winner");
                      try (var scope =
                          StructuredTaskScope.open(
                              StructuredTaskScope.Joiner.<String>anySuccessfulResultOrThrow())) {
                        scope.fork(
                            () -> {
                              Thread.currentThread().setName("loser");
                              sql("sleep");
                              return "loser";
                            });
                        scope.fork(
                            () -> {
                              inside.await();
                              return "winner";
                            });
                        scope.join();
                      }
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageContaining("TXH-124")
        .hasMessageContaining("'loser'")
        .hasMessageContaining("interrupted inside a call")
        .hasRootCauseMessage("Closed by interrupt");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 winner", "1 ROLLBACK");
  }
}
