package io.txhost;

import io.txhost.spi.ThreadName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a thread waits for its turn in a transaction, and what it is told if that was all. */
final class Waits {
  /**
   * While nobody ahead in the queue is served: nobody waits for ever, and whoever waited learns for
   * whom.
   */
  static final Duration LONGEST = Duration.ofSeconds(30);

  /** The end still waits so long past a deadline: a cancelled statement needs a moment to stop. */
  static final Duration LAST_CALL = Duration.ofMillis(1500);

  private Waits() {}

  static Turns.Limit until(@Nullable Deadline deadline) {
    return new Turns.Limit(
        LONGEST.toNanos(),
        deadline == null ? Turns.Limit.UNLIMITED : deadline.remaining().toNanos());
  }

  static Turns.Limit toEnd(@Nullable Deadline deadline) {
    Turns.Limit limit = until(deadline);
    return new Turns.Limit(limit.standing(), Math.max(LAST_CALL.toNanos(), limit.inAll()));
  }

  static TransactionException refused(
      String what, Turns in, Turns.Refused why, @Nullable Deadline deadline) {
    if (why == Turns.Refused.INTERRUPTED) {
      return SharingRefusals.interruptedWaiting(what, in);
    }
    Thread holder = in.holder();
    String forWhom =
        holder == null
            ? in.innermost().whoseTurn() + ", which has the connection to itself until it ends"
            : "thread " + ThreadName.of(holder) + ", which is inside a call of the driver";
    TransactionException refusal =
        deadline != null && deadline.isPast()
            ? deadline.exceeded(what + " in " + in + " waited for " + forWhom)
            : SharingRefusals.waitedTooLong(what, in, forWhom);
    if (holder != null) {
      refusal.addSuppressed(whereIs(holder));
    }
    return refusal;
  }

  /** A stack, since an error needs it. */
  static Throwable whereIs(Thread holder) {
    Throwable here = new Throwable("thread " + ThreadName.of(holder) + " is here");
    here.setStackTrace(holder.getStackTrace());
    return here;
  }
}
