package io.txhost.jooq;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;

/**
 * The one connection that a thread has in one transaction. Given to that thread's code only, and
 * never to a query that is executed after it, in another transaction or on another thread.
 *
 * <p><b>Threads:</b> any thread may ask; only the transaction's is given the connection.
 */
final class TransactionConnections implements ConnectionProvider {
  private final TransactionHost<? extends Connection> host;
  private final Connection connection;
  private final String transaction;
  private volatile boolean ended;

  TransactionConnections(TransactionHost<? extends Connection> host, Connection connection) {
    this.host = host;
    this.connection = connection;
    this.transaction = host.currentTransaction().map(Transaction::name).orElse("");
  }

  Connection connection() {
    return connection;
  }

  /** The transaction has ended. */
  void end() {
    ended = true;
  }

  @Override
  public Connection acquire() {
    refuseUnlessCurrent("A statement");
    return connection;
  }

  /** Its connection tells too, since what is a structured child's is not told. */
  private boolean isEnded() {
    try {
      return ended || connection.isClosed();
    } catch (SQLException failure) {
      throw new DataAccessException("Asking whether a connection is closed failed", failure);
    }
  }

  void refuseUnlessCurrent(String what) {
    if (isEnded()) {
      throw Refusals.ended(what, transaction);
    }
    if (!host.isTransactionActive() || host.tx() != connection) {
      throw Refusals.elsewhere(what, transaction);
    }
  }

  @Override
  public void release(Connection released) {
    // the host gives it back when the transaction ends
  }

  @Override
  public String toString() {
    return "connection of transaction '" + transaction + "'";
  }
}
