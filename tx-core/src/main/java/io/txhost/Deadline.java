package io.txhost;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a boundary must be done.
 *
 * @param at in {@link System#nanoTime()}'s terms
 * @param timeout what was asked for
 * @param boundary who asked
 */
record Deadline(long at, Duration timeout, String boundary) {
  // far enough for any transaction, near enough for nanoTime differences not to overflow
  private static final Duration LONGEST = Duration.ofDays(365);

  static @Nullable Deadline after(@Nullable Duration timeout, String boundary) {
    if (timeout == null) {
      return null;
    }
    Duration bounded = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    return new Deadline(System.nanoTime() + bounded.toNanos(), timeout, boundary);
  }

  /** The one that comes first. */
  static @Nullable Deadline sooner(@Nullable Deadline one, @Nullable Deadline other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.at - other.at <= 0 ? one : other;
  }

  boolean isPast() {
    return System.nanoTime() - at >= 0;
  }

  Duration remaining() {
    return Duration.ofNanos(Math.max(0, at - System.nanoTime()));
  }

  TransactionTimedOutException exceeded(String what) {
    return new TransactionTimedOutException(
        what
            + ": the deadline of '"
            + boundary
            + "' ("
            + timeout
            + ") has passed, and nothing was committed. Find what took long, waiting for a connection counts, or"
            + " give it a longer timeout.",
        null);
  }
}
