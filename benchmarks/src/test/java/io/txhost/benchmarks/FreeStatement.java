package io.txhost.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLWarning;

/** A statement of a {@link FreeDriver}. */
abstract class FreeStatement implements PreparedStatement {
  FreeDriver driver;
  Connection connection;
  ResultSet rows;
  private int timeout;

  private void called() {
    driver.statementCalls++;
  }

  @Override
  public void setInt(int index, int value) {
    called();
  }

  @Override
  public void setObject(int index, Object value) {
    called();
  }

  @Override
  public void setObject(int index, Object value, int type) {
    called();
  }

  @Override
  public void setNull(int index, int type) {
    called();
  }

  @Override
  public int executeUpdate() {
    called();
    return 1;
  }

  @Override
  public boolean execute() {
    called();
    return false;
  }

  @Override
  public ResultSet executeQuery() {
    called();
    return rows;
  }

  @Override
  public int getUpdateCount() {
    called();
    return 1;
  }

  @Override
  public ResultSet getResultSet() {
    called();
    return null;
  }

  @Override
  public boolean getMoreResults() {
    called();
    return false;
  }

  @Override
  public boolean getMoreResults(int current) {
    called();
    return false;
  }

  @Override
  public Connection getConnection() {
    called();
    return connection;
  }

  @Override
  public int getQueryTimeout() {
    called();
    return timeout;
  }

  @Override
  public void setQueryTimeout(int seconds) {
    called();
    timeout = seconds;
  }

  @Override
  public void setEscapeProcessing(boolean enable) {
    called();
  }

  @Override
  public SQLWarning getWarnings() {
    called();
    return null;
  }

  @Override
  public void clearWarnings() {
    called();
  }

  @Override
  public void clearParameters() {
    called();
  }

  @Override
  public int getResultSetType() {
    called();
    return ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public int getResultSetConcurrency() {
    called();
    return ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public boolean isCloseOnCompletion() {
    called();
    return false;
  }

  @Override
  public boolean isClosed() {
    called();
    return false;
  }

  @Override
  public void close() {
    called();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    called();
    return type.isInstance(this);
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    called();
    return type.cast(this);
  }
}
