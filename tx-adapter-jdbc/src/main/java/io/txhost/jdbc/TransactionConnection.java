package io.txhost.jdbc;

import io.txhost.TransactionException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connection inside a transaction. Asking what it knows itself takes nothing; closing it ends
 * nothing; the user's own savepoints are allowed.
 */
class TransactionConnection extends GuardedConnection {
  private final JdbcTransaction transaction;

  TransactionConnection(JdbcTransaction transaction) {
    this.transaction = transaction;
  }

  final JdbcTransaction transaction() {
    return transaction;
  }

  /** What the statements and objects that are made here ask. */
  Guard guard() {
    return transaction;
  }

  @Override
  void check() {
    transaction.check();
  }

  @Override
  void refused(TransactionException refusal) {
    transaction.marked(refusal);
  }

  @Override
  String who() {
    return "in " + transaction;
  }

  @Override
  DataSource dataSource() {
    return transaction.dataSource();
  }

  @Override
  String instead() {
    return "the host ends it where its boundary ends: leave the call out, or the option that makes"
        + " a library call it. Return from withTransaction to commit; throw, or call"
        + " setRollbackOnly() on host.currentTransaction(), to roll back.";
  }

  /** Refuses on a connection of a library's that it has closed. */
  void refuseIfClosed() throws SQLException {
    // closing this one ends nothing
  }

  /** As {@link #prepared}, without a closure, since it is what most calls are. */
  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    refuseIfClosed();
    Standing stands = transaction.beforeCreating();
    try {
      PreparedStatement driver = stands.connection().prepareStatement(sql);
      GuardedPreparedStatement made =
          new GuardedPreparedStatement(guard(), this, driver, stands.dialect().read(sql));
      stands.add(made);
      return made;
    } catch (Throwable failure) {
      transaction.failedFetching(failure);
      throw failure;
    } finally {
      transaction.afterFetching();
    }
  }

  @Override
  GuardedStatement statement(SqlFunction<Connection, Statement> make) throws SQLException {
    return transaction.create(driver -> new GuardedStatement(guard(), this, make.apply(driver)));
  }

  @Override
  GuardedPreparedStatement prepared(String sql, SqlFunction<Connection, PreparedStatement> make)
      throws SQLException {
    return transaction.create(
        driver ->
            new GuardedPreparedStatement(guard(), this, make.apply(driver), transaction.read(sql)));
  }

  @Override
  GuardedCallableStatement callable(String sql, SqlFunction<Connection, CallableStatement> make)
      throws SQLException {
    return transaction.create(
        driver ->
            new GuardedCallableStatement(guard(), this, make.apply(driver), transaction.read(sql)));
  }

  @Override
  <R extends @Nullable Object> R ask(SqlFunction<Connection, R> question) throws SQLException {
    return transaction.fetch(() -> question.apply(transaction.acquire()));
  }

  @Override
  <T> T made(T driverObject) {
    return DriverObject.guarded(guard(), driverObject);
  }

  @Override
  <R extends @Nullable Object> R query(SqlFunction<Connection, R> question) throws SQLException {
    return transaction.execute(
        TimeLimit.NONE, Sql.METADATA, () -> question.apply(transaction.acquire()));
  }

  @Override
  ResultSet metaDataResult(SqlFunction<DatabaseMetaData, ResultSet> question) throws SQLException {
    return transaction.create(
        driver ->
            new GuardedResultSet(
                transaction,
                null,
                transaction.execute(
                    TimeLimit.NONE, Sql.METADATA, () -> question.apply(driver.getMetaData()))));
  }

  @Override
  public <I> I unwrap(Class<I> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    Connection driver = transaction.acquire();
    guard().escaping();
    return iface.isInstance(driver) ? iface.cast(driver) : driver.unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    return iface.isInstance(this) || ask(driver -> wraps(driver, iface));
  }

  private static boolean wraps(Connection driver, Class<?> type) throws SQLException {
    return type.isInstance(driver) || driver.isWrapperFor(type);
  }

  @Override
  <I> I unwrapMetaData(Class<I> type) throws SQLException {
    Connection driver = transaction.acquire();
    guard().escaping();
    DatabaseMetaData metaData = driver.getMetaData();
    return type.isInstance(metaData) ? type.cast(metaData) : metaData.unwrap(type);
  }

  @Override
  public void close() {
    // ends nothing: whoever opened the boundary does
  }

  @Override
  public boolean isClosed() {
    return transaction.hasEnded();
  }

  @Override
  public boolean isValid(int timeout) throws SQLException {
    Connection driver = transaction.taken();
    return !transaction.hasEnded()
        && (driver == null || transaction.fetch(() -> driver.isValid(timeout)));
  }

  @Override
  public boolean getAutoCommit() {
    check();
    return false;
  }

  @Override
  public boolean isReadOnly() {
    check();
    return transaction.isReadOnly();
  }

  @Override
  public int getTransactionIsolation() {
    check();
    return transaction.isolationLevel();
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    check();
    Connection driver = transaction.taken();
    return driver == null ? null : transaction.fetch(driver::getWarnings);
  }

  @Override
  public void clearWarnings() throws SQLException {
    check();
    Connection driver = transaction.taken();
    if (driver != null) {
      transaction.fetch(SqlCall.of(driver::clearWarnings));
    }
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return transaction.userSavepoints().set(null);
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return transaction.userSavepoints().set(name);
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    transaction.userSavepoints().rollbackTo(savepoint);
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    transaction.userSavepoints().release(savepoint);
  }

  @Override
  public String toString() {
    return "connection of " + transaction;
  }
}
