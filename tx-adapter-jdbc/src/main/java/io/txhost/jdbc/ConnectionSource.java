package io.txhost.jdbc;

import io.txhost.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The data source of an adapter, and what is known of its database. Serves every thread at once.
 */
final class ConnectionSource {
  private final DataSource dataSource;
  private final Entrance entrance;

  /** Asking the clock takes longer than all else that is asked here. */
  private final boolean needsTime;

  private volatile @Nullable DatabaseProfile known;

  ConnectionSource(DataSource dataSource) {
    this(dataSource, Entrance.NOT_TOLD);
  }

  /**
   * Over a pool of a size that is told, 0 for no gate before it.
   *
   * @throws IllegalArgumentException if it is less than that
   */
  ConnectionSource(DataSource dataSource, int poolSize) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    this.entrance = new Entrance(dataSource, poolSize);
    this.needsTime = isThere(Exhaustion.TOLD_BY_TIME, dataSource);
    SomebodyElses.refuse(dataSource);
  }

  private static boolean isThere(String type, DataSource around) {
    return SomebodyElses.find(type, around.getClass().getClassLoader()) != null;
  }

  DataSource dataSource() {
    return dataSource;
  }

  /**
   * Takes a connection, through the gate of its pool.
   *
   * @param left how long it may wait, empty for as long as the pool does
   * @param keeping makes what it is kept in
   * @throws io.txhost.TransactionException TXH-520 if somebody else's transaction is under way on
   *     it; it was given back then
   * @throws io.txhost.PoolDeadlockException if it would wait for itself
   */
  <B> B borrow(Taker taker, Optional<Duration> left, Keeping<B> keeping) throws SQLException {
    Gate gate = entrance.gate();
    Optional<Duration> still = gate.enter(taker, left);
    try {
      return lookedAt(connection(still), gate, keeping);
    } catch (SQLException | RuntimeException | Error e) {
      gate.leave();
      throw e;
    }
  }

  private Connection connection(Optional<Duration> left) throws SQLException {
    if (left.isPresent()) {
      return Patience.take(dataSource, left.get());
    }
    try {
      return dataSource.getConnection();
    } catch (SQLException | RuntimeException e) {
      Patience.keepInterrupt(e);
      throw e;
    }
  }

  private <B> B lookedAt(Connection connection, Gate gate, Keeping<B> keeping) throws SQLException {
    try {
      SomebodyElses.refuseOfAHost(connection, this);
      DriverState state = DriverState.of(connection);
      boolean autoCommits = connection.getAutoCommit();
      SomebodyElses.refuseUnderWay(connection, state, autoCommits, this);
      return keeping.keep(connection, state, gate, autoCommits);
    } catch (SQLException | RuntimeException | Error e) {
      Failures.attempt(e, connection::close);
      throw e;
    }
  }

  /** When a wait for the pool begins, for {@link #waited}. */
  long begunToWait() {
    return needsTime ? System.nanoTime() : 0;
  }

  /** How long a wait has taken, where it matters; else nothing. */
  Duration waited(long since) {
    return needsTime ? Duration.ofNanos(System.nanoTime() - since) : Duration.ZERO;
  }

  /** Who has connections of the pool, as a sentence to follow another; empty if nobody has. */
  String holders() {
    return entrance.gate().said();
  }

  /** What is known so far, null before the first connection. */
  @Nullable DatabaseProfile known() {
    return known;
  }

  /** What is known; asked of the connection if nothing is yet. */
  DatabaseProfile learn(Connection connection) throws SQLException {
    DatabaseProfile found = known;
    if (found == null) {
      found = DatabaseProfile.ask(connection);
      known = found;
    }
    return found;
  }

  Isolation effective(Isolation asked) {
    DatabaseProfile found = known;
    if (found != null) {
      return found.effective(asked);
    }
    return asked == Isolation.DEFAULT ? Isolation.READ_COMMITTED : asked;
  }

  /** Throws a connection away for good. */
  void throwAway(Connection connection, Throwable because) {
    PoolEviction.throwAway(connection, dataSource, because);
  }

  @Override
  public String toString() {
    DatabaseProfile found = known;
    String pool = dataSource.getClass().getSimpleName();
    return found == null ? pool : pool + " of " + found.description();
  }
}
