package io.txhost;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What tells one transaction from all others, for messages and listeners. Most are never asked.
 * What only listeners ask is kept here, too, so that a transaction nobody listens to is no larger.
 */
final class Identity {
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final long startedAt = System.currentTimeMillis();
  private final int attempt;

  /** When the call that is under way began. Written and read in turn. */
  long executingSince;

  /**
   * @param attempt from 1
   */
  Identity(int attempt) {
    this.attempt = attempt;
  }

  long id() {
    return id;
  }

  /** In milliseconds; for listeners it is made at the start. */
  long startedAt() {
    return startedAt;
  }

  int attempt() {
    return attempt;
  }
}
