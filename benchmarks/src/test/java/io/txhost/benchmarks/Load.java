package io.txhost.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Virtual threads that do the same again and again for some time. */
final class Load {
  private final Work work;
  private final long end;
  private final CountDownLatch done;
  private final List<Worker> workers = new ArrayList<>();

  /** What is done. What it throws is a refusal. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /**
   * What was found.
   *
   * @param perSecond how often it was done in the time
   * @param p99Millis how long all but each hundredth took, with those that were under way at the
   *     end
   * @param starved threads that finished none in the time
   * @param refusedPercent of all that were tried
   */
  record Found(double perSecond, double p99Millis, int starved, double refusedPercent) {
    String line() {
      return perSecond + " " + p99Millis + " " + starved + " " + refusedPercent;
    }

    static Found parse(String[] parts, int from) {
      return new Found(
          Double.parseDouble(parts[from]),
          Double.parseDouble(parts[from + 1]),
          Integer.parseInt(parts[from + 2]),
          Double.parseDouble(parts[from + 3]));
    }
  }

  private Load(int threads, long end, Work work) {
    this.work = work;
    this.end = end;
    this.done = new CountDownLatch(threads);
  }

  static Found of(int threads, int seconds, Work work) throws InterruptedException {
    Load load = new Load(threads, System.nanoTime() + seconds * 1_000_000_000L, work);
    for (int i = 0; i < threads; i++) {
      Worker worker = load.new Worker();
      load.workers.add(worker);
      Processes.startVirtual(worker);
    }
    load.done.await();
    return load.found(seconds);
  }

  private Found found(int seconds) {
    long[] all =
        workers.stream()
            .flatMapToLong(each -> Arrays.stream(each.nanos, 0, each.finished))
            .sorted()
            .toArray();
    long refused = workers.stream().mapToLong(each -> each.refused).sum();
    long inTime = workers.stream().mapToLong(each -> each.inTime).sum();
    int starved = (int) workers.stream().filter(each -> each.inTime == 0).count();
    return new Found(
        1.0 * inTime / seconds,
        all.length == 0 ? 0 : all[(int) (all.length * 0.99)] / 1e6,
        starved,
        refused == 0 ? 0 : 100.0 * refused / (refused + all.length));
  }

  private final class Worker implements Runnable {
    private long[] nanos = new long[16];
    private int finished;
    private int inTime;
    private long refused;

    @Override
    public void run() {
      try {
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
          once(now);
        }
      } finally {
        done.countDown();
      }
    }

    private void once(long since) {
      try {
        work.run();
        if (finished == nanos.length) {
          nanos = Arrays.copyOf(nanos, 2 * finished);
        }
        long now = System.nanoTime();
        nanos[finished++] = now - since;
        inTime += now < end ? 1 : 0;
      } catch (Exception refusal) {
        refused++;
      }
    }
  }
}
