package io.txhost.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One auto-commit connection outside a transaction, apart from whatever holds it: so that being
 * forgotten can be noticed. Used by one thread at a time; any thread may notice.
 */
final class Held {
  private static final Logger LOG = System.getLogger("io.txhost.jdbc");

  private final Borrowed borrowed;
  private final Known known;
  private final AtomicBoolean isGivenBack = new AtomicBoolean();

  /** Why the connection is thrown away. */
  private volatile @Nullable Throwable unfit;

  private Held(Borrowed borrowed, Known known) {
    this.borrowed = borrowed;
    this.known = known;
  }

  /**
   * Takes a connection of the pool.
   *
   * @throws SQLException the pool's or the driver's own; nothing is held then
   */
  static Held take(ConnectionSource source, Optional<Duration> left) throws SQLException {
    Borrowed borrowed = source.borrow(left);
    try {
      Known known = source.learn(borrowed.connection());
      borrowed.autoCommit(true);
      return new Held(borrowed, known);
    } catch (SQLException e) {
      borrowed.giveBack();
      throw e;
    } catch (RuntimeException | Error e) { // nobody knows how far the driver got
      borrowed.discard(e);
      throw e;
    }
  }

  Connection connection() {
    return borrowed.connection();
  }

  DriverState state() {
    return borrowed.state();
  }

  Sql read(String sql) {
    return known.dialect().read(sql);
  }

  boolean isGivenBack() {
    return isGivenBack.get();
  }

  /** It cannot go back to the pool. */
  void isUnfit(Throwable because) {
    unfit = because;
  }

  boolean isUnfit() {
    return unfit != null;
  }

  void giveBack() {
    if (isGivenBack.compareAndSet(false, true)) {
      Throwable because = unfit;
      if (because == null) {
        borrowed.giveBack();
      } else {
        borrowed.discard(because);
      }
    }
  }

  /** A transaction that had it has thrown it away. */
  void wasThrownAway() {
    isGivenBack.set(true);
  }

  /** Whatever held it was collected. */
  void forgotten() {
    if (!isGivenBack.get()) {
      LOG.log(
          Level.WARNING,
          "TXH-511 A statement outside a transaction was never closed and kept its connection"
              + " until it was collected. Close statements, or the connection that host.tx()"
              + " gave.");
      giveBack();
    }
  }
}
