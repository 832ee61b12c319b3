package io.txhost.jdbc;

import io.txhost.TransactionException;
import io.txhost.jdbc.Sql.Kind;
import io.txhost.jdbc.TransactionLoss.Extent;
import io.txhost.spi.TransactionSignals;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The savepoints that user code sets by JDBC's own calls. They are the boundary's alone. */
final class UserSavepoints {
  private final JdbcTransaction transaction;
  private final TransactionSignals signals;

  UserSavepoints(JdbcTransaction transaction, TransactionSignals signals) {
    this.transaction = transaction;
    this.signals = signals;
  }

  Savepoint set(@Nullable String name) throws SQLException {
    transaction.refuseSavepointToChild("setSavepoint()");
    Connection connection = transaction.acquire();
    Sql sql = new Sql(name == null ? "SAVEPOINT" : "SAVEPOINT " + name, Kind.READS, true);
    return transaction.execute(
        TimeLimit.NONE,
        sql,
        () -> {
          Savepoint set = name == null ? connection.setSavepoint() : connection.setSavepoint(name);
          transaction.savepoints().userSet(set);
          return set;
        });
  }

  void release(Savepoint savepoint) throws SQLException {
    transaction.refuseSavepointToChild("releaseSavepoint(..)");
    Connection connection = transaction.acquire();
    transaction.execute(
        TimeLimit.NONE,
        new Sql("RELEASE SAVEPOINT", Kind.READS, true),
        SqlCall.of(() -> connection.releaseSavepoint(savepoint)));
  }

  /** Sent even if the transaction is lost: a server that kept it is brought back by this. */
  void rollbackTo(Savepoint savepoint) throws SQLException {
    transaction.refuseSavepointToChild("rollback(savepoint)");
    signals.enter();
    try {
      Connection connection = transaction.acquire();
      undo(savepoint, connection, Objects.requireNonNull(transaction.stands()));
    } finally {
      signals.leave();
    }
  }

  private void undo(Savepoint savepoint, Connection connection, Standing stands)
      throws SQLException {
    TransactionLoss lost = stands.lost();
    if (lost != null && lost.extent().compareTo(Extent.OVER) >= 0) {
      stands.refuseIfLost();
    }
    SqlLog.told(transaction, "ROLLBACK TO SAVEPOINT");
    transaction.fetch(SqlCall.of(() -> sendUndo(savepoint, connection, stands)));
    stands.clearDoubts();
    if (stands.isLost()) {
      stands.found();
      signals.recovered();
    }
  }

  /** What fails otherwise than by the server's answer: nobody knows how far the driver got. */
  private static void sendUndo(Savepoint savepoint, Connection connection, Standing stands)
      throws SQLException {
    try {
      connection.rollback(savepoint);
    } catch (TransactionException ours) {
      throw ours;
    } catch (RuntimeException | Error e) {
      stands.lose(e, Extent.BROKEN);
      throw e;
    }
  }
}
