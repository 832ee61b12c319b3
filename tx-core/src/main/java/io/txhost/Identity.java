package io.txhost;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What tells one transaction from all others, for messages and listeners. Most are never asked.
 *
 * @param startedAt in milliseconds; only listeners ask, and for them it is made at the start
 */
record Identity(long id, long startedAt) {
  private static final AtomicLong IDS = new AtomicLong();

  static Identity next() {
    return new Identity(IDS.incrementAndGet(), System.currentTimeMillis());
  }
}
