package io.txhost.test;

import io.txhost.internal.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The workers of a pool. Each is visited at once: a worker that waits for the others takes no
 * second task.
 */
record Workers(ExecutorService pool, int expected, Duration patience) {

  Workers(ExecutorService pool, int expected) {
    this(pool, expected, Duration.ofSeconds(5));
  }

  boolean areGone() {
    return pool.isShutdown();
  }

  List<Leftover> leftovers() {
    int count = count();
    Queue<Leftover> found = new ConcurrentLinkedQueue<>();
    CountDownLatch arrived = new CountDownLatch(count);
    CountDownLatch looked = new CountDownLatch(count);
    CountDownLatch gone = new CountDownLatch(1);
    try {
      for (int i = 0; i < count; i++) {
        pool.execute(() -> visit(arrived, gone, looked, found));
      }
      if (!arrived.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        found.add(busy(arrived.getCount(), count));
      }
      gone.countDown();
      looked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      found.add(new Leftover("TXH-704 " + pool + " refused to be looked at", Optional.of(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      found.add(new Leftover("TXH-704 interrupted while looking at " + pool, Optional.of(e)));
    } finally {
      gone.countDown();
    }
    return new ArrayList<>(found);
  }

  private int count() {
    if (expected > 0) {
      return expected;
    }
    return pool instanceof ThreadPoolExecutor threads
        ? Math.max(1, Math.max(threads.getCorePoolSize(), threads.getPoolSize()))
        : 1;
  }

  private static void visit(
      CountDownLatch arrived, CountDownLatch gone, CountDownLatch looked, Queue<Leftover> found) {
    found.addAll(Leftover.framesAbove(Frame.ROOT));
    arrived.countDown();
    try {
      gone.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever shuts the pool down: nothing more to look at
    } finally {
      looked.countDown();
    }
  }

  private Leftover busy(long missing, int count) {
    return new Leftover(
        "TXH-703 "
            + missing
            + " of "
            + count
            + " workers of "
            + pool
            + " did not come within "
            + patience.toMillis()
            + " ms: their tasks are still running, or the pool has fewer",
        Optional.empty());
  }
}
