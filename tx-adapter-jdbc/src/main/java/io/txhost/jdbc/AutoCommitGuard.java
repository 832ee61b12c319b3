package io.txhost.jdbc;

import java.lang.ref.Cleaner;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Outside a transaction: one statement, or one result set of metadata, on an auto-commit
 * connection. One that is forgotten gives its connection back when it is collected, and that is
 * logged.
 */
final class AutoCommitGuard implements Guard {
  private static final Cleaner CLEANER = Cleaner.create();

  private final FallbackConnection connection;
  private final Holding holding;
  private final Held held;
  private @Nullable ClosedAtEnd child;
  private Cleaner.@Nullable Cleanable watch;

  /** The transaction around the call under way, where the host has hooks that come before each. */
  private @Nullable Brief around;

  AutoCommitGuard(FallbackConnection connection, Holding holding) throws SQLException {
    this.connection = connection;
    this.holding = holding;
    this.held = holding.take(connection.rules().remainingTime());
  }

  /** Makes what keeps the connection until it is closed; gives it back if that fails. */
  <C extends ClosedAtEnd> C keepFor(SqlFunction<Connection, C> make) throws SQLException {
    try {
      C made = make.apply(held.connection());
      child = made;
      connection.open().add(this);
      if (!holding.isOne()) { // else its block ends it
        watch = CLEANER.register(made, held::forgotten);
      }
      return made;
    } catch (SQLException | RuntimeException | Error e) {
      holding.done(held);
      throw e;
    }
  }

  /** Asks, and gives the connection back. */
  <R extends @Nullable Object> R ask(SqlFunction<Connection, R> question) throws SQLException {
    try {
      return question.apply(held.connection());
    } finally {
      holding.done(held);
    }
  }

  /** The view it was made by is closed. */
  void close() throws SQLException {
    try {
      if (child != null && !held.isGivenBack()) {
        child.closeAtEnd();
        held.briefs().endOf(this);
      }
    } finally {
      giveBack();
    }
  }

  /** A result set of the statement that has the connection is only closed. */
  @Override
  public void close(ClosedAtEnd closing) throws SQLException {
    try {
      closing.closeAtEnd();
      if (closing == child) {
        held.briefs().endOf(this);
      }
    } finally {
      if (closing == child) {
        connection.open().remove(this);
        giveBack();
      }
    }
  }

  /** Whether the connection is another's by now, though the statement was not closed. */
  boolean isTakenAway() {
    return holding.isTakenAway(held);
  }

  private void giveBack() {
    holding.done(held);
    if (watch != null) {
      watch.clean(); // finds nothing to do, and is forgotten
    }
  }

  @Override
  public void check() {
    // what is closed, the driver refuses
  }

  @Override
  public boolean hasEnded() {
    return held.isGivenBack();
  }

  @Override
  public Sql read(String sql) {
    return held.read(sql);
  }

  @Override
  public void beforeSending(Timed limit, Sql sql) throws SQLException {
    if (sql.kind() == Sql.Kind.CONTROLS) {
      throw Refusals.asSql(Refusals.controlText("code " + FallbackConnection.WHO));
    }
    connection.permit(sql);
    if (sql.needsTransaction() && isTakenAway()) { // a row: the statement itself was made anew
      throw Refusals.cannotJoin("A change of a row");
    }
    boolean reachesRows = sql.kind() != Sql.Kind.NOTHING && !sql.mayBeLocal();
    if (reachesRows && connection.rules().beginsEach()) {
      begin(limit, sql);
    } else {
      int seconds = connection.rules().secondsLeft();
      SqlLog.told("auto-commit", sql);
      held.beforeSending(limit, seconds);
    }
  }

  private void begin(Timed limit, Sql sql) throws SQLException {
    Brief begun = held.briefs().around(sql, connection.rules()::begin);
    begun.beforeSending(limit, sql);
    around = begun;
  }

  @Override
  public void sent(Sql sql) {
    if (around != null) {
      around.sent(sql);
    }
  }

  @Override
  public void failedSending(Sql sql, Throwable failure) {
    if (around == null) {
      held.failedSending(failure);
    } else {
      around.failedSending(sql, failure);
    }
  }

  @Override
  public void afterSending(Timed limit, Sql sql) throws SQLException {
    Brief ending = around;
    around = null;
    if (ending == null) {
      held.afterSending(limit);
    } else if (ending.afterSending(limit, sql)) {
      held.briefs().sent(ending, sql, this);
    }
  }

  @Override
  public void beforeFetching() {
    // nobody else is on its connection
  }

  @Override
  public void failedFetching(Throwable failure) {
    // nothing is lost by it
  }

  @Override
  public void afterFetching() {
    // nobody waits
  }

  /** Nothing but this statement, or its block, is on its connection. */
  @Override
  public void escaping() throws SQLException {
    if (connection.rules().beginsEach()) {
      held.briefs().escaping(this, connection.rules()::begin);
    }
  }

  /** A question about metadata is a query like any, where hooks come before each. */
  <R extends @Nullable Object> R query(SqlFunction<Connection, R> question) throws SQLException {
    if (!connection.rules().beginsEach()) {
      return question.apply(held.connection());
    }
    begin(TimeLimit.NONE, Sql.METADATA);
    try {
      R answer = question.apply(held.connection());
      sent(Sql.METADATA);
      return answer;
    } catch (Throwable failure) {
      failedSending(Sql.METADATA, failure);
      throw failure;
    } finally {
      afterSending(TimeLimit.NONE, Sql.METADATA);
    }
  }
}
