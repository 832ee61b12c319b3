package io.txhost.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection of ours: it holds no driver's connection until one is needed, hands out statements
 * of ours, and leaves transactions and the connection's state to the host.
 */
abstract class GuardedConnection extends ForwardingConnection {
  /** The connection that a use is of: that of the transaction which is active here, say. */
  @Override
  GuardedConnection here() throws SQLException {
    return this;
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
  public DatabaseMetaData getMetaData() throws SQLException {
    here().check();
    return GuardedMetaData.of(this);
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
  public void beginRequest() throws SQLException {
    here().check(); // the pool brackets its connections itself
  }

  @Override
  public void endRequest() throws SQLException {
    here().check();
  }
}
