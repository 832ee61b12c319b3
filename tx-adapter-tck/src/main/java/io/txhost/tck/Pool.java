package io.txhost.tck;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.test.Database;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.IntSupplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where a test's connections come from: a pool of HikariCP, which needs {@code
 * com.zaxxer:HikariCP}, or no pool, as {@link PoolOptions} say. {@code unwrap} leads to what is
 * below.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
public final class Pool implements DataSource, AutoCloseable {
  private final DataSource below;
  private final Lending lending;

  private Pool(DataSource below, Lending lending) {
    this.below = below;
    this.lending = lending;
  }

  /** Opens a pool on the database. Whoever opens it closes it. */
  public static Pool on(Database database, PoolOptions options) {
    return options.pooled() ? hikari(database, options) : unpooled(database, options);
  }

  private static Pool hikari(Database database, PoolOptions options) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSource());
    config.setMaximumPoolSize(options.size());
    config.setMinimumIdle(0); // a test's pool takes what it uses
    config.setAutoCommit(options.autoCommit());
    config.setConnectionTimeout(options.connectionTimeout().toMillis());
    HikariDataSource hikari = new HikariDataSource(config);
    return new Pool(
        hikari,
        new Lending(
            hikari::getConnection,
            () -> hikari.getHikariPoolMXBean().getActiveConnections(),
            hikari::close,
            hikari.getPoolName()));
  }

  private static Pool unpooled(Database database, PoolOptions options) {
    Unpooled unpooled = new Unpooled(database.dataSource(), options);
    return new Pool(
        database.dataSource(),
        new Lending(unpooled::lend, unpooled::out, () -> {}, "no pool on " + database));
  }

  /** How connections come and go. */
  private record Lending(Source source, IntSupplier out, Runnable end, String name) {}

  /** Where connections come from. */
  @FunctionalInterface
  private interface Source {
    Connection getConnection() throws SQLException;
  }

  /** How many connections are out now. */
  public int connectionsOut() {
    return lending.out.getAsInt();
  }

  @Override
  public Connection getConnection() throws SQLException {
    return lending.source.getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("a test's pool has one user");
  }

  @Override
  public <I> I unwrap(Class<I> type) throws SQLException {
    return type.isInstance(below) ? type.cast(below) : below.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(below) || below.isWrapperFor(type);
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

  @Override
  public void close() {
    lending.end.run();
  }

  @Override
  public String toString() {
    return lending.name;
  }
}
