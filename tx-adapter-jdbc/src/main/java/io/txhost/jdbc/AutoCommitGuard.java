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

  AutoCommitGuard(FallbackConnection connection, Holding holding) throws SQLException {
    this.connection = connection;
    this.holding = holding;
    this.held = holding.take(connection.remainingTime());
  }

  /** Makes what keeps the connection until it is closed; gives it back if that fails. */
  <C extends ClosedAtEnd> C keepFor(SqlFunction<Connection, C> make) throws SQLException {
    try {
      C made = make.apply(held.connection());
      child = made;
      connection.opened(this);
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
        held.endBriefOf(this);
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
        held.endBriefOf(this);
      }
    } finally {
      if (closing == child) {
        connection.closed(this);
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
  public <R extends @Nullable Object> R execute(TimeLimit limit, Sql sql, SqlCall<R> call)
      throws SQLException {
    if (sql.kind() == Sql.Kind.CONTROLS) {
      throw Refusals.asSql(Refusals.controlText(FallbackConnection.WHO));
    }
    connection.permit(sql);
    if (sql.needsTransaction() && isTakenAway()) { // a row: the statement itself was made anew
      throw Refusals.cannotJoin("A change of a row");
    }
    boolean reachesRows = sql.kind() != Sql.Kind.NOTHING && !sql.mayBeLocal();
    return reachesRows && connection.beginsEach()
        ? held.briefly(this, connection::begin, limit, sql, call)
        : alone(limit, sql, call);
  }

  private <R extends @Nullable Object> R alone(TimeLimit limit, Sql sql, SqlCall<R> call)
      throws SQLException {
    int seconds = connection.secondsLeft();
    SqlLog.told("auto-commit", sql);
    return held.run(limit, seconds, call);
  }

  @Override
  public <R extends @Nullable Object> R fetch(SqlCall<R> call) throws SQLException {
    return call.run();
  }

  /** Nothing but this statement, or its block, is on its connection. */
  @Override
  public void escaping() throws SQLException {
    if (connection.beginsEach()) {
      held.escaping(this, connection::begin);
    }
  }

  /** A question about metadata is a query like any, where hooks come before each. */
  <R extends @Nullable Object> R query(SqlFunction<Connection, R> question) throws SQLException {
    return connection.beginsEach()
        ? held.briefly(
            this,
            connection::begin,
            TimeLimit.NONE,
            Sql.METADATA,
            () -> question.apply(held.connection()))
        : question.apply(held.connection());
  }
}
