package io.txhost.jdbc;

import io.txhost.CannotBeginTransactionException;
import io.txhost.TransactionException;
import io.txhost.jdbc.DriverState.Phase;
import io.txhost.jdbc.Lost.Extent;
import io.txhost.jdbc.Sql.Kind;
import io.txhost.spi.TransactionSignals;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction stands at its server, as far as is known here, from the moment its connection
 * was taken: begun or not, lost or not, in doubt or not. Used in turn.
 */
final class Standing {
  private final Opened on;
  private final Opening opening;
  private final Object who;
  private final TransactionSignals signals;

  /** The first statement is about to be sent, or was. */
  private boolean begun;

  /** What the host does before that is under way: no savepoint comes before it. */
  private boolean isBeginning;

  /** One has succeeded, as the driver's state showed. */
  private boolean hasRun;

  /** There may be something to commit. */
  private boolean mayHaveDone;

  /** User code has an object of the driver's: what that sends is not seen from here. */
  private boolean escaped;

  private final OpenOnes open = new OpenOnes();
  private @Nullable Lost lost;

  /** Whether the server still has it may have to be asked before anything more is sent. */
  private @Nullable Doubts doubts;

  /** After which the connection was closed: by the driver, or by a pool that looks at failures. */
  private @Nullable SQLException closedBy;

  /** Why the connection cannot go back, although the transaction is sound. */
  private @Nullable Exception unrestored;

  Standing(Opened on, Opening opening, TransactionSignals signals) {
    this.on = on;
    this.opening = opening;
    this.who = opening.who();
    this.signals = signals;
  }

  /** What is closed before its end. */
  OpenOnes open() {
    return open;
  }

  boolean hasBegun() {
    return begun;
  }

  boolean hasRun() {
    return hasRun;
  }

  boolean mayHaveDone() {
    return mayHaveDone;
  }

  boolean hasEscaped() {
    return escaped;
  }

  // the first statement

  /** Sends what comes before a statement: what begins the transaction, and savepoints promised. */
  void begin(@Nullable Savepoints savepoints) throws SQLException {
    if (!begun) {
      begun = true;
      sendFirst(null);
      tellBegun();
    }
    if (isBeginning || savepoints == null) {
      return;
    }
    try {
      savepoints.send(on.connection(), who);
    } catch (SQLException e) {
      failed(e);
      throw e;
    }
  }

  private void sendFirst(@Nullable String driversOwn) {
    try {
      if (driversOwn == null) {
        opening.begin(on);
      } else {
        Demarcation.send(on.connection(), driversOwn);
      }
      hasRun = on.state().phase() == Phase.OPEN;
    } catch (SQLException e) {
      lose(e, Extent.OVER);
      throw new CannotBeginTransactionException(
          who
              + " could not be begun: what comes before its first statement failed, see the cause."
              + " That statement was not sent.",
          e);
    }
  }

  /** The host's hooks send the first statements. A savepoint would undo what they set. */
  private void tellBegun() {
    isBeginning = true;
    try {
      signals.begun();
    } catch (CannotBeginTransactionException refusal) {
      lose(refusal, Extent.FAILED);
      throw refusal;
    } finally {
      isBeginning = false;
    }
    refuseIfLost(); // by a failure that a hook has swallowed
  }

  /**
   * Begins on the server what a driver begins in its own way, where that is not by a statement: a
   * COPY, a large object.
   */
  void openForDriversOwn() throws SQLException {
    if (hasRun || !opening.isReadOnly()) {
      return;
    }
    String first = on.dialect().readOnlyBeforeDriversOwn();
    if (first != null) {
      SqlLog.told(who, first);
      sendFirst(first);
    }
  }

  /** User code is given an object of the driver's. */
  void escaping() {
    escaped = true;
    mayHaveDone = true;
  }

  // lost and found

  @Nullable Lost lost() {
    return lost;
  }

  void refuseIfLost() {
    Lost now = lost;
    if (now != null) {
      throw Refusals.lost(who, now.cause());
    }
  }

  /** The server rolls back what it finds open on a connection that is thrown away. */
  boolean isBroken() {
    return lost != null && lost.extent() == Extent.BROKEN;
  }

