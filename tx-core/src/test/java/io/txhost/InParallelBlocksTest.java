package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** NESTED blocks and transactions of their own in the tasks of {@code inParallel}. */
@Timeout(60)
class InParallelBlocksTest extends ParallelTasks {
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
}
