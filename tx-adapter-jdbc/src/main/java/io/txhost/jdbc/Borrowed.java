package io.txhost.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the pool, and the state it was in. It goes back as it came, or is thrown away.
 *
 * <p>Used by one thread at a time; any may throw it away.
 */
final class Borrowed implements Holders.Entry {
  private static final int CLOSE_ENOUGH_MILLIS = 50;
  private static final Logger LOG = System.getLogger("io.txhost.jdbc");
  private static final AtomicIntegerFieldUpdater<Borrowed> GONE =
      AtomicIntegerFieldUpdater.newUpdater(Borrowed.class, "gone");

  private final ConnectionSource source;
  private final Connection connection;
  private final DriverState state;
  private @Nullable Boolean autoCommitWas;
  private @Nullable Boolean readOnlyWas;
  private @Nullable Integer isolationWas;
  private final @Nullable Loan loan;
  private @Nullable Integer networkTimeoutWas;
  private int networkTimeout;

  /** What auto-commit was found as; null once it may be another. */
  private @Nullable Boolean autoCommits;

  /** Before the pool it is of. */
  private final Gate gate;

  private final Taker taker;
  private final Thread thread = Thread.currentThread();

  /** Among those who have connections of the pool. */
  private int place = Holders.NOWHERE;

  private volatile int gone;

  private Borrowed(
      ConnectionSource source,
      Connection connection,
      DriverState state,
      @Nullable Loan loan,
      Gate gate,
      Taker taker) {
    this.source = source;
    this.connection = connection;
    this.state = state;
    this.loan = loan;
    this.gate = gate;
    this.taker = taker;
  }

  /**
   * One of the pool's, just taken, for which the gate was passed.
   *
   * @param autoCommits whether auto-commit was found on
   */
  static Borrowed ofPool(
      ConnectionSource source,
      Connection connection,
      DriverState state,
      boolean autoCommits,
      Gate gate,
      Taker taker) {
    Borrowed taken = new Borrowed(source, connection, state, null, gate, taker);
    taken.autoCommits = autoCommits;
    taken.place = gate.holders().add(taken);
    return taken;
  }

  /**
   * The same connection for a transaction: it goes back to this one, which a block of a library's
   * own or a statement outside holds.
   */
  Borrowed lend(Loan to) {
    return new Borrowed(source, connection, state, to, gate, taker);
  }

  @Override
  public Object who() {
    return taker;
  }

  @Override
  public Thread thread() {
    return thread;
  }

  Gate gate() {
    return gate;
  }

  boolean isGone() {
    return gone != 0;
  }

  /** False if it was gone already. */
  private boolean go() {
    return GONE.compareAndSet(this, 0, 1);
  }

  /** The connection is the pool's again, or nobody's. */
  private void left() {
    if (loan == null) {
      gate.holders().remove(place);
      gate.leave();
    }
  }

  Connection connection() {
    return connection;
  }

  /** What its driver tells. */
  DriverState state() {
    return state;
  }

  // each is noted before it is changed: a failure may have changed it

  void autoCommit(boolean wanted) throws SQLException {
    if (autoCommits() != wanted) {
      autoCommits = null;
      autoCommitWas = !wanted;
      connection.setAutoCommit(wanted);
    }
  }

  boolean autoCommits() throws SQLException {
    Boolean found = autoCommits;
    return found == null ? connection.getAutoCommit() : found;
  }

  void readOnly() throws SQLException {
    if (!connection.isReadOnly()) {
      readOnlyWas = false;
      connection.setReadOnly(true);
    }
  }

  void isolation(int level) throws SQLException {
    int now = connection.getTransactionIsolation();
    if (now != level) {
      isolationWas = now;
      connection.setTransactionIsolation(level);
    }
  }

  /**
   * Lets a read end after so long, where the driver needs that. Sends nothing.
   *
   * @param millis more than 0; a shorter one that is there is kept
   */
  void limitReads(int millis) throws SQLException {
    Connection driver = state.limitsReads();
    if (driver == null) {
      return;
    }
    if (networkTimeoutWas == null) {
      networkTimeoutWas = driver.getNetworkTimeout();
    }
    boolean isShorter = networkTimeoutWas != 0 && networkTimeoutWas <= millis;
    if (!isShorter && Math.abs(networkTimeout - millis) > CLOSE_ENOUGH_MILLIS) {
      networkTimeout = millis;
      driver.setNetworkTimeout(Runnable::run, millis);
    }
  }

  /**
   * Restores and returns it; thrown away if that fails, or if it is closed, which not every pool
   * looks at. No transaction may be open on it.
   */
  void giveBack() {
    giveBack(true);
  }

  /** The same, just after its server has answered a COMMIT: then it is known to be open. */
  void giveBackOpen() {
    giveBack(false);
  }

  private void giveBack(boolean mayBeClosed) {
    if (!go()) { // at the deadline, by another thread
      return;
    }
    try {
      if (mayBeClosed && connection.isClosed()) {
        abort(new SQLException("closed"));
      } else {
        restore();
        handOver();
      }
    } catch (SQLException | RuntimeException e) {
      thrownAway(e);
    } catch (Error e) {
      abort(e);
      throw e;
    } finally {
      left();
    }
  }

  /** To the pool, or to the block of a library's own that has lent it. */
  private void handOver() throws SQLException {
    if (loan == null) {
      connection.close();
    } else {
      loan.returned();
    }
  }

  private void abort(Throwable because) {
    source.throwAway(connection, because);
    if (loan != null) {
      loan.thrownAway();
    }
  }

  /** Throws it away, and logs why: nobody else is told, as the transaction's outcome stands. */
  void discard(Throwable because) {
    if (go()) {
      try {
        thrownAway(because);
      } finally {
        left();
      }
    }
  }

  /** A transaction that it was lent to has thrown the connection away. */
  void wasThrownAway() {
    if (go()) {
      left();
    }
  }

  private void thrownAway(Throwable because) {
    abort(because);
    LOG.log(
        Level.WARNING,
        "TXH-510 A connection of "
            + source
            + " could not be put back as it was, and was thrown away. No transaction's outcome is"
            + " affected.",
        because);
  }

  private void restore() throws SQLException {
    if (readOnlyWas != null) {
      connection.setReadOnly(readOnlyWas);
    }
    if (isolationWas != null) {
      connection.setTransactionIsolation(isolationWas);
    }
    if (autoCommitWas != null) {
      connection.setAutoCommit(autoCommitWas);
    }
    Connection driver = state.limitsReads();
    if (driver != null && networkTimeoutWas != null) { // the last: what is above may send
      driver.setNetworkTimeout(Runnable::run, networkTimeoutWas);
    }
  }

  /**
   * Aborts it, so that no pool hands it out again.
   *
   * @param because why; what fails here is suppressed in it
   * @return false if it was gone already
   */
  boolean throwAway(Throwable because) {
    if (!go()) {
      return false;
    }
    try {
      abort(because);
    } finally {
      left();
    }
    return true;
  }

  /** For an Error on the way to the end, out of memory say: whatever it was, nothing stays out. */
  void leaveNowhere() {
    if (!isGone()) {
      discard(new IllegalStateException("the transaction did not come to its end"));
    }
  }
}
