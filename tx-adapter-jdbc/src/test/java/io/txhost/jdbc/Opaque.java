package io.txhost.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source through whose connections the driver's own cannot be reached. */
final class Opaque implements DataSource {
  private final DataSource below;

  Opaque(DataSource below) {
    this.below = below;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = below.getConnection();
    return (Connection)
        Proxy.newProxyInstance(
            Opaque.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, given) ->
                switch (method.getName()) {
                  case "unwrap" -> throw new SQLException("nothing to unwrap");
                  case "isWrapperFor" -> false;
                  default -> {
                    try {
                      yield method.invoke(connection, given);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }
                });
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <I> I unwrap(Class<I> type) throws SQLException {
    throw new SQLException("nothing to unwrap");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }
}
