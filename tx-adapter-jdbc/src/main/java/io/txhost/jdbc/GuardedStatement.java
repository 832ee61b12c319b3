package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A statement of ours over the driver's: what is executed goes through the {@link Guard},
 * everything else straight on. Unwrapping leads to the driver's.
 */
class GuardedStatement extends ClosedAtEnd implements Statement {
  private final Guard guard;
  private final GuardedConnection connection;
  private final Statement real;
  private final TimeLimit timeLimit;
  private @Nullable Sql batch;
  private volatile boolean closed;

  /** What user code has of it. */
  private Statement shown = this;

  GuardedStatement(Guard guard, GuardedConnection connection, Statement real) {
    this.guard = guard;
    this.connection = connection;
    this.real = real;
    this.timeLimit = TimeLimit.of(real);
  }

  /** The driver's, for anything but executing; refuses after the end. */
  final Statement real() {
    guard.check();
    return real;
  }

  /** User code has it behind another statement. */
  final void shownAs(Statement statement) {
    shown = statement;
  }

  final Statement shown() {
    return shown;
  }

  final Guard guard() {
    return guard;
  }

  final TimeLimit timeLimit() {
    return timeLimit;
  }

  @Override
  final void closeAtEnd() throws SQLException {
    closed = true;
    real.close();
  }

  /** One of its result sets was closed, which may have closed the statement too. */
  final void resultSetClosed() throws SQLException {
    if (!closed && real.isClosed()) {
      close();
    }
  }

  final void addToBatch(Sql sql) {
    Sql before = batch;
    batch = before == null ? sql : before.and(sql);
  }

  private <R> R runBatch(SqlCall<R> run) throws SQLException {
    Sql sql = batch;
    if (sql == null) { // nothing is sent
      guard.check();
      return run.run();
    }
    R result = guard.execute(timeLimit, sql, run);
    batch = null; // not before: what was refused is still in the driver's batch
    return result;
  }

  @SuppressWarnings("NullAway") // as the driver answers: null if there is none
  final ResultSet result(@Nullable ResultSet driver) {
    return driver == null ? null : new GuardedResultSet(guard, this, driver);
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    return result(guard.execute(timeLimit, guard.read(sql), () -> this.real.executeQuery(sql)));
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return guard.execute(timeLimit, guard.read(sql), () -> this.real.executeUpdate(sql));
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
  public int getMaxFieldSize() throws SQLException {
    return real().getMaxFieldSize();
  }

  @Override
  public void setMaxFieldSize(int max) throws SQLException {
    real().setMaxFieldSize(max);
  }

  @Override
  public int getMaxRows() throws SQLException {
    return real().getMaxRows();
  }

  @Override
  public void setMaxRows(int max) throws SQLException {
    real().setMaxRows(max);
  }

  @Override
  public void setEscapeProcessing(boolean enable) throws SQLException {
    real().setEscapeProcessing(enable);
  }

  @Override
  public int getQueryTimeout() throws SQLException {
    real();
    return guard.fetch(timeLimit::get); // H2 asks the server
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    real();
    guard.fetch(SqlCall.of(() -> timeLimit.set(seconds)));
  }

  @Override
  public void cancel() throws SQLException {
    real().cancel();
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    return guard.fetch(() -> real().getWarnings()); // MariaDB's driver asks the server
  }

  @Override
  public void clearWarnings() throws SQLException {
    guard.fetch(SqlCall.of(() -> real().clearWarnings()));
  }

  @Override
  public void setCursorName(String name) throws SQLException {
    real().setCursorName(name);
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    return guard.execute(timeLimit, guard.read(sql), () -> this.real.execute(sql));
  }

  @Override
  public ResultSet getResultSet() throws SQLException {
    return result(real().getResultSet());
  }

  @Override
  public int getUpdateCount() throws SQLException {
    return real().getUpdateCount();
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    Statement from = real();
    return guard.fetch(() -> from.getMoreResults());
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    real().setFetchDirection(direction);
  }

  @Override
  public int getFetchDirection() throws SQLException {
    return real().getFetchDirection();
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    real().setFetchSize(rows);
  }

  @Override
  public int getFetchSize() throws SQLException {
    return real().getFetchSize();
  }

  @Override
  public int getResultSetConcurrency() throws SQLException {
    return real().getResultSetConcurrency();
  }

  @Override
  public int getResultSetType() throws SQLException {
    return real().getResultSetType();
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    real().addBatch(sql);
    addToBatch(guard.read(sql));
  }

  @Override
  public void clearBatch() throws SQLException {
    real().clearBatch();
    batch = null;
  }

  @Override
  public int[] executeBatch() throws SQLException {
    return runBatch(() -> this.real.executeBatch());
  }

  @Override
  public Connection getConnection() throws SQLException {
    guard.check();
    return connection;
  }

  @Override
  public boolean getMoreResults(int current) throws SQLException {
    Statement from = real();
    return guard.fetch(() -> from.getMoreResults(current));
  }

  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    return result(real().getGeneratedKeys());
  }

