package io.txhost;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.context.ContextMode;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A hundred thousand virtual threads inside contexts and transactions at the same time. */
@Isolated("measures the heap")
class ManyWaitingTest extends CoreTest {
  private static final int MANY = 100_000;

  /** To compare with: what each one costs does not depend on how many they are. */
  private static final int FEWER = 20_000;

  private static final int LONGEST_SECONDS = 240;
  private static final ContextKey<Integer> NUMBER = ContextKey.of("number", Integer.class);

  private interface Waiting {
    void run(int number, Runnable wait);
  }

  @Test
  void aHundredThousandWaitInsideAndNoneSeesWhatIsAnothers() throws Exception { // C6
    long bare = bytesEach(FEWER, (number, wait) -> wait.run());
    long inContext = bytesEach(FEWER, this::inContext);
    bytesEach(FEWER, this::inTransaction); // until its code is compiled
    transcript().clear();
    adapter.transactions.clear();
    long inTransaction = bytesEach(MANY, this::inTransaction);

    System.out.printf(
        "%d virtual threads waiting on carrier %s, bytes of heap each: %d bare, %d in a context"
            + " with a value (+%d), %d in a context and a transaction with a statement recorded"
            + " (+%d)%n",
        MANY,
        Carrier.name(),
        bare,
        inContext,
        inContext - bare,
        inTransaction,
        inTransaction - bare);
    assertThat(inTransaction).as("bytes for each one waiting").isLessThan(10_000);
    assertEachWroteItsOwn();
  }

  private void inContext(int number, Runnable wait) {
    Context.call(
        ContextMode.NEW,
        "r" + number,
        () -> {
          Context.current().set(NUMBER, number);
          wait.run();
          assertContext(number);
          return null;
        });
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  private void inTransaction(int number, Runnable wait) {
    String name = "request " + number;
    inContext(
        number,
        () ->
            host.withTransaction(
                named(name),
                () -> {
                  sql("row " + number);
                  wait.run();
                  assertContext(number);
                  assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo(name);
                  sql("row " + number);
                }));
  }

  private static void assertContext(int number) {
    assertThat(Context.current().require(NUMBER)).isEqualTo(number);
    assertThat(Context.current().id()).isEqualTo("r" + number);
  }

  /** How much more heap is used, for each, while all of them wait. */
  private static long bytesEach(int many, Waiting work) throws InterruptedException {
    CountDownLatch waiting = new CountDownLatch(many);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(many);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable wait =
        () -> {
          waiting.countDown();
          try {
            assertThat(go.await(LONGEST_SECONDS, SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    long before = usedHeap();
    for (int i = 0; i < many; i++) {
      int number = i;
      Thread.startVirtualThread(
          () -> {
            try {
              work.run(number, wait);
            } catch (Throwable e) {
              failure.compareAndSet(null, e);
            } finally {
              ended.countDown();
            }
          });
    }
    try {
      assertThat(waiting.await(LONGEST_SECONDS, SECONDS))
          .as("all wait; first failure: " + failure)
          .isTrue();
      return (usedHeap() - before) / many;
    } finally {
      go.countDown();
      assertThat(ended.await(LONGEST_SECONDS, SECONDS)).as("all ended").isTrue();
      assertThat(failure.get()).isNull();
    }
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private void assertEachWroteItsOwn() {
    Map<String, List<String>> told = new HashMap<>();
    for (String line : transcript()) {
      String[] parts = line.split(" ", 2);
      told.computeIfAbsent(parts[0], transaction -> new ArrayList<>()).add(parts[1]);
    }
    assertThat(told).hasSize(MANY);
    Set<String> rows = new HashSet<>();
    told.values()
        .forEach(
            one -> {
              String row = one.get(1);
              assertThat(one).containsExactly("BEGIN", row, row, "COMMIT");
              rows.add(row);
            });
    assertThat(rows).hasSize(MANY);
  }
}
