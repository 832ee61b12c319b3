package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PSQLException;

/**
 * All that is asked of pgjdbc's own classes, which may be absent, or out of reach behind a pool's
 * connections.
 */
final class PostgreSqlDriver implements DriverState {
  private static final boolean PRESENT = isPresent();

  private final BaseConnection connection;

  private PostgreSqlDriver(BaseConnection connection) {
    this.connection = connection;
  }

  static DriverState of(Connection connection) throws SQLException {
    BaseConnection own = PRESENT ? Behind.find(connection, BaseConnection.class) : null;
    return own == null ? UNKNOWN : new PostgreSqlDriver(own);
  }

  /** Whether the server answered with this; where that cannot be told, whether it may have. */
  static boolean isFromServer(SQLException failure) {
    return (PRESENT && failure instanceof PSQLException own)
        ? own.getServerErrorMessage() != null
        : failure.getSQLState() != null;
  }

  private static boolean isPresent() {
    try {
      Class.forName(
          "org.postgresql.core.BaseConnection", false, PostgreSqlDriver.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError absent) { // then SQLSTATEs must do
      return false;
    }
  }

  @Override
  public boolean isClosed() throws SQLException {
    return connection.isClosed();
  }

  @Override
  public Phase phase() {
    return switch (connection.getTransactionState()) {
      case IDLE -> Phase.NONE;
      case OPEN -> Phase.OPEN;
      case FAILED -> Phase.FAILED;
    };
  }

  @Override
  public boolean isReadOnlyInForce() {
    return connection.hintReadOnly();
  }

  @Override
  public boolean cancels() {
    return true;
  }

  @Override
  public void cancel() throws SQLException {
    connection.cancelQuery();
  }

  @Override
  public boolean waitsForItsCancelling() {
    return true;
  }
}
