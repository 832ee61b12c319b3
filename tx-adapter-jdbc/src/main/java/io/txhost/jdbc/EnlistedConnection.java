package io.txhost.jdbc;

import io.txhost.TransactionException;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The connection inside a transaction for a library that demarcates by itself. What the library
 * begins and commits on it is a part of the host's transaction and ends with that; what it rolls
 * back marks the block.
 *
 * <p>Used by one thread at a time, as any connection of a library's.
 */
final class EnlistedConnection extends TransactionConnection {

  /** Auto-commit as the library sees it. */
  private enum AutoCommit {
    /** On, as the library would find it on a pool's connection. */
    FOUND,
    /** On, and the library has asked: it may set what it was told. */
    TOLD,
    OFF,
    /** On again, since the library has set it so: to put back what it found, or to use it. */
    SET
  }

  private final Guard guard = new Watching();
  private AutoCommit autoCommit;

  /** The library has written, and neither committed nor rolled back since. */
  private boolean hasWritten;

  private boolean closed;

  EnlistedConnection(JdbcTransaction transaction, boolean isAutoCommitOff) {
    super(transaction);
    this.autoCommit = isAutoCommitOff ? AutoCommit.OFF : AutoCommit.FOUND;
  }

  /** Whether the library is in the middle of what it takes for its own transaction. */
  boolean isUnderWay() {
    return autoCommit == AutoCommit.OFF && hasWritten;
  }

  @Override
  Guard guard() {
    return guard;
  }

  @Override
  void refuseIfClosed() throws SQLException {
    if (closed) {
      throw Refusals.closedConnection();
    }
  }

  @Override
  <S extends Statement> S shown(
      Class<S> kind, @Nullable String sql, SqlCall<? extends GuardedStatement> make)
      throws SQLException {
    refuseIfClosed();
    return super.shown(kind, sql, make);
  }

  // ---- what the library would begin and end

  @Override
  public boolean getAutoCommit() {
    check();
    if (autoCommit == AutoCommit.FOUND) {
      autoCommit = AutoCommit.TOLD;
    }
    return autoCommit != AutoCommit.OFF;
  }

  @Override
  public void setAutoCommit(boolean wanted) throws SQLException {
    refuseAfterTheEnd();
    if (!wanted) {
      autoCommit = AutoCommit.OFF;
    } else if (autoCommit == AutoCommit.FOUND || isUnderWay()) {
      throw refuseTransactionCall("setAutoCommit(true)");
    } else {
      autoCommit = AutoCommit.SET;
    }
  }

  @Override
  public void commit() throws SQLException {
    refuseAfterTheEnd();
    hasWritten = false;
  }

  @Override
  public void rollback() throws SQLException {
    refuseAfterTheEnd();
    if (hasWritten) {
      hasWritten = false;
      marked(Enlistment.rolledBack(who()));
    }
  }

  private void refuseAfterTheEnd() throws SQLException {
    try {
      check();
    } catch (TransactionException ended) {
      throw Refusals.asSql(ended);
    }
  }

  private void marked(TransactionException because) {
    transaction().marked(because);
  }

  @Override
  String instead() {
    return "a library that sets auto-commit on wants its statement seen at once, and inside a"
        + " transaction of the host's nothing is before that ends. Give the library the pool, or"
        + " run it in host.withoutTransaction.";
  }

  /** A pool rolls back what it finds uncommitted on a connection that is closed. */
  @Override
  public void close() {
    boolean isLeft = !closed && isUnderWay() && !transaction().hasEnded();
    closed = true;
    if (isLeft) {
      marked(Enlistment.closedUncommitted(who()));
    }
  }

  @Override
  public boolean isClosed() {
    return closed || super.isClosed();
  }

  private void executing(Sql sql) throws SQLException {
    if (sql.mayWrite()) {
      if (autoCommit == AutoCommit.SET) {
        throw Refusals.asSql(Enlistment.writeSeenAtOnce(who()));
      }
      hasWritten = true;
    }
  }

  // ---- its state

  /** Asking for less than there is does no harm. */
  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    if (!readOnly) {
      super.setReadOnly(false);
    } else {
      check();
    }
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    if (!Levels.isWithin(level, getTransactionIsolation())) {
      transaction().acquire(); // before, the pool's own may not be known
      if (!Levels.isWithin(level, getTransactionIsolation())) {
        throw refuseStateChange("setTransactionIsolation");
      }
    }
  }

  /** Notes what the library executes. */
  private final class Watching implements Guard {
    @Override
    public void check() {
      transaction().check();
    }

    @Override
    public boolean hasEnded() {
      return transaction().hasEnded();
    }

    @Override
    public Sql read(String sql) {
      return transaction().read(sql);
    }

    @Override
    public void beforeSending(Timed limit, Sql sql) throws SQLException {
      check();
      executing(sql);
      transaction().beforeSending(limit, sql);
    }

    @Override
    public void sent(Sql sql) {
      transaction().sent(sql);
    }

    @Override
    public void failedSending(Sql sql, Throwable failure) {
      transaction().failedSending(sql, failure);
    }

    @Override
    public void afterSending(Timed limit, Sql sql) {
      transaction().afterSending(limit, sql);
    }

    @Override
    public void beforeFetching() {
      transaction().beforeFetching();
    }

    @Override
    public void failedFetching(Throwable failure) {
      transaction().failedFetching(failure);
    }

    @Override
    public void afterFetching() {
      transaction().afterFetching();
    }

    @Override
    public void escaping() throws SQLException {
      transaction().escaping();
      hasWritten = true; // perhaps
    }

    @Override
    public void close(ClosedAtEnd child) throws SQLException {
      transaction().close(child);
    }
  }

  @Override
  public String toString() {
    return "enlisted " + super.toString();
  }
}
