package io.txhost.jdbc;

import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.protocol.ServerSession;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * All that is asked of MySQL Connector/J's own classes, which may be absent, or out of reach behind
 * a pool's connections. The server reports its status with each success; the driver forgets it at
 * each call, so that it knows none after an error or while rows still stream.
 */
final class MySqlDriver implements DriverState {
  private static final boolean PRESENT = isPresent();

  private final JdbcConnection connection;

  private MySqlDriver(JdbcConnection connection) {
    this.connection = connection;
  }

  static DriverState of(Connection connection) throws SQLException {
    JdbcConnection own = PRESENT ? Behind.find(connection, JdbcConnection.class) : null;
    return own == null ? UNKNOWN : new MySqlDriver(own);
  }

  private static boolean isPresent() {
    try {
      Class.forName("com.mysql.cj.jdbc.JdbcConnection", false, MySqlDriver.class.getClassLoader());
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
    ServerSession session = connection.getSession().getServerSession();
    if (session.inTransactionOnServer()) {
      return Phase.OPEN;
    }
    return session.getStatusFlags() == 0 ? Phase.UNKNOWN : Phase.NONE;
  }

  @Override
  public boolean skipsEndOfNothing() {
    return connection
        .getPropertySet()
        .getBooleanProperty(PropertyKey.useLocalTransactionState)
        .getValue();
  }

  @Override
  public Connection limitsReads() {
    return connection;
  }

  @Override
  public boolean waitsForItsCancelling() {
    return true;
  }
}
