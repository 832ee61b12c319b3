package io.txhost.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A result set of ours over the driver's. Moving may fetch, so a failure there is looked at;
 * changing a row is a statement. {@link #getStatement()} gives ours, null where metadata made it.
 */
final class GuardedResultSet extends ForwardingResultSet {
  private final @Nullable GuardedStatement statement;

  GuardedResultSet(Guard guard, @Nullable GuardedStatement statement, ResultSet real) {
    super(guard, real);
    this.statement = statement;
  }

  private ResultSet checked() {
    guard.check();
    return driver;
  }

  @SuppressWarnings("NullAway") // as the driver answers: null for SQL's NULL
  @Override
  Object guarded(@Nullable Object value) {
    return value instanceof ResultSet nested
        ? new GuardedResultSet(guard, statement, nested)
        : DriverObject.guarded(guard, value);
  }

  @Override
  void closeAtEnd() throws SQLException {
    driver.close();
  }

  @Override
  public void close() throws SQLException {
    guard.close(this);
    if (statement != null) {
      statement.resultSetClosed();
    }
  }

  @Override
  public @Nullable Statement getStatement() throws SQLException {
    guard.check();
    return statement == null ? null : statement.shown();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return guard.hasEnded() || driver.isClosed();
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
