package io.txhost.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Reports what was not taken away by those who installed it. */
final class Leftovers {
  private static final LongAdder IGNORED = new LongAdder();
  private static final AtomicBoolean IGNORED_LOGGED = new AtomicBoolean();
  private static final AtomicBoolean ELSEWHERE_LOGGED = new AtomicBoolean();

  // last: a logger may make a thread, and that report here
  private static final System.Logger LOG = System.getLogger("io.txhost");

  private Leftovers() {}

  static long ignored() {
    return IGNORED.sum();
  }

  /** Counted; the first is logged. */
  static void ignored(Frame frame) {
    IGNORED.increment();
    if (!IGNORED_LOGGED.getAndSet(true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "TXH-402 ''{0}'' was opened by begin(), or by a snapshot''s scope, and never ended,"
              + " though what was around it has ended; it is ignored. End it with"
              + " try-with-resources. Further ones are counted, not logged.",
          frame.shown());
    }
  }

  /** Rolls back what was opened by hand and left. Each is logged: work is lost. */
  static void abandon(Frame frame) {
    IllegalStateException misuse =
        new IllegalStateException(
            "TXH-407 "
                + frame.shown()
                + " was opened by begin() inside a restored snapshot and never ended, though the"
                + " snapshot's scope has ended. The boundary is rolled back. End it with"
                + " try-with-resources.");
    if (!frame.abandon(misuse)) {
      Carrier.uninstall(frame);
    }
    if (Carrier.current() != frame) {
      LOG.log(System.Logger.Level.WARNING, misuse.getMessage(), misuse);
    }
  }

  /**
   * The first is logged.
   *
   * @param thread where the snapshot's scope was opened
   */
  static void elsewhere(String thread) {
    if (!ELSEWHERE_LOGGED.getAndSet(true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "TXH-408 The scope of a snapshot was opened on thread {0} and closed on thread"
              + " {1}. Nothing is changed on the closing thread, and the scope stays open on the"
              + " other. Close a scope where it was opened. Further ones are not logged.",
          thread,
          CapturedTransaction.nameOf(Thread.currentThread()));
    }
  }
}
