package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A task of {@code inParallel} that fails, and what that marks. */
@Timeout(60)
class InParallelFailuresTest extends ParallelTasks {
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
}
