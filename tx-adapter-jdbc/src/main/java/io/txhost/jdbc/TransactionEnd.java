package io.txhost.jdbc;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionException;
import io.txhost.jdbc.DriverState.Phase;
import io.txhost.jdbc.TransactionLoss.Extent;
import java.sql.SQLException;
import java.util.Objects;

/**
 * How a transaction that has a connection is committed or rolled back, and what becomes of the
 * connection. Each is tried once, by the thread that has the turn.
 */
final class TransactionEnd {
  private TransactionEnd() {}

  static void commit(Standing last) {
    if (!last.hasBegun()) {
      leave(last);
      return;
    }
    makeReady(last);
    if (!last.mayHaveDone()) {
      endWithNothingDone(last);
      return;
    }
    SqlLog.told(last.transaction, "COMMIT");
    try {
      last.commit();
    } catch (SQLException e) {
      throw SqlStates.saysRolledBack(e) ? rolledBack(last, e) : unknown(last, e);
    } catch (RuntimeException | Error e) {
      throw unknown(last, e);
    }
    Exception unfit = last.unfit();
    if (unfit == null) {
      last.giveBackOpen();
    } else {
      last.discard(unfit);
    }
  }

  /** All that was sent is a SET TRANSACTION, say: a COMMIT might leave it to the next borrower. */
  private static void endWithNothingDone(Standing last) {
    SqlLog.told(last.transaction, "ROLLBACK");
    try {
      last.rollback();
    } catch (SQLException | RuntimeException e) {
      last.throwAway(e);
      throw new TransactionCommitException(
          last.transaction
              + " had done nothing, and could not be ended. Its connection was thrown away.",
          e);
    }
    putBack(last);
  }

  private static void makeReady(Standing last) {
    noticeClosed(last);
    try {
      if (!last.isBroken()) {
        last.closeAll();
      }
      last.doubtWhatEscaped();
      last.settleDoubt();
    } catch (SQLException | RuntimeException e) {
      undo(last, e);
      throw new TransactionCommitException(
          last.transaction
              + " was rolled back: what it had open could not be closed, or the server could not"
              + " be asked whether it still has the transaction. COMMIT was not sent.",
          e);
    }
    Phase phase = last.state().phase();
    if (!last.isLost() && phase == Phase.FAILED) {
      last.lose(whatFailedUnseen(last), Extent.FAILED);
    }
    if (last.isLost()) {
      TransactionCommitException refusal =
          new TransactionCommitException(
              last.transaction
                  + " was rolled back: the server has given the transaction up after a failure"
                  + " that was swallowed. COMMIT was not sent.",
              Objects.requireNonNull(last.lost()).cause());
      undo(last, refusal);
      throw refusal;
    }
    if (phase == Phase.NONE && last.hasRun()) {
      throw unknown(last, Refusals.endedByStatement(last.transaction));
    }
  }

  /**
   * Before COMMIT: what is closed now has had none. A database may commit what it finds open on a
   * connection that is closed; where that is not known, neither is the outcome.
   */
  private static void noticeClosed(Standing last) {
    if (last.isLost() || !last.isClosed()) {
      return;
    }
    Throwable because =
        last.closedBy() == null ? Refusals.closedUnseen(last.transaction) : last.closedBy();
    if (!last.dialect().rollsBackWhenClosed()) {
      throw unknown(last, because);
    }
    last.lose(because, Extent.BROKEN);
  }

  /** The driver's state shows a failure that no call of ours met. */
  private static Throwable whatFailedUnseen(Standing last) {
    SQLException found = last.dialect().whatFailed(last.connection());
    return found == null ? Refusals.failedUnseen(last.transaction) : found;
  }

  private static TransactionCommitException rolledBack(Standing last, SQLException answer) {
    undo(last, answer);
    return new TransactionCommitException(
        last.transaction + " was rolled back: the server refused its COMMIT.", answer);
  }

  private static CommitOutcomeUnknownException unknown(Standing last, Throwable failure) {
    last.throwAway(failure);
    return new CommitOutcomeUnknownException(
        last.transaction
            + " was committed or rolled back, it is not known which: the answer to its COMMIT was"
            + " lost. The connection was thrown away. Ask the database before doing the work"
            + " again.",
        failure);
  }

  /** Rolls back what is known not to be committed. */
  private static void undo(Standing last, Throwable because) {
    if (last.isBroken() || last.isClosed()) {
      last.discard(because);
      return;
    }
    try {
      SqlLog.told(last.transaction, "ROLLBACK");
      last.rollback();
      putBack(last);
    } catch (SQLException | RuntimeException e) {
      Failures.suppress(because, e);
      last.throwAway(because);
    }
  }

  static void rollback(Standing last) {
    if (last.isBroken()) {
      last.discard(Objects.requireNonNull(last.lost()).cause());
      return;
    }
    if (!last.hasBegun()) {
      leave(last);
      return;
    }
    SqlLog.told(last.transaction, "ROLLBACK");
    try {
      last.closeAll();
      last.rollback();
    } catch (SQLException | RuntimeException | Error e) {
      last.throwAway(e);
      throw new TransactionException(
          "TXH-507",
          last.transaction
              + " could not be rolled back. Its connection was thrown away, and the server rolls"
              + " back what it finds open on it.",
          e);
    }
    putBack(last);
  }

  /** No statement was sent on it. */
  private static void leave(Standing last) {
    try {
      last.closeAll();
      Phase phase = last.state().phase();
      if (phase == Phase.OPEN || phase == Phase.FAILED) { // by the driver itself
        last.rollback();
      }
    } catch (SQLException | RuntimeException e) {
      last.unfit(e);
    }
    putBack(last);
  }

  private static void putBack(Standing last) {
    Exception unfit = last.unfit();
    if (unfit == null) {
      last.giveBack();
    } else {
      last.discard(unfit);
    }
  }
}
