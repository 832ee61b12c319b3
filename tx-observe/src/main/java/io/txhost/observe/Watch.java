package io.txhost.observe;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Warns of transactions that are open for long, or hold a connection for long and do not use it.
 * One daemon thread looks at what is open, a few times in the shortest of the two; each transaction
 * is warned of once for each.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOG = System.getLogger("io.txhost.transactions");
  private static final int LOOKS = 4;
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** Of one look. A stalled database would fill the log with the stacks of all threads. */
  private static final int MOST_WARNINGS = 10;

  private final OpenOnes open;
  private final @Nullable Duration longOpen;
  private final @Nullable Duration longIdle;
  private final ScheduledThreadPoolExecutor clock;

  private Watch(OpenOnes open, @Nullable Duration longOpen, @Nullable Duration longIdle) {
    this.open = open;
    this.longOpen = longOpen;
    this.longIdle = longIdle;
    this.clock = new ScheduledThreadPoolExecutor(1, Watch::daemon);
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    clock.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
  }

  static Watch start(OpenOnes open, @Nullable Duration longOpen, @Nullable Duration longIdle) {
    Watch watch = new Watch(open, longOpen, longIdle);
    long pause = pause(longOpen, longIdle).toNanos();
    Future<?> unused = // what fails is logged there
        watch.clock.scheduleWithFixedDelay(watch::look, pause, pause, TimeUnit.NANOSECONDS);
    return watch;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "txhost-watch");
    thread.setDaemon(true);
    return thread;
  }

  private static Duration pause(@Nullable Duration one, @Nullable Duration other) {
    Duration shortest = LONGEST_PAUSE.multipliedBy(LOOKS);
    if (one != null && one.compareTo(shortest) < 0) {
      shortest = one;
    }
    if (other != null && other.compareTo(shortest) < 0) {
      shortest = other;
    }
    Duration pause = shortest.dividedBy(LOOKS);
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  /** What fails here would end the looking. */
  private void look() {
    try {
      int warnings = 0;
      Set<Thread> acquiring = open.acquiring();
      for (Observed each : open.all()) {
        if (warnings < MOST_WARNINGS) {
          warnings += look(each, each.now(acquiring.contains(each.opener)));
        }
      }
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "TXH-710 The watch over open transactions has failed", failure);
    }
  }

  private int look(Observed one, OpenTransaction now) {
    int warnings = 0;
    if (isLong(now.age(), longOpen) && one.isToWarnOpen()) {
      warn(one, now, "TXH-713", "has been open for " + now.age().toMillis() + " ms");
      warnings++;
    }
    if (now.connectionHeld()
        && now.waitingFor() != OpenTransaction.Waiting.DATABASE
        && isLong(now.unusedFor(), longIdle)
        && one.isToWarnIdle()) {
      warn(
          one,
          now,
          "TXH-714",
          "holds a connection that it has not used for " + now.unusedFor().toMillis() + " ms");
      warnings++;
    }
    return warnings;
  }

  private static boolean isLong(Duration time, @Nullable Duration limit) {
    return limit != null && time.compareTo(limit) >= 0;
  }

  private static void warn(Observed one, OpenTransaction now, String code, String what) {
    Thread user = one.user();
    Throwable where = new Throwable("thread '" + Names.of(user) + "' is here");
    where.setStackTrace(user.getStackTrace());
    if (one.openedAt != null) {
      where.addSuppressed(one.openedAt);
    }
    LOG.log(
        Level.WARNING,
        code
            + " Tx "
            + now.id()
            + " '"
            + now.name()
            + "' of host '"
            + now.host()
            + "', thread '"
            + now.thread()
            + "', "
            + what
            + ". It "
            + (now.connectionHeld() ? "holds a connection" : "holds no connection")
            + ", has sent "
            + now.statements()
            + " statements, and waits for "
            + now.waitingFor()
            + ".",
        where);
  }
}
