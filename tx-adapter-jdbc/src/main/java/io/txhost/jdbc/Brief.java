package io.txhost.jdbc;

import io.txhost.TransactionCommitException;
import io.txhost.spi.ShortTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The transaction around one statement outside, on the connection that the statement was made on.
 * Only a host with {@code onBegin} hooks has them.
 *
 * <p>Used by one thread at a time, as the statement is.
 */
final class Brief {
  private final ShortTransaction<Connection> around;
  private final JdbcTransaction transaction;
  private @Nullable Throwable failure;

  private Brief(ShortTransaction<Connection> around, JdbcTransaction transaction) {
    this.around = around;
    this.transaction = transaction;
  }

  /**
   * Begins one.
   *
   * @param held has the connection it is to have; its own end is not that of the connection
   */
  static Brief on(Held held, ShortTransaction<Connection> around) {
    if (!(around.resource() instanceof TransactionConnection connection)) {
      throw new IllegalStateException(around + " is not of this adapter");
    }
    connection.transaction().use(held.onLoan(connection.transaction()));
    return new Brief(around, connection.transaction());
  }

  /** Comes before its statement; rolls back if that fails. */
  void beforeSending(Timed limit, Sql sql) throws SQLException {
    try {
      transaction.beforeSending(limit, sql);
    } catch (Throwable failure) {
      around.rollback(failure);
      throw failure;
    }
  }

  void sent(Sql sql) {
    transaction.sent(sql);
  }

  /** The statement has failed: rolled back when it is over. */
  void failedSending(Sql sql, Throwable because) {
    failure = because;
    transaction.failedSending(sql, because);
  }

  /**
   * The statement is over.
   *
   * @return false if it has failed, and was rolled back
   */
  boolean afterSending(Timed limit, Sql sql) {
    transaction.afterSending(limit, sql);
    Throwable because = failure;
    if (because != null) {
      around.rollback(because);
    }
    return because == null;
  }

  /** Begins it at the server, for what is sent by the driver's own object. */
  void escaping() throws SQLException {
    try {
      transaction.escaping();
    } catch (Throwable failure) {
      around.rollback(failure);
      throw failure;
    }
  }

  /**
   * Commits.
   *
   * @throws SQLException the database's own refusal, as an auto-committed statement would have got
   */
  void commit() throws SQLException {
    try {
      around.commit();
    } catch (TransactionCommitException refusal) {
      if (refusal.getCause() instanceof SQLException databases) {
        Failures.suppress(databases, refusal);
        throw databases;
      }
      throw refusal;
    }
  }
}
