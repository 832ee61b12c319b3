package io.txhost.jdbc;

import io.txhost.TransactionException;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A connection of ours: it holds no driver's connection until one is needed, hands out statements
 * of ours, and leaves transactions and the connection's state to the host.
 */
abstract class GuardedConnection implements Connection {
  /** Refuses after the end. */
  abstract void check();

  /** The connection that a use is of: that of the transaction which is active here, say. */
  GuardedConnection here() throws SQLException {
    return this;
  }

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

  /** Makes a statement, as user code sees it. */
  <S extends Statement> S shown(Class<S> kind, SqlCall<? extends GuardedStatement> make)
      throws SQLException {
    return kind.cast(make.run());
  }

  private Statement plain(SqlFunction<Connection, Statement> make) throws SQLException {
    return shown(Statement.class, () -> statement(make));
  }

  private PreparedStatement preparing(String sql, SqlFunction<Connection, PreparedStatement> make)
      throws SQLException {
    return shown(PreparedStatement.class, () -> prepared(sql, make));
  }

  private CallableStatement calling(String sql, SqlFunction<Connection, CallableStatement> make)
      throws SQLException {
    return shown(CallableStatement.class, () -> callable(sql, make));
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

  @Override
  public Statement createStatement() throws SQLException {
    return plain(Connection::createStatement);
  }

  @Override
  public Statement createStatement(int resultSetType, int resultSetConcurrency)
      throws SQLException {
    return plain(c -> c.createStatement(resultSetType, resultSetConcurrency));
  }

  @Override
  public Statement createStatement(
      int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
    return plain(c -> c.createStatement(resultSetType, resultSetConcurrency, resultSetHoldability));
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return preparing(sql, c -> c.prepareStatement(sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int resultSetType, int resultSetConcurrency)
      throws SQLException {
    return preparing(sql, c -> c.prepareStatement(sql, resultSetType, resultSetConcurrency));
  }

  @Override
  public PreparedStatement prepareStatement(
      String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability)
      throws SQLException {
    return preparing(
        sql,
        c -> c.prepareStatement(sql, resultSetType, resultSetConcurrency, resultSetHoldability));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
    return preparing(sql, c -> c.prepareStatement(sql, autoGeneratedKeys));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
    return preparing(sql, c -> c.prepareStatement(sql, columnIndexes));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
    return preparing(sql, c -> c.prepareStatement(sql, columnNames));
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return calling(sql, c -> c.prepareCall(sql));
  }

  @Override
  public CallableStatement prepareCall(String sql, int resultSetType, int resultSetConcurrency)
      throws SQLException {
    return calling(sql, c -> c.prepareCall(sql, resultSetType, resultSetConcurrency));
  }

  @Override
  public CallableStatement prepareCall(
      String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability)
      throws SQLException {
    return calling(
        sql, c -> c.prepareCall(sql, resultSetType, resultSetConcurrency, resultSetHoldability));
  }

  @Override
  public Clob createClob() throws SQLException {
    return made(ask(Connection::createClob));
  }

  @Override
  public Blob createBlob() throws SQLException {
    return made(ask(Connection::createBlob));
  }

  @Override
  public NClob createNClob() throws SQLException {
    return made(ask(Connection::createNClob));
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    return made(ask(Connection::createSQLXML));
  }

  @Override
  public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
    return made(ask(c -> c.createArrayOf(typeName, elements)));
  }

  @Override
  public Struct createStruct(String typeName, Object[] attributes) throws SQLException {
    return made(ask(c -> c.createStruct(typeName, attributes)));
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    return ask(c -> c.nativeSQL(sql));
  }

  // ---- JDBC 4.5's, Java 26: overrides where the JDK has them. A driver's statement has known the
  // rules before, and asks its connection where that knows them now; none of them is sent.

  /** A literal of the text, in the database's quotes. */
  public String enquoteLiteral(String text) throws SQLException {
    return quoting(statement -> statement.enquoteLiteral(text));
  }

  /** A literal of the national character set. */
  public String enquoteNCharLiteral(String text) throws SQLException {
    return quoting(statement -> statement.enquoteNCharLiteral(text));
  }

  /** An identifier, in quotes where it needs them. */
  public String enquoteIdentifier(String identifier, boolean alwaysQuote) throws SQLException {
    return quoting(statement -> statement.enquoteIdentifier(identifier, alwaysQuote));
  }

  /** Whether the identifier needs no quotes. */
  public boolean isSimpleIdentifier(String identifier) throws SQLException {
    return quoting(statement -> statement.isSimpleIdentifier(identifier));
  }

  private <R> R quoting(SqlFunction<Statement, R> question) throws SQLException {
    return ask(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return question.apply(statement);
          }
        });
  }

