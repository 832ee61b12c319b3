package io.txhost.tck;

import static io.txhost.TransactionOptions.defaults;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.DetachedTransactionException;
import io.txhost.Propagation;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionalCallable;
import io.txhost.UnexpectedRollbackException;
import io.txhost.context.Context;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Structured children, the tasks of {@code inParallel}, are inside the transaction, each with a
 * resource of its own; what only had its context handed over is outside.
 */
interface ChildrenContract<T> extends ContractTest<T> {

  private static int howMany() {
    return 8;
  }

  private void needsSharing() {
    Assumptions.assumeTrue(
        underTest().sharesWithChildren(),
        "structured children on " + underTest().adapterOver(recorder()));
  }

  private <R> List<R> inParallel(TransactionalCallable<R, Exception> task) throws Exception {
    return host().inParallel(IntStream.range(0, howMany()).mapToObj(i -> task).toList());
  }

  private TransactionalCallable<Integer, Exception> inserting(int id) {
    return () -> {
      insert(id);
      return id;
    };
  }

  private List<TransactionalCallable<Integer, Exception>> insertingAll() {
    return IntStream.rangeClosed(1, howMany()).mapToObj(this::inserting).toList();
  }

  @Test // D5
  default void childrenAreSharedWithOrRefusedByName() throws Exception {
    Throwable thrown =
        catchThrowable(
            () -> host().<Object, Exception>withTransaction(() -> inParallel(() -> host().tx())));

    if (underTest().sharesWithChildren()) {
      assertThat(thrown).isNull();
    } else {
      assertThat(thrown)
          .isInstanceOf(DetachedTransactionException.class)
          .hasMessageContaining("cannot share");
    }
    assertThat(recorder().transcript()).isEmpty();
  }

  @Test // D5
  default void childrenWriteInTheSameTransactionEachThroughAResourceOfItsOwn() throws Exception {
    needsSharing();
    Set<Object> resources = new HashSet<>();
    Set<String> connections = new HashSet<>();

    host()
        .withTransaction(
            () -> {
              resources.add(System.identityHashCode(host().tx()));
              assertThat(host().inParallel(insertingAll())).hasSize(howMany());
              resources.addAll(inParallel(() -> System.identityHashCode(host().tx())));
              connections.addAll(inParallel(() -> ask(database().connectionIdQuery())));
              connections.add(ask(database().connectionIdQuery()));
            });

    assertThat(resources).hasSize(howMany() + 1);
    assertThat(connections).hasSize(1);
    assertThat(rows()).hasSize(howMany());
    assertThat(recorder().transcript()).containsOnlyOnce("BEGIN").containsOnlyOnce("COMMIT");
  }

