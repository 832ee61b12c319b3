package io.txhost.jdbc;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connection outside a transaction: each statement auto-commits on one of the pool's, held
 * while it is open. Need not be closed; closing it closes the statements it made.
 *
 * <p><b>Threads:</b> safe for use by many; its statements are not.
 */
final class AutoCommitConnection extends GuardedConnection {
  static final String WHO = "outside a transaction";

  private final ConnectionSource source;
  private final Set<AutoCommitGuard> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  AutoCommitConnection(ConnectionSource source) {
    this.source = source;
  }

  void opened(AutoCommitGuard guard) {
    open.add(guard);
  }

  void closed(AutoCommitGuard guard) {
    open.remove(guard);
  }

  @Override
  void check() {
    // there is nothing to end
  }

  @Override
  String who() {
    return WHO;
  }

  @Override
  DataSource dataSource() {
    return source.dataSource();
  }

  @Override
  String instead() {
    return "each statement commits by itself here. Run the work in host.withTransaction.";
  }

  private AutoCommitGuard take() throws SQLException {
    if (closed) {
      throw new SQLException(
          "TXH-513 This connection was closed. Ask host.tx(), or the data source, for another.",
          "08003");
    }
    return AutoCommitGuard.take(this, source);
  }

  @Override
  Statement statement(SqlFunction<Connection, Statement> make) throws SQLException {
    AutoCommitGuard guard = take();
    return guard.keepFor(driver -> new GuardedStatement(guard, this, make.apply(driver)));
  }

  @Override
  PreparedStatement prepared(String sql, SqlFunction<Connection, PreparedStatement> make)
      throws SQLException {
    AutoCommitGuard guard = take();
    return guard.keepFor(
        driver -> new GuardedPreparedStatement(guard, this, make.apply(driver), guard.read(sql)));
  }

  @Override
  CallableStatement callable(String sql, SqlFunction<Connection, CallableStatement> make)
      throws SQLException {
    AutoCommitGuard guard = take();
    return guard.keepFor(
        driver -> new GuardedCallableStatement(guard, this, make.apply(driver), guard.read(sql)));
  }

  /** It was made by a connection that has gone back. */
  @Override
  <T> T made(T driverObject) {
    return driverObject;
  }

  @Override
  <R extends @Nullable Object> R ask(SqlFunction<Connection, R> question) throws SQLException {
    return take().ask(question);
  }

  @Override
  <R extends @Nullable Object> R query(SqlFunction<Connection, R> question) throws SQLException {
    return ask(question);
  }

  @Override
  ResultSet metaDataResult(SqlFunction<DatabaseMetaData, ResultSet> question) throws SQLException {
    AutoCommitGuard guard = take();
    return guard.keepFor(
        driver -> new GuardedResultSet(guard, null, question.apply(driver.getMetaData())));
  }

  @Override
  public <I> I unwrap(Class<I> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    throw noConnectionHeld(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) {
    return iface.isInstance(this);
  }

  @Override
  <I> I unwrapMetaData(Class<I> type) throws SQLException {
    throw noConnectionHeld(type);
  }

  private static SQLException noConnectionHeld(Class<?> type) {
    return new SQLException(
        "TXH-514 No "
            + type.getName()
            + " "
            + WHO
            + ": each statement has a connection of its own. Unwrap inside host.withTransaction, or"
            + " unwrap a statement.");
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    List<AutoCommitGuard> closing = List.copyOf(open);
    open.removeAll(closing);
    SqlCall.Action.all(closing.stream().map(each -> each::close));
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isValid(int timeout) throws SQLException {
    return !closed && ask(driver -> driver.isValid(timeout));
  }

  @Override
  public boolean getAutoCommit() {
    return true;
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return ask(Connection::isReadOnly);
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    return ask(Connection::getTransactionIsolation);
  }

  @Override
  public @Nullable SQLWarning getWarnings() {
    return null;
  }

  @Override
  public void clearWarnings() {
    // there are none: each statement has its own
  }

  @Override
  public Savepoint setSavepoint() {
    throw refuseTransactionCall("setSavepoint");
  }

  @Override
  public Savepoint setSavepoint(String name) {
    throw refuseTransactionCall("setSavepoint");
  }

  @Override
  public void rollback(Savepoint savepoint) {
    throw refuseTransactionCall("rollback(Savepoint)");
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) {
    throw refuseTransactionCall("releaseSavepoint");
  }

  @Override
  public String toString() {
    return "auto-commit connection of " + source;
  }
}
