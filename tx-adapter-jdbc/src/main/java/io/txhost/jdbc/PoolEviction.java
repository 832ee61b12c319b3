package io.txhost.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** HikariCP's own way to throw a connection away, called by name: it is no dependency of ours. */
final class PoolEviction {
  private static final String PACKAGE = "com.zaxxer.hikari.";

  private PoolEviction() {}

  /**
   * The pool's own handle of the connection, also where another library wraps that; null if there
   * is none.
   *
   * @param because what is suppressed in it if this cannot be told
   */
  static @Nullable Connection handle(Connection connection, Throwable because) {
    if (isPooled(connection)) {
      return connection;
    }
    try {
      Connection below = connection.getMetaData().getConnection();
      return isPooled(below) ? below : null;
    } catch (SQLException | RuntimeException e) {
      ConnectionSource.suppress(because, e);
      return null;
    }
  }

  private static boolean isPooled(Connection connection) {
    return connection.getClass().getName().startsWith(PACKAGE);
  }

  static void evict(DataSource dataSource, Connection handle) throws SQLException {
    try {
      Class<?> type =
          Class.forName(PACKAGE + "HikariDataSource", false, handle.getClass().getClassLoader());
      Object pool =
          type.isInstance(dataSource)
              ? dataSource
              : dataSource.isWrapperFor(type) ? dataSource.unwrap(type) : null;
      if (pool != null) {
        type.getMethod("evictConnection", Connection.class).invoke(pool, handle);
      }
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new SQLException("HikariCP did not evict a connection", e);
    }
  }
}
