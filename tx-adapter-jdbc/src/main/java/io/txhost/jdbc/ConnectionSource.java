package io.txhost.jdbc;

import io.txhost.Isolation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The data source of an adapter, and what is known of its database. Serves every thread at once.
 */
final class ConnectionSource {
  private final DataSource dataSource;
  private volatile @Nullable Known known;

  ConnectionSource(DataSource dataSource) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
  }

  DataSource dataSource() {
    return dataSource;
  }

  Borrowed borrow() throws SQLException {
    return new Borrowed(this, dataSource.getConnection());
  }

  /** What is known so far, null before the first connection. */
  @Nullable Known known() {
    return known;
  }

  /** What is known; asked of the connection if nothing is yet. */
  Known learn(Connection connection) throws SQLException {
    Known found = known;
    if (found == null) {
      found = Known.ask(connection);
      known = found;
    }
    return found;
  }

  Isolation effective(Isolation asked) {
    Known found = known;
    if (found != null) {
      return found.effective(asked);
    }
    return asked == Isolation.DEFAULT ? Isolation.READ_COMMITTED : asked;
  }

  /**
   * Throws a connection away for good. Aborting is the driver's (H2's does nothing, so the physical
   * one is closed too) and not every pool notices: HikariCP may hand out a closed connection for
   * half a second, unless it is told.
   */
  void throwAway(Connection connection, Throwable because) {
    attempt(because, () -> connection.abort(Runnable::run));
    List<Connection> layers = layers(connection, because);
    Connection physical = layers.get(layers.size() - 1);
    if (physical != connection) {
      attempt(because, physical::close);
    }
    for (Connection layer : layers) {
      if (layer.getClass().getName().startsWith(Eviction.POOL_PACKAGE)) {
        attempt(because, () -> Eviction.of(dataSource).evict(layer));
      }
    }
    attempt(because, connection::close);
  }

  /** The connection and what it wraps, the physical one last. */
  private static List<Connection> layers(Connection connection, Throwable because) {
    List<Connection> layers = new ArrayList<>();
    layers.add(connection);
    attempt(
        because,
        () -> {
          Connection below = connection.unwrap(Connection.class);
          while (!layers.contains(below)) {
            layers.add(below);
            below = below.unwrap(Connection.class);
          }
        });
    return layers;
  }

  private static void attempt(Throwable because, SqlCall.Action action) {
    try {
      action.run();
    } catch (SQLException | RuntimeException e) {
      if (e != because) {
        because.addSuppressed(e);
      }
    }
  }

  @Override
  public String toString() {
    Known found = known;
    String pool = dataSource.getClass().getSimpleName();
    return found == null ? pool : pool + " of " + found.description();
  }

  /** HikariCP's own way to throw a connection away, called by name: it is no dependency of ours. */
  private record Eviction(@Nullable Object pool) {
    static final String POOL_PACKAGE = "com.zaxxer.hikari.";

    static Eviction of(DataSource dataSource) throws SQLException {
      if (dataSource.getClass().getName().startsWith(POOL_PACKAGE)) {
        return new Eviction(dataSource);
      }
      try {
        Class<?> pool =
            Class.forName(
                POOL_PACKAGE + "HikariDataSource", false, dataSource.getClass().getClassLoader());
        return new Eviction(dataSource.isWrapperFor(pool) ? dataSource.unwrap(pool) : null);
      } catch (ClassNotFoundException e) {
        return new Eviction(null);
      }
    }

    void evict(Connection connection) throws SQLException {
      if (pool == null) {
        return;
      }
      try {
        Method evict = pool.getClass().getMethod("evictConnection", Connection.class);
        evict.invoke(pool, connection);
      } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
        throw new SQLException("HikariCP did not evict a connection", e);
      }
    }
  }
}
