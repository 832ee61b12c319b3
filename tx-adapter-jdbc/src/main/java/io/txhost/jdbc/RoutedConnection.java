package io.txhost.jdbc;

import io.txhost.TransactionException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where the calls of a connection of ours go: what {@code jdbc.policy} says in words. */
abstract class RoutedConnection implements Connection {

  /** Refuses after the end. */
  abstract void check();

  /** The connection that a use is of: that of the transaction which is active here, say. */
  abstract GuardedConnection here() throws SQLException;

  /** A call that only the host may make was refused. */
  abstract void refused(TransactionException refusal);

  /** What it belongs to, for messages. */
  abstract String who();

  /** Where its connections come from. */
  abstract DataSource dataSource();

  /** What to do in place of a refused transaction call. */
  abstract String instead();

  abstract GuardedStatement statement(SqlFunction<Connection, Statement> make) throws SQLException;

  abstract GuardedPreparedStatement prepared(
      String sql, SqlFunction<Connection, PreparedStatement> make) throws SQLException;

  abstract GuardedCallableStatement callable(
      String sql, SqlFunction<Connection, CallableStatement> make) throws SQLException;

  /**
   * Makes a statement, as user code sees it.
   *
   * @param sql what it is prepared with, null for one that is given its text when it is executed
   */
  <S extends Statement> S shown(
      Class<S> kind, @Nullable String sql, SqlCall<? extends GuardedStatement> make)
      throws SQLException {
    return kind.cast(make.run());
  }

  final Statement creating(SqlFunction<Connection, Statement> make) throws SQLException {
    return shown(Statement.class, null, () -> statement(make));
  }

  final PreparedStatement preparing(String sql, SqlFunction<Connection, PreparedStatement> make)
      throws SQLException {
    return shown(PreparedStatement.class, sql, () -> prepared(sql, make));
  }

  final CallableStatement calling(String sql, SqlFunction<Connection, CallableStatement> make)
      throws SQLException {
    return shown(CallableStatement.class, sql, () -> callable(sql, make));
  }

  /** Asks the driver's connection what needs no statement. */
  abstract <R extends @Nullable Object> R ask(SqlFunction<Connection, R> question)
      throws SQLException;

  /** Asks the driver's connection what may send one. */
  abstract <R extends @Nullable Object> R query(SqlFunction<Connection, R> question)
      throws SQLException;

  /** An object that may ask the connection it was made by. */
  abstract <T> T made(T driverObject) throws SQLException;

  final <R extends @Nullable Object> R metaData(SqlFunction<DatabaseMetaData, R> question)
      throws SQLException {
    return ask(connection -> question.apply(connection.getMetaData()));
  }

  final <R extends @Nullable Object> R metaDataQuery(SqlFunction<DatabaseMetaData, R> question)
      throws SQLException {
    return query(connection -> question.apply(connection.getMetaData()));
  }

  abstract ResultSet metaDataResult(SqlFunction<DatabaseMetaData, ResultSet> question)
      throws SQLException;

  abstract <I> I unwrapMetaData(Class<I> type) throws SQLException;

  final int driverVersion(SqlFunction<DatabaseMetaData, Integer> question) {
    try {
      return metaData(question);
    } catch (SQLException e) {
      throw new TransactionException(
          "TXH-512", "The driver's version could not be asked for in " + who() + ".", e);
    }
  }

  /** For a call that would begin or end a transaction: whoever swallows it believes that it did. */
  final SQLException refuseTransactionCall(String call) throws SQLException {
    GuardedConnection here = here();
    here.check();
    TransactionException refusal = Refusals.transactionCall(call, here.who(), here.instead());
    here.refused(refusal);
    return Refusals.asSql(refusal);
  }

  final SQLException refuseStateChange(String call) throws SQLException {
    GuardedConnection here = here();
    here.check();
    return Refusals.asSql(Refusals.stateChange(call, here.who()));
  }
}
