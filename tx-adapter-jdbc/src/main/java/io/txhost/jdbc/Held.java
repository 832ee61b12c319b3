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
  private final DatabaseProfile known;
  private final AtomicBoolean isGivenBack = new AtomicBoolean();

  private @Nullable Briefs briefs;

  /** Why the connection is thrown away. */
  private volatile @Nullable Throwable unfit;

  private Held(Borrowed borrowed, DatabaseProfile known) {
    this.borrowed = borrowed;
    this.known = known;
  }

  /**
   * Takes a connection of the pool.
   *
   * @throws SQLException the pool's or the driver's own; nothing is held then
   */
  static Held take(ConnectionSource source, Taker taker, Optional<Duration> left)
      throws SQLException {
    Borrowed borrowed =
        source.borrow(
            taker,
            left,
            (connection, state, gate, autoCommits) ->
                new Outside(source, taker, connection, state, gate, autoCommits));
    try {
      DatabaseProfile known = source.learn(borrowed.connection());
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
    return borrowed.driverState();
  }

  Sql read(String sql) {
    return known.dialect().read(sql);
  }

  /**
   * Comes before a call that sends SQL.
   *
   * @param left what is left of the deadline, in seconds, 0 for none
   */
  void beforeSending(Timed limit, int left) throws SQLException {
    if (left != 0 || limit.hasTimeLimit()) {
      limit.timeLimit().apply(left);
    }
  }

  /** The call has thrown this. */
  void failedSending(Throwable failure) {
    if (!(failure instanceof SQLException)) { // nobody knows how far the driver got
      isUnfit(failure);
    }
  }

  /** The last, whatever happened. */
  void afterSending(Timed limit) {
    if (limit.hasTimeLimit()) {
      restore(limit.timeLimit());
    }
  }

  private void restore(TimeLimit limit) {
    try {
      limit.restore();
    } catch (SQLException | RuntimeException e) {
      isUnfit(e);
    }
  }

  /** Those around its statements, where the host has hooks that come before each. */
  Briefs briefs() {
    Briefs now = briefs;
    if (now == null) {
      now = new Briefs(this);
      briefs = now;
    }
    return now;
  }

  /** Ends what a query has left open; where that fails, the connection is not used again. */
  void endBriefOrLose() {
    if (briefs != null) {
      briefs.endOrLose();
    }
  }

  /** Lends it to a transaction whose end is not that of the connection. */
  Standing onLoan(ConnectionTaking transaction) {
    return lend(
        transaction,
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
    borrowed.wasThrownAway();
  }

  /** The same connection for a transaction, from which it comes back. */
  Standing lend(ConnectionTaking transaction, Loan loan) {
    Standing lent =
        new Standing(transaction, borrowed.connection(), borrowed.driverState(), borrowed.gate());
    lent.isLent(loan);
    return lent;
  }

  /** Whatever held it was collected. */
  void forgotten() {
    if (!isGivenBack.get()) {
      LOG.log(
          Level.WARNING,
          "TXH-511 A statement outside a transaction was never closed. It kept its connection"
              + " until the statement was collected. Close statements, cursors and streams, or the connection"
              + " that host.tx() gave.");
      giveBack();
    }
  }

  /** A connection of the pool for what runs outside a transaction. */
  private static final class Outside extends Borrowed {
    private final ConnectionSource source;
    private final Taker taker;

    Outside(
        ConnectionSource source,
        Taker taker,
        Connection connection,
        DriverState state,
        Gate gate,
        boolean autoCommits) {
      super(connection, state, gate);
      this.source = source;
      this.taker = taker;
      isOfPool(autoCommits);
    }

    @Override
    ConnectionSource source() {
      return source;
    }

    @Override
    public Object who() {
      return taker;
    }
  }
}
