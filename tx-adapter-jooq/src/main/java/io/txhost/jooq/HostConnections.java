package io.txhost.jooq;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a Configuration that joins: at each statement the active transaction's, else
 * the host's fallback.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class HostConnections implements ConnectionProvider {
  private final AtomicReference<@Nullable TransactionHost<? extends Connection>> host =
      new AtomicReference<>();

  /** Serves the host, if none is served yet. */
  void serve(TransactionHost<? extends Connection> served) {
    TransactionHost<? extends Connection> other = host.compareAndExchange(null, served);
    if (other != null) {
      throw Refusals.taken(served, other);
    }
  }

  TransactionHost<? extends Connection> host() {
    TransactionHost<? extends Connection> served = host.get();
    if (served == null) {
      throw Refusals.noHost();
    }
    return served;
  }

  @Override
  public Connection acquire() {
    TransactionHost<? extends Connection> served = host();
    Connection connection = served.tx();
    return served.isTransactionActive() ? connection : new Fallback(connection);
  }

  /**
   * By identity: a cursor may give its connection back late, on another thread, or where another
   * transaction is active.
   */
  @Override
  public void release(Connection connection) {
    if (connection instanceof Fallback outside) {
      try {
        outside.close();
      } catch (SQLException failure) {
        throw new DataAccessException("Closing a connection outside a transaction failed", failure);
      }
    }
  }

  @Override
  public String toString() {
    TransactionHost<? extends Connection> served = host.get();
    return "connections of " + (served == null ? "no host yet" : served);
  }

  /** Tells what is to be closed from a transaction's connection, which is not. */
  private static final class Fallback extends DefaultConnection {
    Fallback(Connection connection) {
      super(connection);
    }
  }
}
