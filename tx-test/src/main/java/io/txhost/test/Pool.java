package io.txhost.test;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A HikariCP pool of a test. Needs {@code com.zaxxer:HikariCP}; {@code unwrap} leads to it.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
public final class Pool implements DataSource, AutoCloseable {
  private final HikariDataSource hikari;

  private Pool(HikariDataSource hikari) {
    this.hikari = hikari;
  }

  /** Opens a pool on the database. Whoever opens it closes it. */
  public static Pool on(Database database, PoolOptions options) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSource());
    config.setMaximumPoolSize(options.size());
    config.setMinimumIdle(0); // a test's pool takes what it uses
    config.setAutoCommit(options.autoCommit());
    config.setConnectionTimeout(options.connectionTimeout().toMillis());
    return new Pool(new HikariDataSource(config));
  }

  /** How many connections are out now. */
  public int connectionsOut() {
    return hikari.getHikariPoolMXBean().getActiveConnections();
  }

  @Override
  public Connection getConnection() throws SQLException {
    return hikari.getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return hikari.getConnection(username, password);
  }

  @Override
  public <I> I unwrap(Class<I> type) throws SQLException {
    return type.isInstance(hikari) ? type.cast(hikari) : hikari.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(hikari) || hikari.isWrapperFor(type);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return hikari.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) throws SQLException {
    hikari.setLogWriter(writer);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    hikari.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return hikari.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return hikari.getParentLogger();
  }

  @Override
  public void close() {
    hikari.close();
  }

  @Override
  public String toString() {
    return hikari.getPoolName();
  }
}
