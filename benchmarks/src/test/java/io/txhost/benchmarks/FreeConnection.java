package io.txhost.benchmarks;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLWarning;
import java.sql.Savepoint;

/** A connection of a {@link FreeDriver}. One statement is open at a time, the same one. */
abstract class FreeConnection implements Connection {
  private static final Savepoint SAVEPOINT =
      new Savepoint() {
        @Override
        public int getSavepointId() {
          return 1;
        }

        @Override
        public String getSavepointName() {
          return "one";
        }
      };

  FreeDriver driver;
  PreparedStatement statement;
  DatabaseMetaData metaData;
  private boolean manual;
  private boolean readOnly;
  private int isolation = TRANSACTION_READ_COMMITTED;

  private void called() {
    driver.connectionCalls++;
  }

  private void asked() {
    driver.questions++;
  }

  @Override
  public PreparedStatement prepareStatement(String sql) {
    called();
    return statement;
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency) {
    called();
    return statement;
  }

  @Override
  public PreparedStatement createStatement() {
    called();
    return statement;
  }

  @Override
  public void setAutoCommit(boolean autoCommit) {
    called();
    manual = !autoCommit;
  }

  @Override
  public boolean getAutoCommit() {
    called();
    return !manual;
  }

  @Override
  public void setReadOnly(boolean to) {
    called();
    readOnly = to;
  }

  @Override
  public boolean isReadOnly() {
    called();
    return readOnly;
  }

  @Override
  public void setTransactionIsolation(int level) {
    called();
    isolation = level;
  }

  @Override
  public int getTransactionIsolation() {
    called();
    return isolation;
  }

  @Override
  public void commit() {
    called();
  }

  @Override
  public void rollback() {
    called();
  }

  @Override
  public Savepoint setSavepoint() {
    called();
    return SAVEPOINT;
  }

  @Override
  public Savepoint setSavepoint(String name) {
    called();
    return SAVEPOINT;
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) {
    called();
  }

  @Override
  public void rollback(Savepoint savepoint) {
    called();
  }

  @Override
  public void close() {
    called();
    driver.giveBack(this);
  }

  @Override
  public boolean isClosed() {
    asked();
    return false;
  }

  @Override
  public int getHoldability() {
    called();
    return 1;
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
  public DatabaseMetaData getMetaData() {
    called();
    return metaData;
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    asked();
    return type.isInstance(this);
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    asked();
    return type.cast(this);
  }
}
