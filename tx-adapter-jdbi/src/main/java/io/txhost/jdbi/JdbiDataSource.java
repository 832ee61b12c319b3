package io.txhost.jdbi;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.statement.Cleanable;
import org.jspecify.annotations.Nullable;

/** A user's Jdbi as a data source: its connection factory, and its plugins' customizing. */
final class JdbiDataSource implements DataSource {
  private final Jdbi jdbi;
  private final JdbiInside inside;

  JdbiDataSource(Jdbi jdbi, JdbiInside inside) {
    this.jdbi = jdbi;
    this.inside = inside;
  }

  @Override
  public Connection getConnection() throws SQLException {
    ConnectionFactory factory = inside.connectionFactory(jdbi);
    Connection connection =
        Objects.requireNonNull(
            factory.openConnection(), () -> factory + " returned a null connection");
    try {
      for (JdbiPlugin plugin : inside.plugins(jdbi)) {
        connection = plugin.customizeConnection(connection);
      }
      return new Opened(connection, factory.getCleanableFor(connection));
    } catch (Throwable failure) {
      factory.getCleanableFor(connection).closeAndSuppress(failure);
      throw failure;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("A Jdbi's connection factory takes no user");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("A Jdbi's connection factory has no log writer");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("A Jdbi's connection factory has no login timeout");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("A Jdbi's connection factory has no logger");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    DataSource below = below();
    if (below == null) {
      throw new SQLException(this + " is no " + type.getName());
    }
    return type.isInstance(below) ? type.cast(below) : below.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    DataSource below = below();
    return below != null && (type.isInstance(below) || below.isWrapperFor(type));
  }

  private @Nullable DataSource below() {
    return JdbiInside.dataSource(inside.connectionFactory(jdbi)).orElse(null);
  }

  @Override
  public String toString() {
    return "the connections of " + jdbi;
  }

  /** Closed as its factory wants it closed, once. */
  private static final class Opened extends ForwardingConnection {
    private final Connection connection;
    private final Cleanable closing;
    private final AtomicBoolean closed = new AtomicBoolean();

    Opened(Connection connection, Cleanable closing) {
      this.connection = connection;
      this.closing = closing;
    }

    @Override
    Connection target() {
      return connection;
    }

    @Override
    public void close() throws SQLException {
      if (closed.compareAndSet(false, true)) {
        closing.close();
      }
    }

    @Override
    public boolean isClosed() throws SQLException {
      return closed.get() || connection.isClosed();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      return type.isInstance(connection) ? type.cast(connection) : connection.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
      return type.isInstance(connection) || connection.isWrapperFor(type);
    }

    @Override
    public String toString() {
      return connection.toString();
    }
  }
}
