package io.txhost.jdbc;

import io.txhost.CannotBeginTransactionException;
import io.txhost.TransactionException;
import io.txhost.jdbc.DriverState.Phase;
import io.txhost.jdbc.Sql.Kind;
import io.txhost.jdbc.TransactionLoss.Extent;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction stands at its server, as far as is known here, from the moment its connection
 * was taken: begun or not, lost or not, in doubt or not. Used in turn.
 */
final class Standing extends TakenConnection {
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

  private @Nullable TransactionLoss lost;

  /** Whether the server still has it may have to be asked before anything more is sent. */
  private @Nullable LossCheck doubts;

  /** Why the connection cannot go back, although the transaction is sound. */
  private @Nullable Exception unrestored;

  Standing(
      ConnectionTaking transaction, Connection connection, DriverState driverState, Gate gate) {
    super(transaction, connection, driverState, gate);
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
      savepoints.send(connection(), transaction);
    } catch (SQLException e) {
      failed(e);
      throw e;
    }
  }

  private void sendFirst(@Nullable String driversOwn) {
    try {
      if (driversOwn == null) {
        transaction.begin(this);
      } else {
        Demarcation.send(connection(), driversOwn);
      }
      hasRun = state().phase() == Phase.OPEN;
    } catch (SQLException e) {
      lose(e, Extent.OVER);
      throw new CannotBeginTransactionException(
          transaction
              + " could not be begun: what comes before its first statement failed, see the"
              + " cause. The first statement was not sent.",
          e);
    }
  }

  /** The host's hooks send the first statements. A savepoint would undo what they set. */
  private void tellBegun() {
    isBeginning = true;
    try {
      transaction.signals.begun();
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
    if (hasRun || !transaction.isReadOnly()) {
      return;
    }
    String first = dialect().readOnlyBeforeDriversOwn();
    if (first != null) {
      SqlLog.told(transaction, first);
      sendFirst(first);
    }
  }

  /** User code is given an object of the driver's: it finds the transaction begun. */
  void giveAway(@Nullable Savepoints savepoints) throws SQLException {
    enter();
    try {
      begin(savepoints);
      openForDriversOwn();
    } finally {
      leave();
    }
    escaped();
    escaped = true;
    mayHaveDone = true;
  }

  // lost and found

  @Nullable TransactionLoss lost() {
    return lost;
  }

  boolean isLost() {
    return lost != null;
  }

  void refuseIfLost() {
    TransactionLoss now = lost;
    if (now != null) {
      throw Refusals.lost(transaction, now.cause());
    }
  }

  /** The server rolls back what it finds open on a connection that is thrown away. */
  boolean isBroken() {
    return lost != null && lost.extent() == Extent.BROKEN;
  }

  void succeeded(Sql sql) {
    mayHaveDone |= sql.kind() != Kind.NOTHING;
    DriverState state = state();
    Phase phase = state.phase();
    if (phase == Phase.NONE) {
      boolean mayBeIdle = sql.mayBeLocal() || dialect().beginsWithFirstTable();
      if (hasRun || !mayBeIdle) {
        lose(Refusals.endedByStatement(transaction), Extent.OVER);
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
    if (isClosed()) {
      closed(failure);
      return;
    }
    boolean isOver = hasRun && state().phase() == Phase.NONE;
    if (isOver || dialect().isLostBy(failure, state())) {
      lose(dialect().first(failure), isOver ? Extent.OVER : Extent.FAILED);
    } else if (dialect().isInDoubtAfter(failure)) {
      doubts().raise(failure);
    }
  }

  /** Where closing may commit, only a connection that broke is known not to have: see the end. */
  private void closed(SQLException failure) {
    SQLException first = doubts().closedBy(failure);
    if (dialect().rollsBackWhenClosed() || SqlStates.losesTransaction(first)) {
      lose(first, Extent.BROKEN);
    }
  }

  /** After which the connection was closed: by the driver, or by a pool that looks at failures. */
  @Nullable SQLException closedBy() {
    return doubts == null ? null : doubts.closedBy();
  }

  void lose(Throwable cause, Extent extent) {
    TransactionLoss before = lost;
    lost = before == null ? new TransactionLoss(cause, extent) : before.and(extent);
    transaction.signals.lost(cause);
  }

  /** What was refused is not sent, and may not go on. */
  void refused(TransactionException refusal) {
    if (lost == null) {
      lost = new TransactionLoss(refusal, Extent.REFUSED);
    }
  }

  /** A savepoint has undone what was lost. */
  void found() {
    lost = null;
  }

  // doubt

  private LossCheck doubts() {
    LossCheck now = doubts;
    if (now == null) {
      now = new LossCheck();
      doubts = now;
    }
    return now;
  }

  /** What ran on the driver's own objects may have cost the transaction without a trace. */
  void doubtWhatEscaped() {
    if (escaped && dialect().mayLoseUnseen()) {
      doubts().raise(null);
    }
  }

  /** Sets a mark, where what comes next may end the transaction and begin another. */
  void mark() throws SQLException {
    doubts().mark(this, transaction);
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
      SuspectedLoss confirmed = doubts.settle(this, transaction);
      if (confirmed != null && (hasRun || confirmed.isMarked())) {
        lose(confirmed.cause(endedUnseen()), Extent.OVER);
      }
    } catch (SQLException e) {
      if (dialect().isLostBy(e, state())) {
        lose(e, Extent.OVER);
      }
      throw e;
    }
  }

  private TransactionException endedUnseen() {
    return escaped ? Refusals.failedUnseen(transaction) : Refusals.endedByStatement(transaction);
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
    return unrestored == null ? unfitByWatch() : unrestored;
  }
}
