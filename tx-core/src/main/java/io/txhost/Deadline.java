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

  /** What the options ask for, from now on. */
  static @Nullable Deadline of(HostSetup host, TransactionOptions options) {
    Duration timeout = options.timeoutOrNull();
    return timeout == null ? null : after(timeout, host.nameOf(options));
  }

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
    return exceeded(what, "Nothing of it was committed.");
  }

  /** Where no transaction runs, so that what was sent before has stayed. */
  TransactionTimedOutException exceededOutside(String what) {
    return exceeded(
        what, "Nothing more is sent, and what was sent before has committed by itself.");
  }

  private TransactionTimedOutException exceeded(String what, String kept) {
    return new TransactionTimedOutException(
        what
            + ": the timeout of '"
            + boundary
            + "' is "
            + readable()
            + ", and this time is over. "
            + kept
            + " The time runs from the start of the boundary; waiting for a connection counts. Find"
            + " out what took so long, or set a longer timeout.",
        null);
  }

  private String readable() {
    long millis = timeout.toMillis();
    return millis >= 1_000 && millis % 1_000 == 0
        ? timeout.toSeconds() + " s"
        : timeout.toNanos() % 1_000_000 == 0 ? millis + " ms" : timeout.toString();
  }
}
