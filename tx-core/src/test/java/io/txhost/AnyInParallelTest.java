package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks of {@code anyInParallel}: the first one to succeed decides. */
@Timeout(60)
class AnyInParallelTest extends ParallelTasks {
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
}
