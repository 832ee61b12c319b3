package io.txhost.jdbc;

import io.txhost.TransactionTimedOutException;
import io.txhost.spi.TransactionSignals;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one transaction's calls of its driver: none outlives the deadline by much, even if
 * the network is dead. Past it the call is cancelled; if that does not end it, the connection is
 * thrown away. Where there is no deadline it does nothing.
 *
 * <p><b>Threads:</b> one call at a time, of whichever thread has the turn; alarms come from the
 * {@link Watchdog}'s.
 */
final class CallWatch {
  /** For what is cancelled at the deadline itself to end, and for COMMIT and ROLLBACK. */
  private static final Duration GRACE = Duration.ofMillis(700);

  /** For a driver's own cancelling, whose clock knows whole seconds. */
  private static final Duration GRACE_OF_DRIVER = Duration.ofMillis(1_150);

  private static final Duration AFTER_READS = Duration.ofSeconds(1);
  private static final long SHORTEST_WAIT_NANOS = 50_000_000;

  private final Borrowed borrowed;
  private final TransactionSignals signals;
  private final Object who;

  private final ReentrantLock lock = new ReentrantLock(); // guards what follows
  private final Condition cancelled = lock.newCondition();

  /** The number of the call that is watched, 0 for none. */
  private int watched;

  /** Of the call under way: when it is cancelled, if it is, and when it is ended for good. */
  private @Nullable Moment cancelAt;

  private @Nullable Moment endAt;
  private @Nullable Moment deadlineAt;
  private SqlCall.Action canceller;
  private boolean hasCancelled;

  /**
   * Of what user code does on the driver's own objects, which are no calls to be seen from here.
   */
  private @Nullable Moment escapedCancelAt;

  private boolean hasEscaped;
  private @Nullable Moment escapedEndAt;

  private @Nullable Future<?> alarm;
  private @Nullable Moment alarmAt;
  private boolean isCancelling;
  private @Nullable TransactionTimedOutException endedBy;
  private @Nullable SQLException unfit;

  CallWatch(Borrowed borrowed, TransactionSignals signals, Object who) {
    this.borrowed = borrowed;
    this.signals = signals;
    this.who = who;
    this.canceller = borrowed.driverState()::cancel;
  }

  /** On the clock of {@link System#nanoTime}. */
  private record Moment(long nanos) {
    static Moment in(Duration time) {
      return new Moment(System.nanoTime() + time.toNanos());
    }

    Duration left() {
      return Duration.ofNanos(nanos - System.nanoTime());
    }

    boolean isPast() {
      return nanos - System.nanoTime() <= 0;
    }

    boolean isBefore(@Nullable Moment other) {
      return other == null || nanos - other.nanos < 0;
    }
  }

  /**
   * Limits the statement of the call under way: here where cancelling is ours, since the driver's
   * own would have the call wait for a network that is dead; else by the driver.
   *
   * @param seconds what is left of the deadline, 0 if there is none
   */
  void limit(TimeLimit limit, int seconds) throws SQLException {
    if (seconds == 0 || !borrowed.driverState().waitsForItsCancelling()) {
      limit.apply(seconds);
      return;
    }
    int users = limit.takeOver();
    cancelLater(limit, users == 0 ? null : Moment.in(Duration.ofSeconds(users)));
  }

  /** User code has an object of the driver's from now on. */
  void escaped() {
    Optional<Duration> left = signals.remainingTime();
    if (left.isEmpty()) {
      return;
    }
    limitReads(left.get().plus(grace(true)));
    lock.lock();
    try {
      hasEscaped = true;
      Moment deadline = Moment.in(left.get());
      if (escapedCancelAt == null || deadline.isBefore(escapedCancelAt)) {
        escapedCancelAt = deadline;
      }
      wakeAt(escapedCancelAt);
    } finally {
      lock.unlock();
    }
  }

