package io.txhost.jdbc;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionException;
import io.txhost.jdbc.DriverState.Phase;
import io.txhost.jdbc.Lost.Extent;
import java.sql.SQLException;
import java.util.Objects;

/**
 * How a transaction that has a connection is committed or rolled back, and what becomes of the
 * connection. Each is tried once, by the thread that has the turn.
 */
final class TransactionEnd {
  private final Object who;
  private final Opened last;
  private final Standing standing;

  TransactionEnd(Object who, Opened last, Standing standing) {
    this.who = who;
    this.last = last;
    this.standing = standing;
  }

  void commit() {
    if (!standing.hasBegun()) {
      leave();
      return;
    }
    makeReady();
    if (!standing.mayHaveDone()) {
      endWithNothingDone();
      return;
    }
    SqlLog.told(who, "COMMIT");
    try {
      last.commit();
    } catch (SQLException e) {
      throw SqlStates.saysRolledBack(e) ? rolledBack(e) : unknown(e);
    } catch (RuntimeException | Error e) {
      throw unknown(e);
    }
    Exception unfit = standing.unfit();
    if (unfit == null) {
      last.borrowed().giveBackOpen();
    } else {
      last.borrowed().discard(unfit);
    }
  }

  /** All that was sent is a SET TRANSACTION, say: a COMMIT might leave it to the next borrower. */
  private void endWithNothingDone() {
    SqlLog.told(who, "ROLLBACK");
    try {
      last.rollback();
    } catch (SQLException | RuntimeException e) {
      last.borrowed().throwAway(e);
      throw new TransactionCommitException(
          who + " had done nothing, and could not be ended. Its connection was thrown away.", e);
    }
    putBack();
  }

  private void makeReady() {
    noticeClosed();
    try {
      if (!standing.isBroken()) {
        standing.open().closeAll();
      }
      standing.doubtWhatEscaped();
      standing.settleDoubt();
    } catch (SQLException | RuntimeException e) {
      undo(e);
      throw new TransactionCommitException(
          who
              + " was rolled back: what it had open could not be closed, or the server not be asked"
              + " whether it still has it. COMMIT was not sent.",
          e);
    }
    Phase phase = last.state().phase();
    if (standing.lost() == null && phase == Phase.FAILED) {
      standing.lose(whatFailedUnseen(), Extent.FAILED);
    }
    if (standing.lost() != null) {
      TransactionCommitException refusal =
          new TransactionCommitException(
              who
                  + " was rolled back: the server has given it up after a failure that was"
                  + " swallowed. COMMIT was not sent.",
              Objects.requireNonNull(standing.lost()).cause());
      undo(refusal);
      throw refusal;
    }
    if (phase == Phase.NONE && standing.hasRun()) {
      throw unknown(Refusals.endedByStatement(who));
    }
  }

  /**
   * Before COMMIT: what is closed now has had none. A database may commit what it finds open on a
   * connection that is closed; where that is not known, neither is the outcome.
   */
  private void noticeClosed() {
    if (standing.lost() != null || !last.isClosed()) {
      return;
    }
    Throwable because =
        standing.closedBy() == null ? Refusals.closedUnseen(who) : standing.closedBy();
    if (!last.dialect().rollsBackWhenClosed()) {
      throw unknown(because);
    }
    standing.lose(because, Extent.BROKEN);
  }

  /** The driver's state shows a failure that no call of ours met. */
  private Throwable whatFailedUnseen() {
    SQLException found = last.dialect().whatFailed(last.connection());
    return found == null ? Refusals.failedUnseen(who) : found;
  }

  private TransactionCommitException rolledBack(SQLException answer) {
    undo(answer);
    return new TransactionCommitException(
        who + " was rolled back: the server refused its COMMIT.", answer);
  }

  private CommitOutcomeUnknownException unknown(Throwable failure) {
    last.borrowed().throwAway(failure);
    return new CommitOutcomeUnknownException(
        who
            + " was committed or rolled back, it is not known which: the answer to its COMMIT was"
            + " lost. The connection was thrown away. Ask the database before doing the work"
            + " again.",
        failure);
  }

  /** Rolls back what is known not to be committed. */
  private void undo(Throwable because) {
    if (standing.isBroken() || last.isClosed()) {
      last.borrowed().discard(because);
      return;
    }
    try {
      SqlLog.told(who, "ROLLBACK");
      last.rollback();
      putBack();
    } catch (SQLException | RuntimeException e) {
      ConnectionSource.suppress(because, e);
      last.borrowed().throwAway(because);
    }
  }

  void rollback() {
    if (standing.isBroken()) {
      last.borrowed().discard(Objects.requireNonNull(standing.lost()).cause());
      return;
    }
    if (!standing.hasBegun()) {
      leave();
      return;
    }
    SqlLog.told(who, "ROLLBACK");
    try {
      standing.open().closeAll();
      last.rollback();
    } catch (SQLException | RuntimeException | Error e) {
      last.borrowed().throwAway(e);
      throw new TransactionException(
          "TXH-507",
          who
              + " could not be rolled back. Its connection was thrown away, and the server rolls"
              + " back what it finds open on it.",
          e);
    }
    putBack();
  }

  /** No statement was sent on it. */
  private void leave() {
    try {
      standing.open().closeAll();
      Phase phase = last.state().phase();
      if (phase == Phase.OPEN || phase == Phase.FAILED) { // by the driver itself
        last.rollback();
      }
    } catch (SQLException | RuntimeException e) {
      standing.unfit(e);
    }
    putBack();
  }

  private void putBack() {
    Exception unfit = standing.unfit();
    if (unfit == null) {
      last.borrowed().giveBack();
    } else {
      last.borrowed().discard(unfit);
    }
  }
}
