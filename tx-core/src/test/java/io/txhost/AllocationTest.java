package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.txhost.RecordingAdapter.Db;
import io.txhost.internal.Carrier;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * The hot path allocates nothing. Counted by the thread's own allocation counter over a million
 * warm calls; the least of several rounds, since the compiler may still be at work in the first.
 * What a boundary makes is counted by {@code CostsTest} in {@code benchmarks}, in a JVM of its own:
 * here it depends on what ran before.
 */
class AllocationTest extends CoreTest {
  private static final int CALLS = 1_000_000;
  private static final int MOST_ROUNDS = 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final TransactionHost<Db> quiet = TransactionHost.create(adapter);

  private static long allocatedBy(BooleanSupplier call) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < MOST_ROUNDS && least > 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      run(call, CALLS);
      long after = THREADS.getCurrentThreadAllocatedBytes();
      least = Math.min(least, after - before);
    }
    return least;
  }

  private static void run(BooleanSupplier call, int calls) {
    boolean all = true;
    for (int i = 0; i < calls; i++) {
      all &= call.getAsBoolean();
    }
    if (!all) { // an assertion would allocate
      throw new AssertionError("a call did not do what it should");
    }
  }

  @Test
  void askingAndJoiningInsideATransactionAllocateNothing() {
    assumeTrue(THREADS.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    TransactionalCallable<Boolean, RuntimeException> ready = () -> true;
    TransactionalRunnable<RuntimeException> readyWithoutResult = () -> {};
    TransactionOptions options = named("joiner");
    TransactionOptions readOnly = named("reader").readOnly(true).noRollbackFor(Exception.class);
    Map<String, Long> bytes = new LinkedHashMap<>();

    quiet.withTransaction(
        TransactionOptions.defaults().timeout(Duration.ofHours(1)),
        () -> {
          Db db = quiet.tx();
          measure(bytes, "nothing", () -> true);
          measure(bytes, "tx()", () -> quiet.tx() == db);
          measure(bytes, "isTransactionActive()", quiet::isTransactionActive);
          measure(bytes, "join", () -> quiet.withTransaction(ready));
          measure(
              bytes, "join by REQUIRED", () -> quiet.withTransaction(Propagation.REQUIRED, ready));
          measure(
              bytes,
              "join by MANDATORY",
              () -> quiet.withTransaction(Propagation.MANDATORY, ready));
          measure(bytes, "join by options", () -> quiet.withTransaction(options, ready));
          measure(bytes, "join by more options", () -> quiet.withTransaction(readOnly, ready));
          measure(
              bytes,
              "join without a result",
              () -> {
                quiet.withTransaction(readyWithoutResult);
                quiet.withTransaction(options, readyWithoutResult);
                return true;
              });
        });

    System.out.println(
        "allocated in " + CALLS + " calls on carrier " + Carrier.name() + ": " + bytes);
    assertThat(bytes).allSatisfy((what, allocated) -> assertThat(allocated).as(what).isZero());
  }

  @Test
  void askingOutsideATransactionOrInsideAnotherHostsAllocatesNothing() {
    assumeTrue(THREADS.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    TransactionHost<Db> other =
        TransactionHost.builder(new RecordingAdapter()).name("other").build();
    Map<String, Long> bytes = new LinkedHashMap<>();
    TransactionalCallable<Boolean, RuntimeException> ready = () -> true;
    TransactionOptions supports = as(Propagation.SUPPORTS, "supports").readOnly(false);
    measure(bytes, "outside", () -> !quiet.isTransactionActive());
    measure(bytes, "SUPPORTS", () -> quiet.withTransaction(Propagation.SUPPORTS, ready));
    measure(bytes, "SUPPORTS by options", () -> quiet.withTransaction(supports, ready));
    quiet.withTransaction(
        () -> {
          Db db = quiet.tx();
          other.withTransaction(
              () -> {
                measure(bytes, "two hosts", quiet::isTransactionActive);
                measure(bytes, "two hosts, tx()", () -> quiet.tx() == db);
              });
        });

    assertThat(bytes).allSatisfy((what, allocated) -> assertThat(allocated).as(what).isZero());
  }

  private static void measure(Map<String, Long> bytes, String what, BooleanSupplier call) {
    bytes.put(what, allocatedBy(call));
  }
}
