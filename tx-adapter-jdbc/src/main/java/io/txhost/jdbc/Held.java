package io.txhost.jdbc;

import io.txhost.spi.ShortTransaction;
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

  /** The transaction around a query whose results may still be read. */
  private @Nullable Brief brief;

  /** Who began it: several statements may have one connection. */
  private @Nullable Object briefOf;

  /** Why the connection is thrown away. */
  private volatile @Nullable Throwable unfit;

  private final ConnectionSource source;

  private Held(ConnectionSource source, Borrowed borrowed, Known known) {
    this.source = source;
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
      return new Held(source, borrowed, known);
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

  /**
   * Runs what sends SQL.
   *
   * @param left what is left of the deadline, in seconds, 0 for none
   */
  <R extends @Nullable Object> R run(TimeLimit limit, int left, SqlCall<R> call)
      throws SQLException {
    limit.apply(left);
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      isUnfit(e); // nobody knows how far the driver got
      throw e;
    } finally {
      restore(limit);
    }
  }

  private void restore(TimeLimit limit) {
    try {
      limit.restore();
    } catch (SQLException | RuntimeException e) {
      isUnfit(e);
    }
  }

  // ---- a transaction around each statement, where the host has hooks that come before it

  /**
   * Sends a statement in a transaction of its own. One that may write is committed here; that of a
   * query stays open until the next, or until its asker or the connection is done.
   *
   * @throws SQLException the driver's own, or the database's refusal of the commit
   */
  <R extends @Nullable Object> R briefly(
      Object asker, ShortTransactions begin, TimeLimit limit, Sql sql, SqlCall<R> call)
      throws SQLException {
    boolean isOfOpenResults = sql.equals(Sql.WRITE_ROW) || sql.equals(Sql.REFRESH_ROW);
    if (!isOfOpenResults) {
      endBrief();
    }
    Brief around = brief == null ? Brief.on(onLoan(), begin.begin()) : brief;
    brief = null; // whatever fails has ended it
    R result = around.execute(limit, sql, call);
    if (sql.mayWrite()) {
      around.commit();
    } else {
      keepOpen(around, asker);
    }
    return result;
  }

  /** Begins one for what is sent by the driver's own object, until the next statement. */
  void escaping(Object asker, ShortTransactions begin) throws SQLException {
    endBrief();
    Brief around = Brief.on(onLoan(), begin.begin());
    around.escaping();
    keepOpen(around, asker);
  }

  private void keepOpen(Brief around, Object asker) {
    brief = around;
    briefOf = asker;
  }

  /** The asker is done with what it has read. */
  void endBriefOf(Object asker) throws SQLException {
    if (briefOf == asker) {
      endBrief();
    }
  }

  /** Begins the host's part of one. */
  interface ShortTransactions {
    ShortTransaction<Connection> begin();
  }

  private Borrowed onLoan() {
    return new Borrowed(
        source,
        connection(),
        state(),
        new Loan() {
          @Override
          public void returned() {
            // it stays with the statement
          }

          @Override
          public void thrownAway() {
            wasThrownAway();
          }
        });
  }

  /**
   * Ends what a query has left open.
   *
   * @throws SQLException if it did not commit
   */
  void endBrief() throws SQLException {
    Brief open = brief;
    brief = null;
    briefOf = null;
    if (open != null) {
      open.commit();
    }
  }

  /** The same where nobody could be told: then the connection is not used again. */
  void endBriefOrLose() {
    try {
      endBrief();
    } catch (SQLException | RuntimeException e) {
      isUnfit(e);
    }
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
    if (!isGivenBack.get()) {
      endBriefOrLose();
    }
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
              + " until it was collected. Close statements, cursors and streams, or the connection"
              + " that host.tx() gave.");
      giveBack();
    }
  }
}