  @Override
  public int executeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
    return guard.execute(
        timeLimit, guard.read(sql), () -> this.real.executeUpdate(sql, autoGeneratedKeys));
  }

  @Override
  public int executeUpdate(String sql, int[] columnIndexes) throws SQLException {
    return guard.execute(
        timeLimit, guard.read(sql), () -> this.real.executeUpdate(sql, columnIndexes));
  }

  @Override
  public int executeUpdate(String sql, String[] columnNames) throws SQLException {
    return guard.execute(
        timeLimit, guard.read(sql), () -> this.real.executeUpdate(sql, columnNames));
  }

  @Override
  public boolean execute(String sql, int autoGeneratedKeys) throws SQLException {
    return guard.execute(
        timeLimit, guard.read(sql), () -> this.real.execute(sql, autoGeneratedKeys));
  }

  @Override
  public boolean execute(String sql, int[] columnIndexes) throws SQLException {
    return guard.execute(timeLimit, guard.read(sql), () -> this.real.execute(sql, columnIndexes));
  }

  @Override
  public boolean execute(String sql, String[] columnNames) throws SQLException {
    return guard.execute(timeLimit, guard.read(sql), () -> this.real.execute(sql, columnNames));
  }

  @Override
  public int getResultSetHoldability() throws SQLException {
    return real().getResultSetHoldability();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return closed || guard.hasEnded() || real.isClosed();
  }

  @Override
  public void setPoolable(boolean poolable) throws SQLException {
    real().setPoolable(poolable);
  }

  @Override
  public boolean isPoolable() throws SQLException {
    return real().isPoolable();
  }

  @Override
  public void closeOnCompletion() throws SQLException {
    real().closeOnCompletion();
  }

  @Override
  public boolean isCloseOnCompletion() throws SQLException {
    return real().isCloseOnCompletion();
  }

  @Override
  public long getLargeUpdateCount() throws SQLException {
    return real().getLargeUpdateCount();
  }

  @Override
  public void setLargeMaxRows(long max) throws SQLException {
    real().setLargeMaxRows(max);
  }

  @Override
  public long getLargeMaxRows() throws SQLException {
    return real().getLargeMaxRows();
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    return runBatch(() -> this.real.executeLargeBatch());
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    return guard.execute(timeLimit, guard.read(sql), () -> this.real.executeLargeUpdate(sql));
  }

  @Override
  public long executeLargeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
    return guard.execute(
        timeLimit, guard.read(sql), () -> this.real.executeLargeUpdate(sql, autoGeneratedKeys));
  }

  @Override
  public long executeLargeUpdate(String sql, int[] columnIndexes) throws SQLException {
    return guard.execute(
        timeLimit, guard.read(sql), () -> this.real.executeLargeUpdate(sql, columnIndexes));
  }

  @Override
  public long executeLargeUpdate(String sql, String[] columnNames) throws SQLException {
    return guard.execute(
        timeLimit, guard.read(sql), () -> this.real.executeLargeUpdate(sql, columnNames));
  }

  @Override
  public String enquoteLiteral(String val) throws SQLException {
    return real().enquoteLiteral(val);
  }

  @Override
  public String enquoteIdentifier(String identifier, boolean alwaysQuote) throws SQLException {
    return real().enquoteIdentifier(identifier, alwaysQuote);
  }

  @Override
  public boolean isSimpleIdentifier(String identifier) throws SQLException {
    return real().isSimpleIdentifier(identifier);
  }

  @Override
  public String enquoteNCharLiteral(String val) throws SQLException {
    return real().enquoteNCharLiteral(val);
  }

  @Override
  public <T> T unwrap(Class<T> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    guard.escaping();
    return iface.isInstance(real) ? iface.cast(real) : real.unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    return iface.isInstance(this) || iface.isInstance(real) || real().isWrapperFor(iface);
  }
}
