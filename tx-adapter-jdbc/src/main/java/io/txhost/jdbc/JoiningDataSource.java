package io.txhost.jdbc;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A data source whose connections are a host's. */
final class JoiningDataSource extends HostDataSource {
  private final TransactionHost<Connection> host;

  JoiningDataSource(TransactionHost<Connection> host) {
    this.host = host;
  }

  @Override
  public Connection getConnection() {
    return host.tx();
  }

  @Override
  DataSource pool() throws SQLException {
    if (host.tx() instanceof GuardedConnection own) {
      return own.dataSource();
    }
    throw refused("unwrap", "the host's connections are not JdbcAdapter's");
  }

  @Override
  public String toString() {
    return "data source of host '" + host.name() + "'";
  }
}
