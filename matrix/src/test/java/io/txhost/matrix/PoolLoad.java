package io.txhost.matrix;

import io.txhost.PoolDeadlockException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Many threads that do one thing over and over, virtual where Java has them. */
final class PoolLoad {

  /** One time of it. */
  interface Work {
    void once() throws Exception;
  }

  /**
   * What came of it.
   *
   * @param done how often it was done
   * @param perSecond likewise, until they were told to stop
   * @param starved how many threads had asked, and were not served while twice as many were done as
   *     there are threads
   * @param refused how often a pool that waits for itself was named
   * @param failed how often it failed otherwise
   * @param longest of 100 times all but one took no longer, in seconds
   */
  record Result(
      long done, double perSecond, int starved, long refused, long failed, double longest) {}

  private final Work work;
  private final int threads;
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicIntegerArray times;

  /** What was done when each thread asked first; a thread that has not run yet has not asked. */
  private final AtomicLongArray doneWhenAsked;

  private final LongAdder done = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final ConcurrentLinkedQueue<long[]> took = new ConcurrentLinkedQueue<>();
  private final CountDownLatch ready;
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch end;

  private PoolLoad(int threads, Work work) {
    this.work = work;
    this.threads = threads;
    this.times = new AtomicIntegerArray(threads);
    this.doneWhenAsked = new AtomicLongArray(threads);
    this.ready = new CountDownLatch(threads);
    this.end = new CountDownLatch(threads);
  }

  /** Until it was done so often. */
  static Result times(int threads, long most, Work work) throws InterruptedException {
    PoolLoad load = new PoolLoad(threads, work);
    return load.run(() -> load.done.sum() < most);
  }

  static Result seconds(int threads, double seconds, Work work) throws InterruptedException {
    PoolLoad load = new PoolLoad(threads, work);
    long[] until = new long[1];
    return load.run(
        () -> {
          if (until[0] == 0) {
            until[0] = System.nanoTime() + (long) (seconds * 1e9);
          }
          return System.nanoTime() < until[0];
        });
  }

  static boolean hasVirtualThreads() {
    return Runtime.version().feature() >= 21;
  }

  private static ThreadFactory factory() {
    if (!hasVirtualThreads()) {
      return Executors.defaultThreadFactory();
    }
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Method factory = Class.forName("java.lang.Thread$Builder").getMethod("factory");
      return (ThreadFactory) factory.invoke(builder);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Result run(BooleanSupplier goesOn) throws InterruptedException {
    ThreadFactory factory = factory();
    for (int i = 0; i < threads; i++) {
      int me = i;
      factory.newThread(() -> loop(me)).start();
    }
    ready.await();
    long begun = System.nanoTime();
    go.countDown();
    while (goesOn.getAsBoolean()) {
      Thread.sleep(5);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    long soFar = done.sum();
    int starved = (int) IntStream.range(0, threads).filter(me -> isStarved(me, soFar)).count();
    isOver.set(true);
    end.await();
    return new Result(soFar, soFar / seconds, starved, refused.sum(), failed.sum(), longest());
  }

  /** In a fair line each of the others comes once before it, and whoever is served now. */
  private boolean isStarved(int me, long soFar) {
    long asked = doneWhenAsked.get(me);
    return times.get(me) == 0 && asked != 0 && soFar - (asked - 1) > 2L * threads;
  }

  private double longest() {
    long[] all = took.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return all.length == 0 ? 0 : all[(int) (all.length * 0.99)] / 1e9;
  }

  private void loop(int me) {
    long[] mine = new long[64];
    int count = 0;
    ready.countDown();
    try {
      go.await();
      doneWhenAsked.set(me, done.sum() + 1); // 0 is not yet
      while (!isOver.get()) {
        if (count == mine.length) {
          mine = Arrays.copyOf(mine, 2 * count);
        }
        long begun = System.nanoTime();
        if (once()) {
          mine[count++] = System.nanoTime() - begun;
          times.incrementAndGet(me);
          done.increment();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      took.add(Arrays.copyOf(mine, count));
      end.countDown();
    }
  }

  private boolean once() {
    try {
      work.once();
      return true;
    } catch (PoolDeadlockException e) {
      refused.increment();
    } catch (Exception e) {
      failed.increment();
    }
    return false;
  }
}