  @Test // D5
  default void oneFailedChildUndoesWhatAllWrote() throws Exception {
    needsSharing();
    IllegalStateException failure = new IllegalStateException("child");
    TransactionalCallable<Integer, Exception> fails =
        () -> {
          insert(100);
          throw failure;
        };

    Throwable thrown =
        catchThrowable(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          host().inParallel(insertingAll());
                          host().inParallel(List.of(fails));
                        }));

    assertThat(thrown).isSameAs(failure);
    assertThat(rows()).isEmpty();
  }

  @Test // D2
  default void aSiblingStillRunningWhenAnotherFailsWritesNothingMore() throws Exception {
    needsSharing();
    CountDownLatch wrote = new CountDownLatch(1);
    AtomicReference<Throwable> refused = new AtomicReference<>();
    TransactionalCallable<Integer, Exception> sibling =
        () -> {
          insert(1);
          wrote.countDown();
          for (int id = 2; refused.get() == null; id++) {
            int next = id;
            refused.set(catchThrowable(() -> insert(next)));
          }
          return 0;
        };
    TransactionalCallable<Integer, Exception> fails =
        () -> {
          wrote.await(20, TimeUnit.SECONDS);
          throw new IllegalStateException("child");
        };

    assertThatThrownBy(
            () ->
                host()
                    .<Object, Exception>withTransaction(
                        () -> host().inParallel(List.of(sibling, fails))))
        .hasMessage("child");

    assertThat(refused.get()).hasStackTraceContaining("TXH-121");
    assertThat(rows()).isEmpty();
  }

  @Test // D4
  default void aFailedBlockOfAChildIsUndoneAloneAndTheOthersAreKept() throws Exception {
    needsSharing();
    host()
        .withTransaction(
            () -> {
              host()
                  .inParallel(
                      IntStream.rangeClosed(1, howMany())
                          .mapToObj(this::inABlockOfItsOwn)
                          .toList());
            });

    assertThat(rows()).containsExactly(2, 4, 6, 8, 102, 104, 106, 108);
  }

  /** Two rows; that of an odd number fails between them. */
  private TransactionalCallable<Integer, Exception> inABlockOfItsOwn(int id) {
    return () -> {
      Throwable failure =
          catchThrowable(
              () ->
                  host()
                      .withTransaction(
                          Propagation.NESTED,
                          () -> {
                            insert(id);
                            if (id % 2 == 1) {
                              throw new IllegalStateException("odd");
                            }
                            insert(100 + id);
                          }));
      assertThat(failure == null).isEqualTo(id % 2 == 0);
      return id;
    };
  }

  @Test // D3
  default void childrenWithTransactionsOfTheirOwnOrNoneSeeOnlyTheirOwn() throws Exception {
    needsSharing();
    useAPool(poolOptions().size(5));

    Throwable thrown =
        catchThrowable(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(100);
                          host()
                              .inParallel(
                                  List.of(ofItsOwn(1), without(2), ofItsOwn(3), ofItsOwn(4)));
                          throw new IllegalStateException("outer");
                        }));

    assertThat(thrown).hasMessage("outer");
    assertThat(rows()).containsExactlyInAnyOrder(1, 2, 3, 4);
  }

  private TransactionalCallable<Integer, Exception> without(int id) {
    return () ->
        host()
            .<Integer, Exception>withTransaction(
                Propagation.NOT_SUPPORTED,
                () -> {
                  insert(id);
                  assertThat(ask("select count(*) from item where id = 100")).isEqualTo("0");
                  return id;
                });
  }

  private TransactionalCallable<Integer, Exception> ofItsOwn(int id) {
    return () ->
        host()
            .<Integer, Exception>withTransaction(
                Propagation.REQUIRES_NEW,
                () -> {
                  insert(id);
                  assertThat(ask("select count(*) from item where id = 100")).isEqualTo("0");
                  return id;
                });
  }

  @Test // A16, D1
  default void whatAChildHadRefusesAfterTheEnd() throws Exception {
    needsSharing();
    List<T> kept =
        host()
            .<List<T>, Exception>withTransaction(
                () -> {
                  insert(1);
                  return inParallel(
                      () -> {
                        ask("select count(*) from item");
                        return host().tx();
                      });
                });

    for (T late : kept) {
      assertThat(catchThrowable(() -> execute(late, "insert into item values (2, 'late')")))
          .isInstanceOfAny(TransactionCompletedException.class, TransactionException.class);
    }
    assertThat(rows()).containsExactly(1);
  }

  @Test // D1
  default void workThatWasHandedOverAndRunsAfterTheEndWritesNothing() throws Exception {
    AtomicReference<Throwable> refused = new AtomicReference<>();
    Runnable late =
        host()
            .<Runnable, Exception>withTransaction(
                () -> {
                  insert(1);
                  return Context.wrap(() -> refused.set(catchThrowable(() -> insert(2))));
                });
    Thread worker = new Thread(late, "late worker");
    worker.start();
    worker.join(20_000);

    assertThat(refused.get()).isInstanceOf(DetachedTransactionException.class);
    assertThat(rows()).containsExactly(1);
  }

  @Test // A24, B8
  default void aFailureThatLosesTheTransactionInAChildIsNeverACommit() throws Exception {
    needsSharing();
    Throwable thrown =
        catchThrowable(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          host()
                              .inParallel(
                                  List.of(
                                      () ->
                                          catchThrowable(
                                              () -> execute(host().tx(), "no such statement"))));
                        }));

    if (database().losesTransactionOnFailure()) {
      assertThat(thrown).isInstanceOf(UnexpectedRollbackException.class);
      assertThat(rows()).isEmpty();
    } else {
      assertThat(thrown).isNull();
      assertThat(rows()).containsExactly(1);
    }
  }

  @Test // A18
  default void aChildsSlowStatementIsCancelledAtTheDeadlineOfTheTransaction() throws Exception {
    needsSharing();
    long began = System.nanoTime();

    Throwable thrown =
        catchThrowable(
            () ->
                host()
                    .<Object, Exception>withTransaction(
                        defaults().timeout(Duration.ofSeconds(1)),
                        () ->
                            host()
                                .inParallel(
                                    List.<TransactionalCallable<Object, Exception>>of(
                                        () -> ask(database().slowQuery(Duration.ofSeconds(20)))))));

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    assertThat(thrown).isNotNull();
    assertThat(rows()).isEmpty();
    awaitWhatComesLate();
  }

  /**
   * A child that was still being given a connection, by a server that is slow to accept it, is not
   * waited for: it throws the connection away when it comes.
   */
  private void awaitWhatComesLate() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (pool().connectionsOut() > 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    assertThat(pool().connectionsOut()).as("connections out").isZero();
  }
}
