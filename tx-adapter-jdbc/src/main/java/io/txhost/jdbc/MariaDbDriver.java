package io.txhost.jdbc;

import java.sql.SQLException;
import org.mariadb.jdbc.Connection;
import org.mariadb.jdbc.util.constants.ServerStatus;

/**
 * All that is asked of MariaDB Connector/J's own classes, which may be absent, or out of reach
 * behind a pool's connections. The server reports its status with each success; after an error the
 * driver takes a transaction for open.
 */
final class MariaDbDriver implements DriverState {
  private static final boolean PRESENT = isPresent();

  private final Connection connection;

  private MariaDbDriver(Connection connection) {
    this.connection = connection;
  }

  static DriverState of(java.sql.Connection connection) throws SQLException {
    Connection own = PRESENT ? Behind.find(connection, Connection.class) : null;
    return own == null ? UNKNOWN : new MariaDbDriver(own);
  }

  private static boolean isPresent() {
    try {
      Class.forName("org.mariadb.jdbc.Connection", false, MariaDbDriver.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError absent) { // then the server is asked
      return false;
    }
  }

  @Override
  public boolean isClosed() throws SQLException {
    return connection.isClosed();
  }

  @Override
  public Phase phase() {
    int status = connection.getContext().getServerStatus();
    return (status & ServerStatus.IN_TRANSACTION) == 0 ? Phase.NONE : Phase.OPEN;
  }

  @Override
  public boolean takesAnErrorForATransaction() {
    return true;
  }

  /** Its abort asks the server for it first, on a connection of its own. */
  @Override
  public java.sql.Connection limitsReads() {
    return connection;
  }
}
