package io.txhost;

import io.txhost.spi.ThreadName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a thread waits for its turn in a transaction, and what it is told if that was all. */
final class TurnWait {
  /**
   * While nobody ahead in the queue is served: nobody waits for ever, and whoever waited learns for
   * whom.
   */
  static final Duration LONGEST = Duration.ofSeconds(30);

  /** The end still waits so long past a deadline: a cancelled statement needs a moment to stop. */
  static final Duration LAST_CALL = Duration.ofMillis(1500);

  private TurnWait() {}

  /**
   * How long to wait.
   *
   * @param standing the nanoseconds in which nobody ahead in the queue is served: a long queue that
   *     moves is no reason to give up, and as nobody gets in before, the wait is bounded all the
   *     same
   * @param inAll the nanoseconds until the deadline, or {@link #UNLIMITED}. With one a call that is
   *     under way may take until then, as its statement may
   */
  record Limit(long standing, long inAll) {
    static final long UNLIMITED = Long.MAX_VALUE;
  }

  /** Why a turn was not given. */
  enum Refused {
    NOT_IN_TIME,
    INTERRUPTED
  }

  static Limit until(@Nullable Deadline deadline) {
    return new Limit(
        LONGEST.toNanos(), deadline == null ? Limit.UNLIMITED : deadline.remaining().toNanos());
  }

  static Limit toEnd(@Nullable Deadline deadline) {
    Limit limit = until(deadline);
    return new Limit(limit.standing(), Math.max(LAST_CALL.toNanos(), limit.inAll()));
  }

  /**
   * @param holder who has the turn, if anybody has
   * @param block the innermost one that is open
   */
  static TransactionException refused(
      String what,
      Object in,
      @Nullable Thread holder,
      String block,
      Refused why,
      @Nullable Deadline deadline) {
    if (why == Refused.INTERRUPTED) {
      return SharingRefusals.interruptedWaiting(what, in);
    }
    String forWhom =
        holder == null
            ? block + ", which has the connection to itself until it ends"
            : "thread " + ThreadName.of(holder) + ", which is inside a call of the driver";
    TransactionException refusal =
        deadline != null && deadline.isPast()
            ? deadline.exceeded(what + " in " + in + " waited for " + forWhom)
            : SharingRefusals.waitedTooLong(what, in, LONGEST.toSeconds(), forWhom);
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
