package io.txhost.jdbc;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The clock of all deadlines in this process: one daemon thread, which ends where there is nothing
 * to wait for. What may take long runs beside it, on threads that end likewise.
 */
final class Watchdog {
  private static final long IDLE_SECONDS = 10;
  private static final ScheduledThreadPoolExecutor CLOCK = clock();
  private static final ExecutorService BESIDE =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("txhost-beside"));

  private Watchdog() {}

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(1, daemons("txhost-deadlines"));
    clock.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Runs the alarm then, unless it is cancelled.
   *
   * @param alarm waits for nothing
   */
  static Future<?> in(Duration time, Runnable alarm) {
    return CLOCK.schedule(alarm, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs what may wait for a network, now. */
  static void beside(Runnable task) {
    BESIDE.execute(task);
  }
}
