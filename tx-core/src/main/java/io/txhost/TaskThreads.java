package io.txhost;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Threads for tasks: virtual ones from Java 21 on, and before that so many of the platform's. */
final class TaskThreads {
  /** Tasks share one connection as a rule, so more than these would only wait. */
  private static final int MOST_PLATFORM_THREADS = 64;

  private static final @Nullable ThreadFactory VIRTUAL = virtual();

  private TaskThreads() {}

  /** How many threads so many tasks get; with fewer than tasks, the later ones wait for earlier. */
  static int most(int tasks) {
    return VIRTUAL != null ? tasks : Math.min(tasks, MOST_PLATFORM_THREADS);
  }

  static void start(Runnable work) {
    if (VIRTUAL != null) {
      VIRTUAL.newThread(work).start();
    } else {
      Thread thread = new Thread(work, "inParallel");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** By reflection: this is compiled for Java 17. */
  private static @Nullable ThreadFactory virtual() {
    if (Runtime.version().feature() < 21) {
      return null;
    }
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Method factory = Class.forName("java.lang.Thread$Builder").getMethod("factory");
      return (ThreadFactory) factory.invoke(builder);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Java 21 and later have virtual threads", e);
    }
  }
}
