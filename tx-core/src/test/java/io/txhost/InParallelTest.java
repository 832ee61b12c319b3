package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks of {@code inParallel} are structured children: inside the caller's transaction. */
@Timeout(60)
class InParallelTest extends CoreTest {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  private TransactionalCallable<String, Exception> writing(String text) {
    return () -> {
      sql(text);
      return text;
    };
  }

  private static List<TransactionalCallable<Integer, Exception>> tasks(
      int count, TransactionalCallable<Integer, Exception> task) {
    return Collections.nCopies(count, task);
  }

  /** Waits as long as a test may, and says so if that was not enough. */
  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).as("what is waited for has come").isTrue();
  }

  private static <R> TransactionalCallable<R, Exception> task(
      TransactionalCallable<R, Exception> work) {
    return work;
  }

  // ---- inside

  @Test
  void theTasksWriteInTheCallersTransactionAndTheirResultsKeepTheirOrder() throws Exception { // D5
    List<String> results =
        host.<List<String>, Exception>withTransaction(
            () -> {
              sql("before");
              return host.inParallel(List.of(writing("a"), writing("b"), writing("c")));
            });

    assertThat(results).containsExactly("a", "b", "c");
    assertThat(transcript()).startsWith("1 BEGIN", "1 before").endsWith("1 COMMIT");
    assertThat(transcript().subList(2, 5)).containsExactlyInAnyOrder("1 a", "1 b", "1 c");
    assertThat(transcript()).hasSize(6);
  }

  @Test
  void eachTaskHasAResourceOfItsOwnAndTheSameOneEachTime() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          Db mine = host.tx();
          List<Db> theirs =
              host.inParallel(
                  Collections.nCopies(
                      3,
                      () -> {
                        Db own = host.tx();
                        assertThat(host.tx()).isSameAs(own);
                        return own;
                      }));
          assertThat(theirs).doesNotContain(mine).hasSize(3);
          assertThat(identities(theirs)).hasSize(3);
          assertThat(host.tx()).isSameAs(mine);
          return null;
        });
  }

  @Test
  void aTaskThatUsesTwoHostsInTurnHasTheSameResourceOfEach() throws Exception {
    TransactionHost<Db> other = TransactionHost.create(new RecordingAdapter());
    TransactionalCallable<Boolean, Exception> inTurn =
        () -> {
          Db first = host.tx();
          Db second = other.tx();
          return host.tx() == first && other.tx() == second && host.tx() == first;
        };

    List<Boolean> same =
        host.<List<Boolean>, Exception>withTransaction(
            () ->
                other.<List<Boolean>, Exception>withTransaction(
                    () -> host.inParallel(List.of(inTurn))));
    assertThat(same).containsExactly(true);
  }

  private static Set<Db> identities(List<Db> all) {
    Set<Db> identities = Collections.newSetFromMap(new IdentityHashMap<>());
    identities.addAll(all);
    return identities;
  }

  @Test
  void noTasksGiveNoResultsAndANullTaskIsRefusedBeforeAnyRuns() throws Exception {
    assertThat(host.inParallel(List.<TransactionalCallable<String, Exception>>of())).isEmpty();

    List<TransactionalCallable<String, Exception>> withNull = new ArrayList<>();
    withNull.add(writing("never"));
    withNull.add(null);
    assertThatThrownBy(() -> host.inParallel(withNull)).isInstanceOf(NullPointerException.class);
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aTaskMayGiveNull() throws Exception {
    assertThat(host.inParallel(List.of(() -> null, () -> "b"))).containsExactly(null, "b");
  }

  @Test
  void theTasksAreInTheCallersContextAndWhatTheySetIsSeenByIt() throws Exception {
    Context.<Void, Exception>call(
        () -> {
          Context.current().set(KEY, "set outside");
          String id = Context.current().id();
          host.inParallel(
              List.of(
                  () -> {
                    assertThat(Context.current().id()).isEqualTo(id);
                    assertThat(Context.current().require(KEY)).isEqualTo("set outside");
                    return Context.current().set(KEY, "set by a task");
                  }));
          assertThat(Context.current().require(KEY)).isEqualTo("set by a task");
          return null;
        });
  }

  @Test
  void oneCallOfTheDriverAtATime() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    adapter.whileCalling =
        text -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          Thread.yield();
          inside.decrementAndGet();
        };

    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(
              tasks(
                  16,
                  () -> {
                    for (int i = 0; i < 200; i++) {
                      sql("x");
                    }
                    return 0;
                  }));
          return null;
        });

    assertThat(most).hasValue(1);
    assertThat(transcript()).hasSize(2 + 16 * 200);
  }

  @Test
  void tenThousandTasksAndAHundredLevelsWork() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(
              tasks(
                  10_000,
                  () -> {
                    sql("wide");
                    return ran.incrementAndGet();
                  }));
          deeper(100, ran);
          return null;
        });

    assertThat(ran).hasValue(10_100);
    assertThat(transcript()).hasSize(2 + 10_100).endsWith("1 COMMIT");
  }

  private void deeper(int levels, AtomicInteger ran) throws Exception {
    if (levels > 0) {
      host.inParallel(
          List.of(
              task(
                  () -> {
                    sql("deep " + levels);
                    ran.incrementAndGet();
                    deeper(levels - 1, ran);
                    return null;
                  })));
    }
  }

  @Test
  void whatAFinishedTaskHadIsNotRetained() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          List<WeakReference<Db>> resources =
              host.inParallel(Collections.nCopies(50, () -> new WeakReference<>(host.tx())));
          assertCollected(resources);
          return null;
        });
  }

  @Test
  void withoutATransactionTheTasksSeeWhatTheCallerSees() throws Exception {
    host.inParallel(List.of(writing("outside")));
    host.<Void, Exception>withoutTransaction(
        () -> {
          host.inParallel(List.of(writing("without")));
          return null;
        });
    TransactionHost<Db> strict = host().fallbackPolicy(FallbackPolicy.DENY).build();
    assertThatThrownBy(() -> strict.inParallel(List.of(strict::tx)))
        .isInstanceOf(TransactionRequiredException.class);
    strict.<Void, Exception>withoutTransaction(
        () -> {
          strict.inParallel(List.of(strict::tx));
          return null;
        });

    assertThat(transcript()).containsExactly("AUTO outside", "AUTO without");
  }

  @Test
  void theTasksOfDetachedWorkAreDetachedToo() throws Exception {
    Callable<Object> late =
        host.<Callable<Object>, RuntimeException>withTransaction(
            named("captured"),
            () -> Context.wrap((Callable<Object>) () -> host.inParallel(List.of(host::tx))));

    assertThatThrownBy(late::call)
        .isInstanceOf(DetachedTransactionException.class)
        .hasStackTraceContaining("'captured'");
  }

  @Test
  void aTransactionThatWasBegunByHandReachesTheTasks() throws Exception {
    try (ManualTransaction manual = host.begin()) {
      host.inParallel(List.of(writing("a")));
      manual.commit();
    }

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  // ---- refused

  @Test
  void anAdapterThatCannotShareIsRefusedByNameAndNoTaskRuns() {
    adapter.isSharable = false;
    host.withTransaction(
        named("outer"),
        () ->
            assertThatThrownBy(() -> host.inParallel(List.of(writing("never"))))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("recorder")
                .hasMessageContaining("'outer'"));

    assertThat(transcript()).isEmpty();
  }

  @Test
  void inTheTransactionOfAnotherHostWhoseAdapterCannotShareTasksAreRefusedThereOnly()
      throws Exception {
    RecordingAdapter alone = new RecordingAdapter();
    alone.isSharable = false;
    TransactionHost<Db> other = TransactionHost.builder(alone).name("other").build();
    TransactionalCallable<Throwable, Exception> task =
        () -> {
          sql("a");
          return catchThrowable(other::tx);
        };

    List<Throwable> refused =
        other.<List<Throwable>, Exception>withTransaction(
            () ->
                host.<List<Throwable>, Exception>withTransaction(
                    () -> host.inParallel(List.of(task))));

    assertThat(refused.get(0))
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("host 'other'")
        .hasMessageContaining("cannot share");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void inAMarkedBlockNoTaskRuns() {
    host.withTransaction(
        () -> {
          host.currentTransaction().orElseThrow().setRollbackOnly();
          assertThatThrownBy(() -> host.inParallel(List.of(writing("never"))))
              .isInstanceOf(UnexpectedRollbackException.class);
        });

    assertThat(transcript()).isEmpty();
  }

  // ---- failures

  @Test
  void aTasksFailureLeavesAsTheSameObjectAndNothingIsKept() { // D5
    IllegalStateException failure = new IllegalStateException("task");

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () ->
                        host.inParallel(
                            List.of(
                                writing("a"),
                                () -> {
                                  throw failure;
                                }))))
        .isSameAs(failure);

    assertThat(transcript().isEmpty() || transcript().contains("1 ROLLBACK")).isTrue();
    assertThat(transcript()).doesNotContain("1 COMMIT");
  }

  @Test
  void aSwallowedFailureOfATaskStillUndoesItAll() { // A11 of a child
    IllegalStateException failure = new IllegalStateException("task");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      swallowing(
                          () ->
                              host.inParallel(
                                  List.of(
                                      () -> {
                                        throw failure;
                                      })));
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("task 1 of inParallel")
        .hasCause(failure);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aRunningTaskIsRefusedAtItsNextStatementOnceAnotherHasFailed() { // D2, D5
    CountDownLatch wrote = new CountDownLatch(1);
    AtomicReference<Throwable> refused = new AtomicReference<>();

    TransactionalCallable<Void, Exception> fails =
        () -> {
          await(wrote);
          throw new IllegalStateException("first");
        };
    TransactionalCallable<Void, Exception> goesOn =
        () -> {
          sql("before");
          wrote.countDown();
          for (int i = 0; refused.get() == null && i < 20_000; i++) {
            refused.set(catchThrowable(() -> sql("after")));
            transcript().remove("1 after");
            TimeUnit.MILLISECONDS.sleep(1);
          }
          throw (Exception) refused.get();
        };
    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(fails, goesOn))))
        .hasMessage("first")
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).isEmpty());

    assertThat(refused.get())
        .isInstanceOf(TaskCancelledException.class)
        .hasMessageContaining("TXH-121")
        .hasMessageContaining("cancelled");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 before", "1 ROLLBACK");
  }

  @Test
  void aCancelledTaskMayNotBeginABlockNorJoinNorMark() {
    CountDownLatch running = new CountDownLatch(1);
    List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());

    TransactionalCallable<Void, Exception> fails =
        () -> {
          await(running);
          throw new IllegalStateException("first");
        };
    TransactionalCallable<Void, Exception> late =
        () -> {
          running.countDown();
          Transaction seen = host.currentTransaction().orElseThrow();
          while (catchThrowable(host::tx) == null) {
            TimeUnit.MILLISECONDS.sleep(1);
          }
          refused.add(catchThrowable(host::tx));
          refused.add(catchThrowable(() -> host.inParallel(List.of(host::tx))));
          refused.add(catchThrowable(() -> host.withTransaction(Propagation.NESTED, () -> {})));
          refused.add(catchThrowable(() -> seen.afterCommit(() -> {})));
          host.withTransaction(Propagation.REQUIRES_NEW, () -> sql("its own"));
          return null;
        };
    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(fails, late))))
        .hasMessage("first");

    // the block is marked by then too, whichever is found first
    assertThat(refused).hasSize(4).allMatch(TransactionException.class::isInstance);
    assertThat(refused.get(0)).hasMessageContaining("TXH-121");
    assertThat(refused.get(3)).hasMessageContaining("TXH-121");
    assertThat(transcript()).containsExactly("2 BEGIN", "2 its own", "2 COMMIT");
  }

  @Test
  void tasksThatHaveNotBegunDoNotOnceOneHasFailed() {
    AtomicInteger began = new AtomicInteger();
    List<TransactionalCallable<Integer, Exception>> tasks = new ArrayList<>();
    tasks.add(
        () -> {
          throw new IllegalStateException("first");
        });
    tasks.addAll(
        tasks(
            5_000,
            () -> {
              int now = began.incrementAndGet();
              awaitCancelled();
              return now;
            }));

    assertThatThrownBy(() -> host.<Object, Exception>withTransaction(() -> host.inParallel(tasks)))
        .hasMessage("first");
    // where each has a thread at once all may have begun by then
    assertThat(began.get()).isLessThanOrEqualTo(TaskThreads.most(5_000));
  }

  @Test
  void furtherFailuresAreSuppressedInTheFirst() {
    CountDownLatch both = new CountDownLatch(2);
    TransactionalCallable<Void, Exception> fails =
        () -> {
          both.countDown();
          await(both);
          throw new IllegalStateException("one of two");
        };

    Throwable thrown = catchThrowable(() -> host.inParallel(List.of(fails, fails)));

    assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theCauseIsTheFailureThoughASiblingThatItsMarkRefusedEndsFirst(boolean inTasksOfItsOwn) {
    IllegalStateException failure = new IllegalStateException("first");
    CountDownLatch marked = new CountDownLatch(1);
    TransactionalCallable<Void, Exception> fails =
        () -> {
          swallowing(
              () ->
                  host.withTransaction(
                      () -> {
                        throw failure;
                      }));
          marked.countDown();
          awaitCancelled(); // by its sibling's end
          throw failure;
        };
    TransactionalCallable<Object, Exception> refused =
        () -> {
          await(marked);
          host.withTransaction(() -> sql("never"));
          return "";
        };
    TransactionalCallable<Object, Exception> sibling =
        inTasksOfItsOwn ? () -> host.inParallel(List.of(refused)) : refused;

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(sibling, fails))))
        .isSameAs(failure)
        .satisfies(cause -> assertThat(cause.getSuppressed()).isEmpty());
  }

  /** As an adapter refuses what is lost: by its cause, which the task's own failure wraps. */
  @Test
  void theCauseIsTheFailureThoughASiblingThatItsLossRefusedEndsFirst() {
    SQLException servers = state("23505");
    IllegalStateException failure = new IllegalStateException("translated", servers);
    CountDownLatch lost = new CountDownLatch(1);
    TransactionalCallable<Void, Exception> fails =
        () -> {
          host.tx().lose(servers);
          lost.countDown();
          awaitCancelled(); // by its siblings' ends
          throw failure;
        };
    TransactionalCallable<Void, Exception> refused =
        () -> {
          await(lost);
          throw new TransactionException("TXH-504", "is lost since", servers);
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(refused, fails, refused))))
        .isSameAs(failure)
        .satisfies(cause -> assertThat(cause.getSuppressed()).isEmpty());
  }

  @Test
  void anErrorOfATaskLeavesAsTheSameObjectToo() {
    StackOverflowError error = new StackOverflowError("task");

    assertThatThrownBy(
            () ->
                host.inParallel(
                    List.of(
                        () -> {
                          throw error;
                        })))
        .isSameAs(error);
  }

  @Test
  void aCheckedFailureOfItsOwnTypeIsCaughtAsItIs() {
    SQLException failure = state("23505");
    TransactionalCallable<String, SQLException> fails =
        () -> {
          throw failure;
        };
    try {
      host.withTransaction(() -> host.inParallel(List.of(fails)));
    } catch (SQLException e) {
      assertThat((Throwable) e).isSameAs(failure);
      return;
    }
    throw new AssertionError("it did not leave");
  }

  @Test
  void tasksWithoutAResultRunInTheTransactionTooAndTheirFailureLeavesAsItIs() throws Exception {
    List<TransactionalRunnable<IOException>> write = List.of(() -> sql("a"), () -> sql("b"));
    host.withTransaction(() -> host.inParallel(write));
    host.withTransaction(() -> host.anyInParallel(write.subList(0, 1)));
    assertThat(transcript()).hasSize(7).contains("1 a", "1 b", "2 a").endsWith("2 COMMIT");

    IOException failure = new IOException("task");
    List<TransactionalRunnable<IOException>> fail =
        List.of(
            () -> {
              throw failure;
            });
    assertThatThrownBy(() -> host.inParallel(fail)).isSameAs(failure);
    assertThatThrownBy(() -> host.anyInParallel(fail)).isSameAs(failure);
    assertThatThrownBy(() -> host.inParallel((Iterable<TransactionalRunnable<IOException>>) null))
        .isInstanceOf(NullPointerException.class);
  }

  // ---- blocks

  @Test
  void nestedBlocksOfTasksDoNotOverlapAndAFailedOneIsUndoneAlone() throws Exception { // D4
    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(
              IntStream.range(0, 20)
                  .<TransactionalCallable<Void, Exception>>mapToObj(
                      i ->
                          () -> {
                            swallowing(
                                () ->
                                    host.withTransaction(
                                        Propagation.NESTED,
                                        () -> {
                                          sql("row " + i);
                                          Thread.yield();
                                          sql("more " + i);
                                          if (i % 2 == 1) {
                                            throw new IllegalStateException("odd");
                                          }
                                        }));
                            return null;
                          })
                  .toList());
          return null;
        });

    assertThat(transcript()).startsWith("1 BEGIN").endsWith("1 COMMIT").hasSize(2 + 20 * 4);
    for (int i = 1; i < transcript().size() - 1; i += 4) {
      List<String> block = transcript().subList(i, i + 4);
      String number = block.get(1).substring("1 row ".length());
      String savepoint = block.get(0).substring("1 SAVEPOINT ".length());
      boolean odd = Integer.parseInt(number) % 2 == 1;
      assertThat(block)
          .containsExactly(
              "1 SAVEPOINT " + savepoint,
              "1 row " + number,
              "1 more " + number,
              (odd ? "1 ROLLBACK TO " : "1 RELEASE ") + savepoint);
    }
  }

  @Test
  void aBlocksOwnTasksAreInsideItAndOthersWait() throws Exception {
    CountDownLatch opened = new CountDownLatch(1);
    TransactionalCallable<Void, Exception> block =
        () ->
            host.<Void, Exception>withTransaction(
                Propagation.NESTED,
                () -> {
                  opened.countDown();
                  host.inParallel(List.of(writing("in 1"), writing("in 2")));
                  sql("in 3");
                  return null;
                });
    TransactionalCallable<Void, Exception> other =
        () -> {
          await(opened);
          sql("after");
          return null;
        };

    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(List.of(block, other));
          return null;
        });

    assertThat(transcript()).hasSize(8);
    assertThat(transcript().subList(2, 4)).containsExactlyInAnyOrder("1 in 1", "1 in 2");
    assertThat(transcript().subList(4, 8))
        .containsExactly("1 in 3", "1 RELEASE s1", "1 after", "1 COMMIT");
  }

  @Test
  void twoThatWaitForEachOtherEndAtTheDeadlineAndAreNamed() { // D12
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch opened = new CountDownLatch(1);
    TransactionalCallable<Void, Exception> holds =
        () ->
            host.<Void, Exception>withTransaction(
                as(Propagation.NESTED, "holder"),
                () -> {
                  opened.countDown();
                  never.await(20, TimeUnit.SECONDS);
                  return null;
                });
    TransactionalCallable<Void, Exception> waits =
        () -> {
          await(opened);
          try {
            host.withTransaction(
                named("waiter").timeout(Duration.ofSeconds(1)), () -> sql("never"));
          } finally {
            never.countDown();
          }
          return null;
        };

    assertThatThrownBy(
            () ->
                host.<Object, Exception>withTransaction(
                    () -> host.inParallel(List.of(holds, waits))))
        .isInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("'waiter'")
        .hasMessageContaining("NESTED 'holder'")
        .hasMessageContaining("the connection to itself");

    assertThat(transcript()).doesNotContain("1 never", "1 COMMIT");
  }

  private static List<Throwable> allOf(Throwable thrown) {
    List<Throwable> all = new ArrayList<>();
    for (Throwable t = thrown; t != null && !all.contains(t); t = t.getCause()) {
      all.add(t);
      for (Throwable beside : t.getSuppressed()) {
        all.addAll(allOf(beside));
      }
    }
    return all;
  }

  @Test
  void parallelTransactionsOfTheirOwnSeeOnlyTheirOwn() throws Exception { // D3
    host.<Void, Exception>withTransaction(
        () -> {
          sql("outer");
          host.inParallel(
              IntStream.range(0, 10)
                  .<TransactionalCallable<Void, Exception>>mapToObj(
                      i ->
                          () -> {
                            host.withTransaction(
                                as(Propagation.REQUIRES_NEW, "own " + i),
                                () -> {
                                  String name = host.currentTransaction().orElseThrow().name();
                                  assertThat(name).isEqualTo("own " + i);
                                  sql("own " + i);
                                  host.withoutTransaction(() -> sql("without"));
                                  sql("own " + i);
                                });
                            sql("again");
                            return null;
                          })
                  .toList());
          return null;
        });

    assertThat(transcript()).filteredOn(told -> told.endsWith("COMMIT")).hasSize(11);
    for (int i = 0; i < 10; i++) {
      String own = "own " + i;
      assertThat(transcript()).filteredOn(told -> told.endsWith(" " + own)).hasSize(2);
    }
    assertThat(transcript()).filteredOn("1 again"::equals).hasSize(10);
    assertThat(transcript()).filteredOn("AUTO without"::equals).hasSize(10);
  }

  // ---- marks and hooks

  @Test
  void aTasksSetRollbackOnlyIsReportedAndNamed() {
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      sql("a");
                      host.inParallel(
                          List.of(
                              () -> {
                                host.currentTransaction().orElseThrow().setRollbackOnly();
                                return null;
                              }));
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("task 1 of inParallel")
        .hasMessageContaining("setRollbackOnly()");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void hooksOfTasksRunOnceAtTheEndAndThoseOfAnUndoneBlockAreGone() throws Exception {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(
              IntStream.range(0, 8)
                  .<TransactionalCallable<Void, Exception>>mapToObj(
                      i ->
                          () -> {
                            registering(ran, "kept " + i);
                            swallowing(
                                () ->
                                    host.withTransaction(
                                        Propagation.NESTED,
                                        () -> {
                                          registering(ran, "gone " + i);
                                          throw new IllegalStateException();
                                        }));
                            registering(ran, "also " + i);
                            return null;
                          })
                  .toList());
          assertThat(ran).isEmpty();
          return null;
        });

    assertThat(ran).hasSize(16).doesNotHaveDuplicates().noneMatch(hook -> hook.startsWith("gone"));
  }

  private void registering(List<String> ran, String name) {
    host.currentTransaction().orElseThrow().afterCommit(() -> ran.add(name));
  }

  @Test
  void aCallerThatWasInterruptedBeginsNoTask() { // D10
    AtomicInteger begun = new AtomicInteger();
    for (int i = 0; i < 200; i++) { // one that looked too late would not begin one each time
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> host.inParallel(tasks(8, begun::incrementAndGet)))
          .isInstanceOf(TransactionInterruptedException.class)
          .hasMessageStartingWith("TXH-150 ");
      assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    }

    assertThat(begun).hasValue(0);
  }

  @Test
  void aCallerThatWasInterruptedBeginsNoTaskAndSwallowingThatStillUndoesItAll() { // D10
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("before");
                      Thread.currentThread().interrupt();
                      assertThatThrownBy(() -> host.inParallel(List.of(writing("a"))))
                          .isInstanceOf(TransactionInterruptedException.class);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCauseInstanceOf(TransactionInterruptedException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(transcript()).containsExactly("1 BEGIN", "1 before", "1 ROLLBACK");
  }

  @Test
  void aFailureOfTheServerOnAnInterruptedThreadIsTheCauseAsItIs() { // A24
    SQLException deadlock = state("40P01");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      Thread.currentThread().interrupt();
                      host.tx().lose(deadlock);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(deadlock);

    assertThat(Thread.interrupted()).isTrue();
  }

  // ---- races

  @Test
  void theFirstToSucceedWinsAndItsRowIsCommitted() throws Exception { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    CountDownLatch sleeping = new CountDownLatch(1);
    adapter.whileCalling =
        text -> {
          if (text.equals("server-side sleep")) {
            sleeping.countDown();
            while (catchThrowable(host::tx) == null) { // until the race is over
              LockSupport.parkNanos(100_000);
            }
          }
        };
    AtomicReference<Throwable> refused = new AtomicReference<>();
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    TransactionalCallable<String, Exception> loser =
        () -> {
          registering(ran, "loser");
          await(wrote);
          host.withTransaction(
              () -> {
                adapter.transactions.get(0).reads("server-side sleep");
                refused.set(catchThrowable(() -> sql("never")));
                throw (RuntimeException) refused.get();
              });
          return "loser";
        };
    TransactionalCallable<String, Exception> winner =
        () -> {
          sql("winner");
          registering(ran, "winner");
          wrote.countDown();
          await(sleeping);
          return "winner";
        };

    host.withTransaction(
        () -> assertThat(host.anyInParallel(List.of(winner, loser))).isEqualTo("winner"));

    assertThat(refused.get()).hasMessageContaining("TXH-121");
    assertThat(ran).containsExactly("winner");
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 winner", "1 server-side sleep", "1 COMMIT");
  }

  @Test
  void aLoserThatHadWrittenUndoesItAllSoThatNothingIsHalfKept() { // D11
    CountDownLatch wrote = new CountDownLatch(1);
    TransactionalCallable<String, Exception> loser =
        () -> {
          sql("half");
          wrote.countDown();
          while (catchThrowable(host::tx) == null) {
            LockSupport.parkNanos(100_000);
          }
          return "too late";
        };
    TransactionalCallable<String, Exception> winner =
        () -> {
          await(wrote);
          sql("winner");
          return "winner";
        };

    assertThatThrownBy(
            () ->
                host.<String, Exception>withTransaction(
                    () -> host.anyInParallel(List.of(loser, winner))))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageContaining("TXH-125")
        .hasMessageContaining("Task 1 of anyInParallel in Tx");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 half", "1 winner", "1 ROLLBACK");
  }

  @Test
  void aLoserThatHadWrittenInAnUndoneBlockOfItsOwnCostsNothing() throws Exception { // D11
    CountDownLatch undone = new CountDownLatch(1);
    TransactionalCallable<String, Exception> loser =
        () -> {
          swallowing(
              () ->
                  host.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        sql("undone");
                        throw new IllegalStateException();
                      }));
          undone.countDown();
          throw new IllegalStateException("out of the race");
        };
    TransactionalCallable<String, Exception> winner =
        () -> {
          await(undone);
          sql("winner");
          return "winner";
        };

    host.withTransaction(
        () -> assertThat(host.anyInParallel(List.of(loser, winner))).isEqualTo("winner"));

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 SAVEPOINT s1", "1 undone", "1 ROLLBACK TO s1", "1 winner", "1 COMMIT");
  }

  @Test
  void aRaceThatAllLoseThrowsTheFirstFailureAndMarksNothingUnlessSomethingWasWritten()
      throws Exception {
    TransactionalCallable<String, Exception> loses =
        () -> {
          host.withTransaction(
              () -> {
                throw new IllegalStateException("lost");
              });
          return "never";
        };
    host.withTransaction(
        () -> {
          assertThatThrownBy(() -> host.anyInParallel(List.of(loses, loses, loses)))
              .hasMessage("lost")
              .satisfies(t -> assertThat(t.getSuppressed()).hasSize(2));
          sql("goes on");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 goes on", "1 COMMIT");
    assertThat(host.anyInParallel(List.of(loses, () -> "outside"))).isEqualTo("outside");
    assertThatThrownBy(() -> host.anyInParallel(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-205");
  }

  // ---- time and interrupts

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
