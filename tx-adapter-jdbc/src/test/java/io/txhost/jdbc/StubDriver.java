package io.txhost.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.DelegatingConnection;
import org.apache.commons.dbcp2.DelegatingPreparedStatement;
import org.h2.tools.SimpleResultSet;

/**
 * A pool of one connection whose driver's calls cost nothing and allocate nothing: what is measured
 * over it is what is ours. It counts the calls of its connection that open, end and restore.
 */
final class StubDriver {
  int calls;

  private final Rows rows = new Rows();
  private final Prepared prepared = new Prepared();
  private final StubConnection connection = new StubConnection();

  DataSource dataSource() {
    return (DataSource)
        Proxy.newProxyInstance(
            StubDriver.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "getConnection" -> connection;
                  case "isWrapperFor" -> false;
                  default -> throw new SQLFeatureNotSupportedException(method.getName());
                });
  }

  /** The driver's own, without us. */
  Connection bare() {
    return connection;
  }

  private final class StubConnection extends DelegatingConnection<Connection> {
    private final DatabaseMetaData metaData =
        (DatabaseMetaData)
            Proxy.newProxyInstance(
                StubDriver.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (self, method, arguments) ->
                    switch (method.getName()) {
                      case "getDatabaseProductName" -> "Stub";
                      case "getURL" -> "jdbc:stub";
                      default -> method.getReturnType() == boolean.class ? true : null;
                    });

    private boolean autoCommit = true;
    private boolean readOnly;

    StubConnection() {
      super(null);
    }

    @Override
    public boolean getAutoCommit() {
      calls++;
      return autoCommit;
    }

    @Override
    public void setAutoCommit(boolean wanted) {
      calls++;
      autoCommit = wanted;
    }

    @Override
    public boolean isReadOnly() {
      calls++;
      return readOnly;
    }

    @Override
    public void setReadOnly(boolean wanted) {
      calls++;
      readOnly = wanted;
    }

    @Override
    public int getTransactionIsolation() {
      calls++;
      return Connection.TRANSACTION_READ_COMMITTED;
    }

    @Override
    public boolean isClosed() {
      calls++;
      return false;
    }

    @Override
    public void commit() {
      calls++;
    }

    @Override
    public void rollback() {
      calls++;
    }

    @Override
    public void close() {
      calls++;
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }

    @Override
    public DatabaseMetaData getMetaData() {
      return metaData;
    }

    @Override
    public PreparedStatement prepareStatement(String sql) {
      return prepared;
    }
  }

  private final class Prepared extends DelegatingPreparedStatement {
    private int parameter;

    Prepared() {
      super(null, null);
    }

    @Override
    public void setInt(int index, int value) {
      parameter = value;
    }

    @Override
    public int executeUpdate() {
      return parameter;
    }

    @Override
    public ResultSet executeQuery() {
      rows.row = 0;
      return rows;
    }

    @Override
    public int getQueryTimeout() {
      return 0;
    }

    @Override
    public boolean isClosed() {
      return false;
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  private static final class Rows extends SimpleResultSet {
    private int row;

    @Override
    public boolean next() {
      row++;
      return true;
    }

    @Override
    public int getInt(int column) {
      return row + column;
    }

    @Override
    public long getLong(int column) {
      return row + column;
    }

    @Override
    public String getString(int column) {
      return "text";
    }

    @Override
    public boolean getBoolean(int column) {
      return true;
    }

    @Override
    public double getDouble(int column) {
      return column;
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
