package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A statement of ours over the driver's: what is executed goes through the {@link Guard},
 * everything else straight on. Unwrapping leads to the driver's.
 */
class GuardedStatement extends ForwardingStatement {
  private final GuardedConnection connection;
  private @Nullable StatementExtras extras;

  /** Not volatile: who closes it twice, from two threads, finds the driver's closed. */
  private boolean closed;

  GuardedStatement(Guard guard, GuardedConnection connection, Statement real) {
    super(guard, real);
    this.connection = connection;
  }

  private StatementExtras extras() {
    StatementExtras now = extras;
    if (now == null) {
      now = new StatementExtras(driver);
      extras = now;
    }
    return now;
  }

  private Statement checked() {
    guard.check();
    return driver;
  }

  /** User code has it behind another statement. */
  final void shownAs(Statement statement) {
    extras().shown = statement;
  }

  /** What user code has of it. */
  final Statement shown() {
    Statement other = extras == null ? null : extras.shown;
    return other == null ? this : other;
  }

  final Guard guard() {
    return guard;
  }

  @Override
  public final boolean hasTimeLimit() {
    return extras != null;
  }

  @Override
  public final TimeLimit timeLimit() {
    return extras().timeLimit;
  }

  @Override
  final void closeAtEnd() throws SQLException {
    closed = true;
    driver.close();
  }

  /** One of its result sets was closed, which may have closed the statement too. */
  final void resultSetClosed() throws SQLException {
    if (!closed && driver.isClosed()) {
      close();
    }
  }

  final void addToBatch(Sql sql) {
    Sql before = extras().batch;
    extras().batch = before == null ? sql : before.and(sql);
  }

  private <R> R runBatch(SqlCall<R> run) throws SQLException {
    Sql sql = extras == null ? null : extras.batch;
    if (sql == null) { // nothing is sent
      guard.check();
      return run.run();
    }
    R result = guard.execute(this, sql, run);
    extras().batch = null; // not before: what was refused is still in the driver's batch
    return result;
  }

  @SuppressWarnings("NullAway") // as the driver answers: null for SQL's NULL
  @Override
  final Object guarded(@Nullable Object value) {
    return value instanceof ResultSet cursor ? result(cursor) : DriverObject.guarded(guard, value);
  }

  @SuppressWarnings("NullAway") // as the driver answers: null if there is none
  @Override
  final ResultSet result(@Nullable ResultSet rows) {
    return rows == null ? null : new GuardedResultSet(guard, this, rows);
  }

  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    guard.close(this);
  }

  @Override
  public int getQueryTimeout() throws SQLException {
    guard.check();
    return guard.fetch(timeLimit()::get); // H2 asks the server
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    guard.check();
    guard.fetch(SqlCall.of(() -> timeLimit().set(seconds)));
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    guard.check();
    driver.addBatch(sql);
    addToBatch(guard.read(sql));
  }

  @Override
  public void clearBatch() throws SQLException {
    guard.check();
    driver.clearBatch();
    if (extras != null) {
      extras.batch = null;
    }
  }

  @Override
  public int[] executeBatch() throws SQLException {
    return runBatch(() -> driver.executeBatch());
  }

  @Override
  public Connection getConnection() throws SQLException {
    guard.check();
    return connection;
  }

  @Override
  public boolean isClosed() throws SQLException {
    return closed || guard.hasEnded() || driver.isClosed();
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    return runBatch(() -> driver.executeLargeBatch());
  }

  @Override
  public <T> T unwrap(Class<T> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    guard.escaping();
    return iface.isInstance(driver) ? iface.cast(driver) : driver.unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    return iface.isInstance(this) || iface.isInstance(driver) || checked().isWrapperFor(iface);
  }
}
