package io.txhost.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How a pool is made to forget a connection. Not all hear what the others do, and no pool is a
 * dependency of ours: each that needs more is told by name. See docs/in-depth/pools.md.
 */
enum PoolEviction {
  /** It may hand out a closed connection for half a second, unless it is told. */
  HIKARI("com.zaxxer.hikari.") {
    @Override
    void evict(Connection connection, Connection handle, DataSource pool, Throwable because) {
      abortAndClose(connection, because);
      Failures.attempt(because, () -> evictFromHikari(pool, handle));
    }
  },

  /** By itself it looks at no connection, neither as it comes back nor as it goes out. */
  AGROAL("io.agroal.pool.wrapper.") {
    @Override
    void evict(Connection connection, Connection handle, DataSource pool, Throwable because) {
      Failures.attempt(because, () -> takeOutOfAgroal(handle));
      abortAndClose(connection, because);
    }
  },

  /** At its handle's abort it forgets the connection, and goes on counting it. */
  C3P0("com.mchange.v2.c3p0.") {
    @Override
    void evict(Connection connection, Connection handle, DataSource pool, Throwable because) {
      Failures.attempt(because, () -> abortAndClose(handle.unwrap(Connection.class), because));
    }
  };

  private final String classes;

  PoolEviction(String classes) {
    this.classes = classes;
  }

  /**
   * Aborts a connection, so that its pool does not hand it out again, and gives it back.
   *
   * @param because why; what fails here is suppressed in it
   */
  static void throwAway(Connection connection, DataSource pool, Throwable because) {
    Told told = told(connection, because);
    if (told == null) {
      abortAndClose(connection, because);
    } else {
      told.how().evict(connection, told.handle(), pool, because);
    }
    Failures.attempt(because, connection::close);
  }

  abstract void evict(Connection connection, Connection handle, DataSource pool, Throwable because);

  /** A pool that must be told, and its own handle of the connection. */
  private record Told(PoolEviction how, Connection handle) {}

  /** Also where another library wraps the pool's handle; null if no pool must be told. */
  private static @Nullable Told told(Connection connection, Throwable because) {
    Told found = told(connection);
    if (found != null) {
      return found;
    }
    try {
      found = told(connection.getMetaData().getConnection());
      return found == null ? agroals(connection) : found;
    } catch (SQLException | RuntimeException e) {
      Failures.suppress(because, e);
      return null;
    }
  }

  private static @Nullable Told told(Connection handle) {
    for (PoolEviction each : List.of(values())) {
      if (handle.getClass().getName().startsWith(each.classes)) {
        return new Told(each, handle);
      }
    }
    return null;
  }

  /** Its metadata lead past its handle. */
  private static @Nullable Told agroals(Connection connection) throws SQLException {
    try {
      Class<? extends Connection> type =
          Class.forName(
                  AGROAL.classes + "ConnectionWrapper", false, PoolEviction.class.getClassLoader())
              .asSubclass(Connection.class);
      Connection handle = Behind.find(connection, type);
      return handle == null ? null : new Told(AGROAL, handle);
    } catch (ClassNotFoundException | LinkageError absent) {
      return null;
    }
  }

  /**
   * Aborting is the driver's; H2's does nothing, so the physical one is closed, too. Vibur counts
   * its handle's abort; DBCP2, Druid, Tomcat and UCP look at what comes back.
   */
  private static void abortAndClose(Connection connection, Throwable because) {
    Failures.attempt(because, () -> connection.abort(Runnable::run));
    Failures.attempt(because, () -> closeBelow(connection));
  }

  private static void closeBelow(Connection connection) throws SQLException {
    Connection below = connection.unwrap(Connection.class);
    if (below != connection) {
      below.close();
    }
  }

  private static void evictFromHikari(DataSource dataSource, Connection handle)
      throws SQLException {
    try {
      Class<?> type =
          Class.forName(
              HIKARI.classes + "HikariDataSource", false, handle.getClass().getClassLoader());
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

  private static void takeOutOfAgroal(Connection handle) throws SQLException {
    try {
      Object handler = handle.getClass().getMethod("getHandler").invoke(handle);
      handler.getClass().getMethod("setFlushOnly").invoke(handler);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new SQLException("Agroal did not take a connection out", e);
    }
  }
}
