package io.txhost.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKeyBuilder;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source of a host's: what is the pool's to set is refused. */
abstract class HostDataSource implements DataSource {

  /** Where its connections come from. */
  abstract DataSource pool() throws SQLException;

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw refused(
        "getConnection(user, password)", "every connection here is the host's own user's");
  }

  @Override
  public ConnectionBuilder createConnectionBuilder() throws SQLException {
    throw refused("createConnectionBuilder", "every connection here is made as the pool makes it");
  }

  @Override
  public ShardingKeyBuilder createShardingKeyBuilder() throws SQLException {
    throw refused("createShardingKeyBuilder", "every connection here is made as the pool makes it");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw refused("setLogWriter", "set it on the pool");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw refused("setLoginTimeout", "set it on the pool");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw refused("getParentLogger", "this data source logs nothing");
  }

  final SQLFeatureNotSupportedException refused(String call, String why) {
    return new SQLFeatureNotSupportedException(
        "TXH-506 " + call + " refused on " + this + ": " + why + ".");
  }

  /** Leads to the pool as far as the connection at hand tells which one that is. */
  @Override
  public <I> I unwrap(Class<I> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    DataSource pool = pool();
    return iface.isInstance(pool) ? iface.cast(pool) : pool.unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return true;
    }
    DataSource pool = pool();
    return iface.isInstance(pool) || pool.isWrapperFor(iface);
  }
}