  void succeeded(Sql sql) {
    mayHaveDone |= sql.kind() != Kind.NOTHING;
    DriverState state = on.state();
    Phase phase = state.phase();
    if (phase == Phase.NONE) {
      boolean mayBeIdle = sql.mayBeLocal() || on.dialect().beginsWithFirstTable();
      if (hasRun || !mayBeIdle) {
        lose(Refusals.endedByStatement(who), Extent.OVER);
      }
    } else if (phase == Phase.UNKNOWN && state.tells()) {
      if (hasRun) {
        doubts().raise(null);
      }
    } else {
      hasRun = true;
    }
  }

  /** A statement of it has failed, which may have done a part of its work. */
  void failed(SQLException failure, Sql sql) {
    mayHaveDone |= !sql.isAtomic();
    failed(failure);
  }

  void failed(SQLException failure) {
    if (on.isClosed()) {
      closed(failure);
      return;
    }
    boolean isOver = hasRun && on.state().phase() == Phase.NONE;
    if (isOver || on.dialect().isLostBy(failure, on.state())) {
      lose(on.dialect().first(failure), isOver ? Extent.OVER : Extent.FAILED);
    } else if (on.dialect().isInDoubtAfter(failure)) {
      doubts().raise(failure);
    }
  }

  /** Where closing may commit, only a connection that broke is known not to have: see the end. */
  private void closed(SQLException failure) {
    SQLException first = closedBy == null ? failure : closedBy;
    closedBy = first;
    if (on.dialect().rollsBackWhenClosed() || SqlStates.losesTransaction(first)) {
      lose(first, Extent.BROKEN);
    }
  }

  @Nullable SQLException closedBy() {
    return closedBy;
  }

  void lose(Throwable cause, Extent extent) {
    Lost before = lost;
    lost = before == null ? new Lost(cause, extent) : before.and(extent);
    signals.lost(cause);
  }

  /** What was refused is not sent, and may not go on. */
  void refused(TransactionException refusal) {
    if (lost == null) {
      lost = new Lost(refusal, Extent.REFUSED);
    }
  }

  /** A savepoint has undone what was lost. */
  void found() {
    lost = null;
  }

  // doubt

  private Doubts doubts() {
    Doubts now = doubts;
    if (now == null) {
      now = new Doubts();
      doubts = now;
    }
    return now;
  }

  /** What ran on the driver's own objects may have cost the transaction without a trace. */
  void doubtWhatEscaped() {
    if (escaped && on.dialect().mayLoseUnseen()) {
      doubts().raise(null);
    }
  }

  /** Sets a mark, where what comes next may end the transaction and begin another. */
  void mark() throws SQLException {
    doubts().mark(on, who);
  }

  boolean isMarked() {
    return doubts != null && doubts.isMarked();
  }

  void clearDoubts() {
    if (doubts != null) {
      doubts.clear();
    }
  }

  /** What raised the doubt that the failure confirms, else the failure. */
  SQLException causeOf(SQLException failure) {
    return doubts == null ? failure : doubts.cause(failure);
  }

  /** Asks the server whether it still has the transaction, where that is not known. */
  void settleDoubt() throws SQLException {
    if (doubts == null || lost != null) {
      return;
    }
    try {
      Doubt confirmed = doubts.settle(on, who);
      if (confirmed != null && (hasRun || confirmed.isMarked())) {
        lose(confirmed.cause(endedUnseen()), Extent.OVER);
      }
    } catch (SQLException e) {
      if (on.dialect().isLostBy(e, on.state())) {
        lose(e, Extent.OVER);
      }
      throw e;
    }
  }

  private TransactionException endedUnseen() {
    return escaped ? Refusals.failedUnseen(who) : Refusals.endedByStatement(who);
  }

  // the connection

  /** Sets a statement's time limit back; where that fails, the connection is not used again. */
  void restore(TimeLimit limit) {
    try {
      limit.restore();
    } catch (SQLException | RuntimeException e) {
      unfit(e);
    }
  }

  /** The connection is thrown away at the end. */
  void unfit(Exception because) {
    unrestored = because;
  }

  /** Why the connection cannot go back, null if it can. */
  @Nullable Exception unfit() {
    return unrestored == null ? on.unfit() : unrestored;
  }
}