  /** Why the connection cannot go back, although its transaction has ended; null if it can. */
  @Nullable SQLException unfit() {
    lock.lock();
    try {
      return unfit;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the last call was cancelled here. */
  boolean hasCancelled() {
    lock.lock();
    try {
      return hasCancelled;
    } finally {
      lock.unlock();
    }
  }

  /** What ended the call under way, null if nothing did. */
  @Nullable TransactionTimedOutException endedBy() {
    lock.lock();
    try {
      return endedBy;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more is called. */
  void stop() {
    lock.lock();
    try {
      stopEscaped();
      if (alarm != null) {
        alarm.cancel(false);
        alarm = null;
        alarmAt = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** What was given away is used no more. */
  void stopEscaped() {
    lock.lock();
    try {
      hasEscaped = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A call begins, which is watched unless one around it is.
   *
   * @param call its number, 1 for the outermost
   */
  void enterCall(int call, Duration left, boolean mayBeCancelled) {
    lock.lock();
    try {
      if (watched > 0) {
        return;
      }
      watched = call;
      endAt = Moment.in(left.plus(grace(mayBeCancelled)).plus(ofReads()));
      deadlineAt = mayBeCancelled ? Moment.in(left) : null;
      canceller = borrowed.driverState()::cancel;
      cancelAt = borrowed.driverState().cancels() ? deadlineAt : null;
      hasCancelled = false;
      wakeAt(cancelAt == null ? endAt : cancelAt);
    } finally {
      lock.unlock();
    }
    limitReads(left.plus(grace(mayBeCancelled)));
  }

  /** A call begins that no deadline holds for any more: that of a joiner, which has ended. */
  void enterWithoutDeadline() {
    try {
      borrowed.limitReadsNoMore();
    } catch (SQLException closed) {
      // as the call itself will find and say
    }
  }

  private Duration grace(boolean isCancelledByDriver) {
    return isCancelledByDriver && !borrowed.driverState().waitsForItsCancelling()
        ? GRACE_OF_DRIVER
        : GRACE;
  }

  /** Where a read ends by itself, and an abort may take long, that goes first. */
  private Duration ofReads() {
    return borrowed.driverState().limitsReads() == null ? Duration.ZERO : AFTER_READS;
  }

  private void limitReads(Duration time) {
    try {
      borrowed.limitReads((int) Math.min(time.toMillis(), Integer.MAX_VALUE));
    } catch (SQLException closed) {
      // as the call itself will find and say
    }
  }

  private void cancelLater(TimeLimit limit, @Nullable Moment users) {
    lock.lock();
    try {
      Moment deadline = deadlineAt;
      if (deadline == null) {
        return;
      }
      if (!borrowed.driverState().cancels()) {
        canceller = limit::cancel;
      }
      cancelAt = users != null && users.isBefore(deadline) ? users : deadline;
      wakeAt(cancelAt);
    } finally {
      lock.unlock();
    }
  }

  /** A cancel that is still on its way would hit what comes next: it is waited for. */
  void leaveCall(int call) {
    lock.lock();
    try {
      if (watched == call) {
        watched = 0;
        awaitCancelling();
        cancelAt = null;
        endAt = null;
        deadlineAt = null;
        if (hasEscaped) { // its alarm may have found a call under way
          wakeAt(escapedCancelAt == null ? Moment.in(Duration.ZERO) : escapedCancelAt);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitCancelling() {
    if (endedBy != null || unfit != null) { // nothing comes next
      return;
    }
    Duration rest = deadlineAt == null ? Duration.ZERO : deadlineAt.left().plus(GRACE);
    long left = Math.max(rest.toNanos(), SHORTEST_WAIT_NANOS);
    boolean wasInterrupted = false;
    while (isCancelling && left > 0) {
      try {
        left = cancelled.awaitNanos(left);
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
    if (isCancelling) {
      unfit = new SQLException("a statement's cancelling did not end");
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // alarms; each is called with the lock held

  private void wakeAt(Moment moment) {
    if (alarm != null && !moment.isBefore(alarmAt)) {
      return;
    }
    if (alarm != null) {
      alarm.cancel(false);
    }
    alarmAt = moment;
    Duration left = moment.left();
    alarm = Watchdog.in(left.isNegative() ? Duration.ZERO : left, this::wake);
  }

  private void wake() {
    lock.lock();
    try {
      alarm = null;
      alarmAt = null;
      if (watched > 0) {
        overseeCall();
      } else if (hasEscaped) {
        overseeEscaped();
      }
    } finally {
      lock.unlock();
    }
  }

  private void overseeCall() {
    Moment cancelling = cancelAt;
    Moment ending = endAt;
    if (cancelling != null && cancelling.isPast()) {
      cancelAt = null;
      cancel();
    }
    if (ending != null && ending.isPast()) {
      throwAway("a call of its driver did not end");
    } else if (ending != null) {
      wakeAt(cancelAt == null ? ending : cancelAt);
    }
  }

  /** Ended by the whole transaction's deadline: a joiner whose was shorter may be over. */
  private void overseeEscaped() {
    Moment cancelling = escapedCancelAt;
    if (cancelling != null && !cancelling.isPast()) {
      wakeAt(cancelling);
      return;
    }
    if (cancelling != null) {
      escapedCancelAt = null;
      if (borrowed.driverState().cancels()) {
        canceller = borrowed.driverState()::cancel;
        cancel();
      }
    }
    Optional<Duration> left = signals.remainingTime(); // seen from here: of the transaction
    if (left.isPresent() && escapedEndAt != null && escapedEndAt.isPast()) {
      throwAway("what was done on its driver's own objects did not end");
    } else if (left.isPresent()) {
      if (escapedEndAt == null || !left.get().isZero()) {
        escapedEndAt = Moment.in(left.get().plus(grace(true)).plus(ofReads()));
      }
      wakeAt(escapedEndAt);
    }
  }

  private void cancel() {
    if (!isCancelling) {
      isCancelling = true;
      hasCancelled = true;
      SqlCall.Action now = canceller;
      Watchdog.beside(() -> cancelBeside(now));
    }
  }

  private void cancelBeside(SqlCall.Action cancelling) {
    SQLException failure = null;
    try {
      cancelling.run();
    } catch (SQLException e) {
      failure = e; // whether it arrived, nobody knows
    }
    lock.lock();
    try {
      isCancelling = false;
      unfit = failure == null ? unfit : failure;
      cancelled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void throwAway(String why) {
    TransactionTimedOutException because =
        new TransactionTimedOutException(
            who + ": the deadline passed, and " + why + ". Its connection was thrown away.", null);
    endedBy = because;
    Watchdog.beside(() -> borrowed.throwAway(because));
  }
}
