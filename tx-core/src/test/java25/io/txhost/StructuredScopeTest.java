package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructureViolationException;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What only Java 25 can show: structured scopes inside and around boundaries. */
class StructuredScopeTest extends CoreTest {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  /** Long enough to get to the end of a boundary, and the end waits no longer. */
  private static final Duration SOON = Duration.ofSeconds(3);

  private static Object open() {
    return StructuredTaskScope.open();
  }

  /** What the task gives, or throws, on a thread forked here. */
  private static <R> R forked(Callable<R> task) throws Exception {
    try (var scope = StructuredTaskScope.open(StructuredTaskScope.Joiner.<R>awaitAll())) {
      StructuredTaskScope.Subtask<R> subtask = scope.fork(task);
      scope.join();
      if (subtask.state() == StructuredTaskScope.Subtask.State.FAILED) {
        throw RecordingAdapter.<RuntimeException>sneaky(subtask.exception());
      }
      return subtask.get();
    }
  }

  @Test
  void aScopeLeftOpenIsAFailureOfTheWorkAndNeverACommit() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      open();
                    }))
        .isInstanceOf(StructureViolationException.class);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(host.isTransactionActive()).isFalse();
    assertTheNextTransactionWorks();
  }

  @Test
  void aScopeLeftOpenInABlockUndoesTheBlock() {
    host.withTransaction(
        () -> {
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            sql("b");
                            open();
                          }))
              .isInstanceOf(StructureViolationException.class);
          sql("c");
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1", "1 c", "1 COMMIT");
  }

  @Test
  void aScopeLeftOpenByWorkThatFailedIsSuppressedInTheUsersFailure() {
    IOException users = new IOException("user");

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      open();
                      throw users;
                    }));

    assertThat(thrown).isSameAs(users);
    assertThat(users.getSuppressed())
        .singleElement()
        .isInstanceOf(StructureViolationException.class);
  }

  @Test
  void aScopeLeftOpenInAJoinedBoundaryIsAFailureOfWhatIsAround() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      host.withTransaction(() -> open());
                    }))
        .isInstanceOf(StructureViolationException.class);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aScopeLeftOpenByAHookChangesNoOutcomeAfterTheCommitAndRollsBackBeforeIt() {
    host.withTransaction(
        () -> {
          sql("a");
          host.currentTransaction().orElseThrow().afterCommit(() -> open());
        });
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("b");
                      host.currentTransaction().orElseThrow().beforeCommit(() -> open());
                    }))
        .isInstanceOf(StructureViolationException.class);

    assertThat(listener.hookFailures)
        .singleElement()
        .isInstanceOf(StructureViolationException.class);
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 COMMIT", "2 BEGIN", "2 b", "2 ROLLBACK");
  }

  @Test
  void aForkIsRefusedByNameWhereTheAdapterCannotShare() throws Exception {
    adapter.isSharable = false;
    host.withTransaction(
        named("outer"),
        () -> {
          sql("a");
          assertRefusedInAFork(() -> host.tx());
          for (Propagation joins :
              new Propagation[] {
                Propagation.REQUIRED,
                Propagation.SUPPORTS,
                Propagation.MANDATORY,
                Propagation.NESTED
              }) {
            assertRefusedInAFork(() -> host.withTransaction(joins, () -> "never"));
            assertRefusedInAFork(() -> host.begin(as(joins, "by hand")));
          }
          assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isFalse();
          sql("b");
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  private static void assertRefusedInAFork(Callable<?> use) {
    assertThatThrownBy(() -> forked(use))
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'outer' on thread '" + Thread.currentThread().getName() + "'")
        .hasMessageContaining("recorder")
        .hasMessageContaining("REQUIRES_NEW");
  }

  @Test
  void aForkMayHaveATransactionOfItsOwnOrNone() throws Exception { // D3
    host.withTransaction(
        () -> {
          sql("a");
          forked(
              () -> {
                assertThat(host.isTransactionActive()).isTrue();
                host.withTransaction(Propagation.REQUIRES_NEW, () -> sql("own"));
                host.withoutTransaction(() -> sql("without"));
                assertThatThrownBy(() -> host.withTransaction(Propagation.NEVER, () -> {}))
                    .isInstanceOf(TransactionAlreadyActiveException.class);
                return null;
              });
          sql("b");
          return null;
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "2 BEGIN", "2 own", "2 COMMIT", "AUTO without", "1 b", "1 COMMIT");
  }

  // ---- inside

  @Test
  void forksWriteInTheTransactionEachWithAResourceOfItsOwn() throws Exception { // D5
    host.<Void, Exception>withTransaction(
        () -> {
          RecordingAdapter.Db mine = host.tx();
          RecordingAdapter.Db theirs =
              forked(
                  () -> {
                    sql("a");
                    assertThat(host.tx()).isSameAs(host.tx());
                    return host.tx();
                  });
          assertThat(theirs).isNotSameAs(mine);
          forked(() -> forked(() -> host.withTransaction(() -> host.tx())).getClass());
          sql("b");
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void aForksFailureInAJoinedBoundaryMarksAndOneInItsOwnCodeIsTheScopesToReport() throws Exception {
    IOException failure = new IOException("fork");
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      swallowing(() -> forked(() -> host.withTransaction(() -> fails(failure))));
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(failure);

    host.<Void, Exception>withTransaction(
        () -> {
          swallowing(() -> forked(() -> fails(failure)));
          sql("kept");
          return null;
        });
    assertThat(transcript()).containsExactly("2 BEGIN", "2 kept", "2 COMMIT");
  }

  private static Object fails(IOException failure) throws IOException {
    throw failure;
  }

  @Test
  void aForksSetRollbackOnlyIsReportedSinceItIsNotTheBlocksOwnCode() {
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      sql("a");
                      forked(
                          () -> {
                            host.currentTransaction().orElseThrow().setRollbackOnly();
                            return null;
                          });
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("a structured child on thread");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

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
  void aBlockThatAForkHasLeftOpenIsNotCommittedWithTheTransaction() { // D4, D9
    TransactionCommitException thrown =
        thrownBy(
            TransactionCommitException.class,
            () ->
                host.<Void, Exception>withTransaction(
                    named("outer").timeout(SOON),
                    () -> {
                      sql("a");
                      forked(this::leavesABlockOpen);
                      return null;
                    }));

    assertThat(thrown).hasMessageContaining("TXH-107");
    assertThat(thrown.outcome()).isEqualTo(Transaction.Outcome.ROLLED_BACK);
    assertThat(thrown.getCause())
        .isInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("waited for NESTED 'left open' of thread '#");
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 half", "1 ROLLBACK");
  }

  @Test
  void aBlockThatAForkHasLeftOpenIsNotKeptWithTheBlockAround() { // D4, D9
    AtomicReference<Throwable> refused = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      refused.set(catchThrowable(this::aBlockWithOneLeftOpenInside));
                      assertThatThrownBy(() -> host.withTransaction(() -> {}))
                          .hasRootCause(refused.get());
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("a NESTED block of it could not be ended");

    assertThat(refused.get())
        .isInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("waited for NESTED 'left open' of thread '#");
    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 b", "1 SAVEPOINT s2", "1 half", "1 ROLLBACK");
  }

  private void aBlockWithOneLeftOpenInside() throws Exception {
    host.<Void, Exception>withTransaction(
        as(Propagation.NESTED, "around").timeout(SOON),
        () -> {
          sql("b");
          forked(this::leavesABlockOpen);
          return null;
        });
  }

  private Void leavesABlockOpen() {
    host.begin(as(Propagation.NESTED, "left open"));
    sql("half");
    return null;
  }

  @Test
  void aForksHooksRunAtTheEndOfTheTransaction() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    host.<Void, Exception>withTransaction(
        () -> {
          forked(
              () -> {
                host.currentTransaction().orElseThrow().afterCommit(ran::incrementAndGet);
                return null;
              });
          assertThat(ran).hasValue(0);
          return null;
        });
    assertThat(ran).hasValue(1);
  }

  @Test
  void aForkInABlockIsInThatBlock() throws Exception { // D4
    host.<Void, Exception>withTransaction(
        () -> {
          swallowing(
              () ->
                  host.<Void, Exception>withTransaction(
                      Propagation.NESTED,
                      () -> {
                        forked(
                            () -> {
                              sql("gone");
                              return null;
                            });
                        throw new IOException("undo");
                      }));
          sql("kept");
          return null;
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 SAVEPOINT s1", "1 gone", "1 ROLLBACK TO s1", "1 kept", "1 COMMIT");
  }

  @Test
  void whatAFinishedForkHadIsNotRetained() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          WeakReference<Object> resource = forked(() -> new WeakReference<Object>(host.tx()));
          assertCollected(List.of(resource));
          return null;
        });
  }

  @Test
  void tenThousandForksAndAHundredLevelsWork() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          try (var scope = StructuredTaskScope.open()) {
            for (int i = 0; i < 10_000; i++) {
              scope.fork(() -> sql("wide"));
            }
            scope.join();
          }
          deeper(100);
          return null;
        });

    assertThat(transcript()).hasSize(10_102).endsWith("1 COMMIT");
  }

  private void deeper(int levels) throws Exception {
    if (levels > 0) {
      forked(
          () -> {
            sql("deep");
            deeper(levels - 1);
            return null;
          });
    }
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

  @Test
  void aForkInABoundaryThatJoinedWhatBeginOpenedIsInside() throws Exception { // D5
    try (ManualTransaction manual = host.begin()) { // nothing else is around
      host.<Void, Exception>withTransaction(() -> forking("a"));
      manual.commit();
    }
    Context.<Void, Exception>call(
        () -> {
          try (ManualTransaction manual = host.begin()) {
            host.<Void, Exception>withTransaction(() -> forking("b"));
            manual.commit();
          }
          return null;
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 COMMIT", "2 BEGIN", "2 b", "2 COMMIT");
  }

  private Void forking(String text) throws InterruptedException {
    try (var scope = StructuredTaskScope.open(Joiner.<Void>awaitAllSuccessfulOrThrow())) {
      scope.fork(() -> sql(text));
      scope.join();
    }
    return null;
  }

  @Test
  void mandatoryInAForkUnderBeginSaysThatThisDoesNotReachForks() throws Exception { // D12
    Callable<Throwable> mandatory =
        () -> catchThrowable(() -> host.withTransaction(Propagation.MANDATORY, () -> {}));
    Context.<Void, Exception>call(
        () -> {
          try (ManualTransaction manual = host.begin();
              var scope = StructuredTaskScope.open(Joiner.<Throwable>awaitAllSuccessfulOrThrow())) {
            Subtask<Throwable> refused = scope.fork(mandatory);
            scope.join();
            assertThat(refused.get())
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("begin()")
                .hasMessageContaining("does not reach forks");
            manual.commit();
          }
          return null;
        });
  }

  @Test
  void aForkMadeUnderARestoredSnapshotIsRefusedAtTx() throws Exception { // D12
    ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
    host.<Void, Exception>withTransaction(
        () -> {
          try (ContextSnapshot.Scope scope = snapshots.captureAll().setThreadLocals()) {
            assertThatThrownBy(() -> forked(host::tx))
                .isInstanceOf(DetachedTransactionException.class);
            assertThatThrownBy(() -> forked(() -> host.withTransaction(() -> "never")))
                .isInstanceOf(DetachedTransactionException.class);
          }
          assertThat(forked(host::isTransactionActive)).isTrue();
          return null;
        });
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aForkMadeUnderBeginIsRefusedAndOneOfInParallelIsInside() throws Exception { // D12
    Context.<Void, Exception>call(
        () -> {
          try (ManualTransaction manual = host.begin(named("by hand"))) {
            assertThatThrownBy(() -> forked(host::tx))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin()")
                .hasMessageContaining("withTransaction");
            Callable<Db> wrapped = forked(() -> Context.wrap((Callable<Db>) host::tx));
            assertThatThrownBy(wrapped::call)
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin()");
            assertThat(host.inParallel(List.of(() -> host.isTransactionActive())))
                .containsExactly(true);
            manual.commit();
          }
          return null;
        });
    host.<Void, Exception>withTransaction(
        () -> {
          try (ManualTransaction manual = host.begin(as(Propagation.NESTED, "by hand"))) {
            assertThatThrownBy(() -> forked(host::tx))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin()");
            assertThatThrownBy(() -> forked(() -> host.withTransaction(() -> "never")))
                .isInstanceOf(DetachedTransactionException.class);
            manual.commit();
          }
          return null;
        });
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aForkMadeUnderBeginIsRefusedWhenItFirstAsksAfterTheEndToo() throws Exception { // D12
    TransactionHost<Db> strict = host().fallbackPolicy(FallbackPolicy.IN_CONTEXT).build();
    Context.<Void, Exception>call(
        () -> {
          CountDownLatch ended = new CountDownLatch(1);
          try (var scope = StructuredTaskScope.open()) {
            try (ManualTransaction manual = strict.begin(named("by hand"))) {
              strict.tx().sql("a");
              scope.fork(
                  () -> {
                    ended.await();
                    assertThatThrownBy(() -> strict.tx().sql("beside"))
                        .isInstanceOf(DetachedTransactionException.class)
                        .hasMessageContaining("begin() does not reach forks; use withTransaction");
                    // said so, it may
                    strict.withoutTransaction(() -> strict.tx().sql("without"));
                    strict.withTransaction(
                        () -> {
                          strict.tx().sql("own");
                          forked(
                              () -> {
                                strict.tx().sql("a child's own");
                                return null;
                              });
                        });
                    return null;
                  });
              manual.commit();
            } finally {
              ended.countDown();
            }
            scope.join();
          }
          return null;
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 a",
            "1 COMMIT",
            "AUTO without",
            "2 BEGIN",
            "2 own",
            "2 a child's own",
            "2 COMMIT");
  }

  @Test
  void theTasksOfAForkMadeUnderBeginAreRefusedWhoseverTheyAre() throws Exception { // D12
    RecordingAdapter others = new RecordingAdapter();
    TransactionHost<Db> other = TransactionHost.builder(others).name("other").build();
    TransactionalCallable<Object, RuntimeException> task =
        () ->
            assertThatThrownBy(() -> sql("beside"))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin() does not reach forks");
    host.<Void, Exception>withTransaction(
        () -> {
          sql("around");
          try (ManualTransaction manual = host.begin(as(Propagation.REQUIRES_NEW, "by hand"))) {
            forked(
                () -> {
                  other.inParallel(List.of(task));
                  other.anyInParallel(List.of(task));
                  other.<Object, Exception>withTransaction(
                      () -> {
                        other.tx().sql("own");
                        return other.inParallel(List.of(task));
                      });
                  swallowing(
                      () ->
                          other.inParallel(
                              List.<TransactionalCallable<Object, IOException>>of(
                                  () -> fails(new IOException("own")))));
                  assertThatThrownBy(() -> host.inParallel(List.of(task)))
                      .isInstanceOf(DetachedTransactionException.class);
                  return null;
                });
            manual.commit();
          }
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 around", "1 COMMIT");
    assertThat(others.transcript).containsExactly("1 BEGIN", "1 own", "1 COMMIT");
  }

  @Test
  void supportsInAForkMadeUnderBeginDoesNotHandOnThePermissionAroundThat() throws Exception { // D12
    host.<Void, Exception>withoutTransaction(
        () -> {
          try (ManualTransaction manual = host.begin(named("by hand"))) {
            forked(
                () -> {
                  try (ManualTransaction plain = host.begin(as(Propagation.SUPPORTS, "plain"))) {
                    assertThatThrownBy(() -> sql("beside"))
                        .isInstanceOf(DetachedTransactionException.class)
                        .hasMessageContaining("begin() does not reach forks");
                    plain.commit();
                  }
                  assertThatThrownBy(
                          () -> host.withTransaction(Propagation.SUPPORTS, () -> sql("beside")))
                      .isInstanceOf(DetachedTransactionException.class)
                      .hasMessageContaining("begin() does not reach forks");
                  return null;
                });
            manual.commit();
          }
          return null;
        });

    assertThat(transcript()).isEmpty();
  }

  @Test
  void aForkMadeBeforeABeginIsInsideWhileThatIsOpenToo() throws Exception { // D1, D12
    host.<Void, Exception>withTransaction(
        named("around"),
        () -> {
          CountDownLatch open = new CountDownLatch(1);
          try (var scope = StructuredTaskScope.open(Joiner.<String>awaitAllSuccessfulOrThrow())) {
            StructuredTaskScope.Subtask<String> fork =
                scope.fork(
                    () -> {
                      open.await();
                      sql("inside");
                      return host.currentTransaction().orElseThrow().name();
                    });
            try (ManualTransaction manual = host.begin(as(Propagation.REQUIRES_NEW, "by hand"))) {
              sql("new");
              open.countDown();
              awaitWritten("1 inside");
              manual.commit();
            } finally {
              open.countDown();
            }
            scope.join();
            assertThat(fork.get()).isEqualTo("around");
          }
          return null;
        });

    assertThat(transcript())
        .containsExactly("2 BEGIN", "2 new", "1 BEGIN", "1 inside", "2 COMMIT", "1 COMMIT");
  }

  private void awaitWritten(String line) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!transcript().contains(line) && System.nanoTime() < until) {
      LockSupport.parkNanos(100_000);
    }
  }

  @Test
  void aThreadThatIsNoForkKeepsNothingOfTheBeginItWasMadeUnder() throws Exception {
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      List<WeakReference<Frame>> frames =
          Context.<List<WeakReference<Frame>>, Exception>call(
              () -> {
                Frame context = Carrier.current();
                try (ManualTransaction manual = host.begin(named("by hand"))) {
                  Frame byHand = Carrier.current();
                  pool.submit(() -> sql("on a bare thread")).get(10, TimeUnit.SECONDS);
                  manual.commit();
                  return List.of(new WeakReference<>(context), new WeakReference<>(byHand));
                }
              });
      adapter.transactions.clear(); // a transaction is its boundary's frame
      assertCollected(frames);
      pool.submit(() -> sql("on one again")).get(10, TimeUnit.SECONDS);
    }
    assertThat(transcript()).containsExactly("AUTO on a bare thread", "AUTO on one again");
  }

  @Test
  void aForkIsInTheContextAndMayOpenAnother() throws Exception {
    Context.<Void, Exception>call(
        () -> {
          Context.current().set(KEY, "outer");
          String seen =
              forked(
                  () ->
                      Context.<String, RuntimeException>call(() -> Context.current().require(KEY)));
          assertThat(seen).isEqualTo("outer");
          return null;
        });
  }

  @Test
  void workCapturedInAForkIsDetachedFromTheParentsTransaction() throws Exception {
    Runnable task =
        host.<Runnable, Exception>withTransaction(
            named("outer"), () -> forked(() -> Context.wrap(() -> sql("never"))));

    assertThatThrownBy(task::run)
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'outer' was active on thread '#"); // a fork has no name
  }

  @Test
  void aScopeOpenedOutsideCannotForkInsideABoundary() throws Exception {
    try (var scope = StructuredTaskScope.open()) {
      assertThatThrownBy(() -> host.withTransaction(() -> scope.fork(() -> "never")))
          .isInstanceOf(StructureViolationException.class);
      scope.join();
    }
    assertTheNextTransactionWorks();
  }

  @Test
  void aForkMayBeginByHandAndNothingIsLeftOnItsThread() throws Exception {
    Context.<Void, Exception>call(
        () -> {
          forked(
              () -> {
                try (ManualTransaction manual = host.begin(named("in fork"))) {
                  Context.run(() -> sql("a"));
                  manual.commit();
                }
                return null;
              });
          assertThat(host.isTransactionActive()).isFalse();
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }
}
