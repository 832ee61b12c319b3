package io.txhost.jdbc;

import io.txhost.TransactionException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a library has of a connection that it holds outside: transactions, savepoints and state are
 * its own until it closes it.
 */
final class OwnConnection extends GuardedConnection {
  private final OwnSession session;
  private final ConnectionSource source;

  /** What the library knows of it. */
  private final GuardedConnection shown;

  OwnConnection(ConnectionSource source, OwnSession session, GuardedConnection shown) {
    this.source = source;
    this.session = session;
    this.shown = shown;
  }

  OwnSession session() {
    return session;
  }

  @Override
  void check() {
    session.check();
  }

  @Override
  void refused(TransactionException refusal) {
    // there is nothing of the host's to mark
  }

  @Override
  String who() {
    return FallbackConnection.WHO;
  }

  @Override
  DataSource dataSource() {
    return source.dataSource();
  }

  @Override
  String instead() {
    return "ask the pool for a connection.";
  }

  // ---- statements and questions

  @Override
  GuardedStatement statement(SqlFunction<Connection, Statement> make) throws SQLException {
    return session.create(driver -> new GuardedStatement(session, shown, make.apply(driver)));
  }

  @Override
  GuardedPreparedStatement prepared(String sql, SqlFunction<Connection, PreparedStatement> make)
      throws SQLException {
    return session.create(
        driver ->
            new GuardedPreparedStatement(session, shown, make.apply(driver), session.read(sql)));
  }

  @Override
  GuardedCallableStatement callable(String sql, SqlFunction<Connection, CallableStatement> make)
      throws SQLException {
    return session.create(
        driver ->
            new GuardedCallableStatement(session, shown, make.apply(driver), session.read(sql)));
  }

  @Override
  <R extends @Nullable Object> R ask(SqlFunction<Connection, R> question) throws SQLException {
    return question.apply(session.driver());
  }

  @Override
  <R extends @Nullable Object> R query(SqlFunction<Connection, R> question) throws SQLException {
    return ask(question);
  }

  @Override
  <T> T made(T driverObject) {
    return driverObject;
  }

  @Override
  ResultSet metaDataResult(SqlFunction<DatabaseMetaData, ResultSet> question) throws SQLException {
    return session.create(
        driver -> new GuardedResultSet(session, null, question.apply(driver.getMetaData())));
  }

  @Override
  public <I> I unwrap(Class<I> iface) throws SQLException {
    Connection driver = session.driver();
    session.escaping();
    return iface.isInstance(driver) ? iface.cast(driver) : driver.unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    return ask(driver -> iface.isInstance(driver) || driver.isWrapperFor(iface));
  }

  @Override
  <I> I unwrapMetaData(Class<I> type) throws SQLException {
    DatabaseMetaData metaData = session.driver().getMetaData();
    session.escaping();
    return type.isInstance(metaData) ? type.cast(metaData) : metaData.unwrap(type);
  }

  @Override
  public boolean isValid(int timeout) throws SQLException {
    return !session.hasEnded() && ask(driver -> driver.isValid(timeout));
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    return ask(Connection::getWarnings);
  }

  @Override
  public void clearWarnings() throws SQLException {
    session.driver().clearWarnings();
  }

  // ---- its end

  @Override
  public void close() {
    session.end();
  }

  @Override
  public boolean isClosed() {
    return session.hasEnded();
  }

  @Override
  public void abort(Executor executor) {
    session.abort();
    session.end();
  }

  // ---- transactions

  @Override
  public boolean getAutoCommit() {
    return session.autoCommit();
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    session.setAutoCommit(autoCommit);
  }

  @Override
  public void commit() throws SQLException {
    session.commit();
  }

  @Override
  public void rollback() throws SQLException {
    session.rollback();
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return session.driver().setSavepoint();
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return session.driver().setSavepoint(name);
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    session.driver().rollback(savepoint);
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    session.driver().releaseSavepoint(savepoint);
  }

  // ---- state

  @Override
  public boolean isReadOnly() throws SQLException {
    return ask(Connection::isReadOnly);
  }

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    session.change("readOnly", Connection::isReadOnly, Connection::setReadOnly, readOnly);
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    return ask(Connection::getTransactionIsolation);
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    session.change(
        "isolation",
        Connection::getTransactionIsolation,
        Connection::setTransactionIsolation,
        level);
  }

  @Override
  public void setCatalog(@Nullable String catalog) throws SQLException {
    session.<@Nullable String>change(
        "catalog", Connection::getCatalog, Connection::setCatalog, catalog);
  }

  @Override
  public void setSchema(@Nullable String schema) throws SQLException {
    session.<@Nullable String>change(
        "schema", Connection::getSchema, Connection::setSchema, schema);
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    session.change(
        "holdability", Connection::getHoldability, Connection::setHoldability, holdability);
  }

  @Override
  public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
    session.<@Nullable Map<String, Class<?>>>change(
        "typeMap", Connection::getTypeMap, Connection::setTypeMap, map);
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    session.change(
        "networkTimeout",
        Connection::getNetworkTimeout,
        (connection, value) -> connection.setNetworkTimeout(executor, value),
        milliseconds);
  }

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    clientInfo(
        () ->
            session.change(
                "clientInfo " + name,
                connection -> connection.getClientInfo(name),
                (connection, set) -> connection.setClientInfo(name, set),
                value));
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    clientInfo(
        () ->
            session.change(
                "clientInfo",
                connection -> connection.getClientInfo(),
                (connection, set) -> connection.setClientInfo(set),
                properties));
  }

  /** With the one exception that this may throw. */
  static void clientInfo(SqlCall.Action change) throws SQLClientInfoException {
    try {
      change.run();
    } catch (SQLClientInfoException e) {
      throw e;
    } catch (SQLException e) {
      throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e);
    }
  }

  @Override
  public String toString() {
    return "connection that a library holds, of " + source;
  }
}
