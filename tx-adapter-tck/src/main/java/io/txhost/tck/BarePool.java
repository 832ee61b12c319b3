package io.txhost.tck;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool of one connection that hands it out exactly as it came back. Real pools put right what a
 * borrower left behind, and so hide it from a test.
 */
final class BarePool implements DataSource, AutoCloseable {
  private final DataSource below;
  private final boolean autoCommit;
  private @Nullable Connection physical;
  private boolean isOut;

  BarePool(DataSource below, boolean autoCommit) {
    this.below = below;
    this.autoCommit = autoCommit;
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (isOut) {
      throw new SQLTransientConnectionException("the only connection is out");
    }
    Connection connection = physical;
    if (connection == null || connection.isClosed()) {
      connection = below.getConnection();
      connection.setAutoCommit(autoCommit);
      physical = connection;
    }
    isOut = true;
    Connection kept = connection;
    return LentConnection.of(kept, () -> isOut = false, kept::close);
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("a pool of one has one user");
  }

  @Override
  public void close() throws SQLException {
    if (physical != null) {
      physical.close();
    }
  }

  @Override
  public <I> I unwrap(Class<I> type) throws SQLException {
    return below.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return below.isWrapperFor(type);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return below.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) throws SQLException {
    below.setLogWriter(writer);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    below.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return below.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return below.getParentLogger();
  }
}
