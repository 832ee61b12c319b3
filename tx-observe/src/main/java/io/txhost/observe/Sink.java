package io.txhost.observe;

import io.txhost.spi.DetachedUse;
import io.txhost.spi.TransactionInfo;
import java.time.Duration;

/** Where what is observed goes to. Its failures are logged and change nothing. */
interface Sink {

  /** Whether it wants to hear of a transaction that begins now. */
  boolean isEnabled();

  /** A transaction has begun, on the calling thread. What follows it until its end. */
  Follower follow(Observed transaction);

  /** An attempt that has ended is about to be repeated. */
  default void retried(TransactionInfo transaction, int attempt, Duration delay, Throwable why) {}

  /** Work that fell out of a transaction was refused. */
  default void detached(DetachedUse use) {}
}
