package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.TransactionTimedOutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection taken for a transaction, and what is open on it. Each call of its driver is watched
 * where there is a deadline; without one nothing watches. {@link Standing} adds what became of the
 * transaction there: one object, since each transaction makes one.
 */
abstract class TakenConnection extends Borrowed {
  /** For messages and the log, too. */
  final ConnectionTaking transaction;

  /** Known once the connection is prepared. */
  private @Nullable Demarcation demarcation;

  /** Written in turn, and read by whoever aborts. */
  private volatile @Nullable CallWatch watch;

  /** How many calls are under way, one inside another. */
  private int calls;

  private boolean hasSentFirst;

  TakenConnection(
      ConnectionTaking transaction, Connection connection, DriverState driverState, Gate gate) {
    super(connection, driverState, gate);
    this.transaction = transaction;
  }

  @Override
  public final Object who() {
    return transaction;
  }

  @Override
  final ConnectionSource source() {
    return transaction.source();
  }

  final DatabaseProfile known() {
    return Objects.requireNonNull(source().known(), "known");
  }

  /** What is believed of what its driver tells. */
  final DriverState state() {
    return dialect().trusted(driverState());
  }

  final void demarcate(Demarcation found) {
    demarcation = found;
  }

  private Demarcation demarcation() {
    return Objects.requireNonNull(demarcation, "demarcation");
  }

  /** What must be sent before its first statement. */
  final List<String> first(Isolation isolation, boolean readOnly) {
    List<String> first = demarcation().begin(isolation, readOnly, state());
    hasSentFirst = !first.isEmpty();
    return first;
  }

  /** Whether there was any. */
  final boolean hasSentFirst() {
    return hasSentFirst;
  }

  final Dialect dialect() {
    return demarcation().dialect;
  }

  final void commit() throws SQLException {
    demarcation().commit(this);
  }

  final void rollback() throws SQLException {
    demarcation().rollback(this);
  }

  /** Whether the pool or the driver has closed it, as far as they know: nothing is sent. */
  final boolean isClosed() {
    try {
      return connection().isClosed() || state().isClosed();
    } catch (SQLException | RuntimeException e) { // then what is sent next meets it
      return false;
    }
  }

  // its calls

  /** A call that may be cancelled begins; also inside another. */
  final void enter() {
    enter(transaction.signals.remainingTime());
  }

  /** The same, where what is left of the deadline is known. */
  final void enter(Optional<Duration> left) {
    enter(left, true);
  }

  private void enter(Optional<Duration> left, boolean mayBeCancelled) {
    calls++;
    if (left.isPresent()) {
      watch().enterCall(calls, left.get(), mayBeCancelled && !left.get().isZero());
    } else if (watch != null) {
      watch.enterWithoutDeadline();
    }
  }

  /** That call is over. */
  final void leave() {
    CallWatch now = watch;
    if (now != null) {
      now.leaveCall(calls);
    }
    calls--;
  }

  /** The transaction's end begins, which is not cancelled: nobody could tell what became of it. */
  final void enterEnd() {
    CallWatch now = watch;
    if (now != null) {
      now.stopEscaped();
    }
    enter(transaction.signals.remainingTime(), false);
  }

  private CallWatch watch() {
    CallWatch now = watch;
    if (now == null) {
      now = new CallWatch(this, transaction.signals, transaction);
      watch = now;
    }
    return now;
  }

  /**
   * Limits the statement of the call under way.
   *
   * @param seconds what is left of the deadline, 0 if there is none
   */
  final void limit(TimeLimit limit, int seconds) throws SQLException {
    if (seconds == 0) {
      limit.apply(0);
    } else {
      watch().limit(limit, seconds);
    }
  }

  /** User code has an object of the driver's from now on. */
  final void escaped() {
    if (transaction.signals.remainingTime().isPresent()) {
      watch().escaped();
    }
  }

  /** Nothing more is called. */
  final void stop() {
    CallWatch now = watch;
    if (now != null) {
      now.stop();
    }
  }

  /** Why the watch has made the connection unfit to go back, null if it has not. */
  final @Nullable SQLException unfitByWatch() {
    CallWatch now = watch;
    return now == null ? null : now.unfit();
  }

  /** Whether the last call was cancelled here. */
  final boolean hasCancelled() {
    CallWatch now = watch;
    return now != null && now.hasCancelled();
  }

  /** What ended the call under way, null if nothing did. */
  final @Nullable TransactionTimedOutException endedBy() {
    CallWatch now = watch;
    return now == null ? null : now.endedBy();
  }
}
