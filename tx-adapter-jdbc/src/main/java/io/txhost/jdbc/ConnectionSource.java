package io.txhost.jdbc;

import io.txhost.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
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

  /** In a block of a library's own the block's, so that it is well with a pool of one. */
  Borrowed borrowForTransaction() throws SQLException {
    Holding.Block block = Blocks.lending(this);
    return block == null ? borrow() : block.lend();
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
   * one is closed too), and not every pool notices: HikariCP may hand out a closed connection for
   * half a second, unless it is told.
   */
  void throwAway(Connection connection, Throwable because) {
    Connection handle = PoolEviction.handle(connection, because);
    attempt(because, () -> connection.abort(Runnable::run));
    attempt(because, () -> closeBelow(connection));
    if (handle != null) {
      attempt(because, () -> PoolEviction.evict(dataSource, handle));
    }
    attempt(because, connection::close);
  }

  private static void closeBelow(Connection connection) throws SQLException {
    Connection below = connection.unwrap(Connection.class);
    if (below != connection) {
      below.close();
    }
  }

  static void attempt(Throwable because, SqlCall.Action action) {
    try {
      action.run();
    } catch (SQLException | RuntimeException e) {
      suppress(because, e);
    }
  }

  /** A failure cannot be suppressed in itself, and a driver may throw one twice. */
  static void suppress(Throwable because, Throwable beside) {
    if (beside != because) {
      because.addSuppressed(beside);
    }
  }

  @Override
  public String toString() {
    Known found = known;
    String pool = dataSource.getClass().getSimpleName();
    return found == null ? pool : pool + " of " + found.description();
  }
}