  @Override
  public int getHoldability() throws SQLException {
    return ask(c -> c.getHoldability());
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    return ask(c -> c.getTypeMap());
  }

  @Override
  public String getClientInfo(String name) throws SQLException {
    return ask(c -> c.getClientInfo(name));
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    return ask(c -> c.getClientInfo());
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    return ask(c -> c.getNetworkTimeout());
  }

  @Override
  public String getCatalog() throws SQLException {
    return query(Connection::getCatalog);
  }

  @Override
  public String getSchema() throws SQLException {
    return query(Connection::getSchema);
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    here().check();
    return new GuardedMetaData(this);
  }

  @Override
  public void commit() throws SQLException {
    throw refuseTransactionCall("commit");
  }

  @Override
  public void rollback() throws SQLException {
    throw refuseTransactionCall("rollback");
  }

  // what changes nothing is JDBC's own no-op: a library puts back what it found

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    if (autoCommit != getAutoCommit()) {
      throw refuseTransactionCall("setAutoCommit(" + autoCommit + ")");
    }
  }

  /** On a closed connection it is JDBC's own no-op, as {@code close()} is. */
  @Override
  public void abort(Executor executor) throws SQLException {
    if (!isClosed()) {
      throw refuseTransactionCall("abort");
    }
  }

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    if (readOnly != isReadOnly()) {
      throw refuseStateChange("setReadOnly(" + readOnly + ")");
    }
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    if (level != getTransactionIsolation()) {
      throw refuseStateChange("setTransactionIsolation");
    }
  }

  @Override
  public void setCatalog(@Nullable String catalog) throws SQLException {
    if (!Objects.equals(catalog, getCatalog())) {
      throw refuseStateChange("setCatalog");
    }
  }

  @Override
  public void setSchema(@Nullable String schema) throws SQLException {
    if (!Objects.equals(schema, getSchema())) {
      throw refuseStateChange("setSchema");
    }
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    if (holdability != getHoldability()) {
      throw refuseStateChange("setHoldability");
    }
  }

  @Override
  public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
    if (!Objects.equals(map, getTypeMap())) {
      throw refuseStateChange("setTypeMap");
    }
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    if (milliseconds != getNetworkTimeout()) {
      throw refuseStateChange("setNetworkTimeout");
    }
  }

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    refuseClientInfo(() -> Objects.equals(value, getClientInfo(name)));
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    refuseClientInfo(() -> Objects.equals(properties, getClientInfo()));
  }

  private void refuseClientInfo(SqlCall<Boolean> isNoChange) throws SQLClientInfoException {
    try {
      if (!isNoChange.run()) {
        throw refuseStateChange("setClientInfo");
      }
    } catch (SQLException refusal) {
      throw new SQLClientInfoException(
          refusal.getMessage(), refusal.getSQLState(), Map.of(), refusal);
    }
  }

  @Override
  public boolean setShardingKeyIfValid(
      ShardingKey shardingKey, ShardingKey superShardingKey, int timeout) throws SQLException {
    throw refuseStateChange("setShardingKeyIfValid");
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey shardingKey, int timeout) throws SQLException {
    throw refuseStateChange("setShardingKeyIfValid");
  }

  @Override
  public void setShardingKey(ShardingKey shardingKey, ShardingKey superShardingKey)
      throws SQLException {
    throw refuseStateChange("setShardingKey");
  }

  @Override
  public void setShardingKey(ShardingKey shardingKey) throws SQLException {
    throw refuseStateChange("setShardingKey");
  }

  @Override
  public void beginRequest() throws SQLException {
    here().check(); // the pool brackets its connections itself
  }

  @Override
  public void endRequest() throws SQLException {
    here().check();
  }
}
