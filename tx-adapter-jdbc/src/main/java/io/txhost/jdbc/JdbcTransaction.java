package io.txhost.jdbc;

import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.Savepoints.Promised;
import io.txhost.jdbc.TransactionLoss.Extent;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.TransactionSignals;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on one connection, which it takes when the first statement is created: what the
 * host asks of it. What user code runs in it is in {@link DriverCalls}, how it comes to its
 * connection in {@link ConnectionTaking}; all of it is one object, since each transaction makes
 * one.
 *
 * <p><b>Threads:</b> used by the boundary's and its structured children's, one call at a time;
 * after the end it refuses on every thread.
 */
final class JdbcTransaction extends DriverCalls implements AdapterTransaction<Connection> {
  private static final long LONGEST_ABORT_MILLIS = 1_500;

  JdbcTransaction(ConnectionSource source, TransactionOptions options, TransactionSignals signals) {
    super(source, options, signals);
  }

  @Override
  public Connection resource() {
    return new TransactionConnection(this);
  }

  @Override
  public boolean isSharable() {
    return true;
  }

  /** The driver's connection, null if none was taken. */
  @Nullable Connection taken() {
    Standing now = stands();
    return now == null ? null : now.connection();
  }

  /** The driver's connection, taken now if none was. */
  Connection acquire() {
    signals.enterToRead();
    try {
      return opened().connection();
    } finally {
      signals.leave();
    }
  }

  // savepoints

  /** The user's own. */
  UserSavepoints userSavepoints() {
    return new UserSavepoints(this, signals);
  }

  @Override
  public Promised createSavepoint() {
    check();
    Standing now = stands();
    if (now != null && !now.dialect().hasSavepoints()) {
      throw new NestedTransactionNotSupportedException(
          this
              + ": "
              + now.known().description()
              + " has no savepoints, so NESTED cannot run here; REQUIRED would join instead.",
          null);
    }
    Promised promised = savepoints().promise();
    if (now != null && now.hasEscaped()) {
      sendAtOnce(promised, now);
    }
    return promised;
  }

  private void sendAtOnce(Promised promised, TakenConnection now) {
    try {
      sending(() -> savepoints().send(now.connection(), this));
    } catch (SQLException e) {
      savepoints().forget(promised);
      throw savepointFailed("could not be set", promised, e);
    }
  }

  @Override
  public void rollbackTo(Object savepoint) {
    check();
    Promised promised = (Promised) savepoint;
    Standing stands = stands();
    TransactionLoss before = stands == null ? null : stands.lost();
    if (before != null && !canUndo(before.extent(), promised)) {
      throw savepointFailed("cannot undo what happened since it", promised, before.cause());
    }
    attempt(
        "could not be rolled back to", promised, () -> savepoints().undo(promised, taken(), this));
    if (stands != null) {
      stands.found();
      if (Savepoints.isSent(promised)) { // it was there, and so is its transaction
        stands.clearDoubts();
      }
    }
  }

  private static boolean canUndo(Extent extent, Promised promised) {
    return switch (extent) {
      case REFUSED -> true;
      case FAILED -> Savepoints.isSent(promised);
      case OVER, BROKEN -> false;
    };
  }

  @Override
  public void release(Object savepoint) {
    check();
    Promised promised = (Promised) savepoint;
    attempt("could not be released", promised, () -> releaseSent(promised));
  }

  private void releaseSent(Promised promised) throws SQLException {
    Standing stands = stands();
    if (stands != null && stands.isMarked()) { // the mark inside would be released with it
      stands.settleDoubt();
    }
    savepoints().release(promised, taken(), this);
  }

  private void attempt(String what, Promised promised, SqlCall.Action action) {
    try {
      sending(action);
    } catch (SQLException e) {
      Standing stands = stands();
      throw savepointFailed(what, promised, stands == null ? e : stands.causeOf(e));
    }
  }

  /**
   * What fails otherwise than by an answer of the server's: nobody knows how far the driver got.
   */
  private void sending(SqlCall.Action action) throws SQLException {
    Standing now = stands();
    if (now == null) {
      action.run();
      return;
    }
    now.enter();
    try {
      action.run();
    } catch (TransactionException ours) {
      throw ours;
    } catch (RuntimeException | Error e) {
      now.lose(e, Extent.BROKEN);
      throw e;
    } finally {
      now.leave();
    }
  }

  private TransactionException savepointFailed(String what, Promised promised, Throwable cause) {
    return new TransactionException(
        "TXH-508",
        this + ": its savepoint " + promised + " " + what + "; the whole transaction is lost.",
        cause);
  }

  // the end

  @Override
  public void commit() {
    Standing last = end();
    if (last != null) {
      try {
        last.enterEnd();
        TransactionEnd.commit(last);
      } finally {
        left(last);
      }
    }
  }

  @Override
  public void rollback() {
    Standing last = end();
    if (last != null) {
      try {
        last.enterEnd();
        TransactionEnd.rollback(last);
      } finally {
        left(last);
      }
    }
  }

  private void left(Standing last) {
    try {
      last.leave();
    } finally {
      last.stop();
      last.leaveNowhere();
      signals.released();
    }
  }

  @Override
  public void abort(Throwable because) {
    Standing last = end();
    if (last != null) {
      throwAwayBeside(last, because);
    }
  }

  /** A driver may wait for the call that is under way, to close the connection below it. */
  private void throwAwayBeside(Standing last, Throwable because) {
    Thread closer = new Thread(() -> throwAway(last, because), "closes the connection of " + this);
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(LONGEST_ABORT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
