package io.txhost.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the pool, the state it was in, and what is open on it. It goes back as it came,
 * or is thrown away. What takes it adds what it needs itself: one object, since each transaction
 * makes one.
 *
 * <p>Used by one thread at a time; any may throw it away.
 */
abstract class Borrowed extends OpenOnes implements Holders.Entry {
  private static final Logger LOG = System.getLogger("io.txhost.jdbc");
  private static final VarHandle GONE = goneField();

  private final Connection connection;
  private final DriverState driverState;
  private @Nullable Loan loan;

  /** Before the pool it is of. */
  private final Gate gate;

  private final Thread thread = Thread.currentThread();
  private @Nullable Changes changes;

  /** Among those who have connections of the pool. */
  private short place = Holders.NOWHERE;

  /** What auto-commit was before it was changed, or is as long as it is known. */
  private boolean autoCommitWas;

  private boolean knowsAutoCommit;
  private boolean hasTurnedAutoCommit;

  private volatile boolean gone;

  /**
   * Just taken.
   *
   * @param driverState what its driver tells
   * @param gate that was passed for it
   */
  Borrowed(Connection connection, DriverState driverState, Gate gate) {
    this.connection = connection;
    this.driverState = driverState;
    this.gate = gate;
  }

  private static VarHandle goneField() {
    try {
      return MethodHandles.lookup().findVarHandle(Borrowed.class, "gone", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Of which it was taken. */
  abstract ConnectionSource source();

  /**
   * It was taken from the pool itself.
   *
   * @param autoCommits whether auto-commit was found on
   */
  final void isOfPool(boolean autoCommits) {
    autoCommitWas = autoCommits;
    knowsAutoCommit = true;
    place = gate.holders().add(this);
  }

  /** It was lent, and goes back to the lender. */
  final void isLent(Loan by) {
    loan = by;
  }

  @Override
  public final Thread thread() {
    return thread;
  }

  final Gate gate() {
    return gate;
  }

  final boolean isGone() {
    return gone;
  }

  /** False if it was gone already. */
  private boolean go() {
    return GONE.compareAndSet(this, false, true);
  }

  /** The connection is the pool's again, or nobody's. */
  private void left() {
    if (loan == null) {
      gate.holders().remove(place);
      gate.leave();
    }
  }

  final Connection connection() {
    return connection;
  }

  /** What its driver tells. */
  final DriverState driverState() {
    return driverState;
  }

  /** Noted before it is changed: a failure may have changed it. */
  final void autoCommit(boolean wanted) throws SQLException {
    if (autoCommits() != wanted) {
      knowsAutoCommit = false;
      hasTurnedAutoCommit = true;
      autoCommitWas = !wanted;
      connection.setAutoCommit(wanted);
    }
  }

  final boolean autoCommits() throws SQLException {
    return knowsAutoCommit ? autoCommitWas : connection.getAutoCommit();
  }

  private Changes changes() {
    Changes now = changes;
    if (now == null) {
      now = new Changes();
      changes = now;
    }
    return now;
  }

  final void readOnly() throws SQLException {
    if (!connection.isReadOnly()) {
      changes().readOnly(connection);
    }
  }

  final void isolation(int level) throws SQLException {
    int now = connection.getTransactionIsolation();
    if (now != level) {
      changes().isolation(connection, now, level);
    }
  }

  /**
   * Lets a read end after so long, where the driver needs that. Sends nothing.
   *
   * @param millis more than 0; a shorter one that is there is kept
   */
  final void limitReads(int millis) throws SQLException {
    Connection driver = driverState.limitsReads();
    if (driver != null) {
      changes().limitReads(driver, millis);
    }
  }

  /** Lets reads take as long again as they might before. Sends nothing. */
  final void limitReadsNoMore() throws SQLException {
    Changes made = changes;
    Connection driver = driverState.limitsReads();
    if (made != null && driver != null) {
      made.limitReadsNoMore(driver);
    }
  }

  /**
   * Restores and returns it; thrown away if that fails, or if it is closed, which not every pool
   * looks at. No transaction may be open on it.
   */
  final void giveBack() {
    giveBack(true);
  }

  /** The same, just after its server has answered a COMMIT: then it is known to be open. */
  final void giveBackOpen() {
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
    source().throwAway(connection, because);
    if (loan != null) {
      loan.thrownAway();
    }
  }

  /** Throws it away, and logs why: nobody else is told, as the transaction's outcome stands. */
  final void discard(Throwable because) {
    if (go()) {
      try {
        thrownAway(because);
      } finally {
        left();
      }
    }
  }

  /** A transaction that it was lent to has thrown the connection away. */
  final void wasThrownAway() {
    if (go()) {
      left();
    }
  }

  private void thrownAway(Throwable because) {
    abort(because);
    LOG.log(
        Level.WARNING,
        "TXH-510 A connection of "
            + source()
            + " could not be put back as it was, and was thrown away. No transaction's outcome is"
            + " affected.",
        because);
  }

  private void restore() throws SQLException {
    Changes changed = changes;
    if (changed != null) {
      changed.undo(connection);
    }
    if (hasTurnedAutoCommit) {
      connection.setAutoCommit(autoCommitWas);
    }
    if (changed != null) {
      changed.undoLimit(driverState.limitsReads());
    }
  }

  /**
   * Aborts it, so that no pool hands it out again.
   *
   * @param because why; what fails here is suppressed in it
   * @return false if it was gone already
   */
  final boolean throwAway(Throwable because) {
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
  final void leaveNowhere() {
    if (!isGone()) {
      discard(new IllegalStateException("the transaction did not come to its end"));
    }
  }
}
