package io.txhost.benchmarks;

import java.sql.ResultSet;

/** The rows of a {@link FreeDriver}'s query: as many as are asked for. */
abstract class FreeRows implements ResultSet {
  FreeDriver driver;

  private void called() {
    driver.statementCalls++;
  }

  @Override
  public boolean next() {
    called();
    return true;
  }

  @Override
  public int getInt(int column) {
    called();
    return 42;
  }

  @Override
  public long getLong(int column) {
    called();
    return 42;
  }

  @Override
  public String getString(int column) {
    called();
    return "name";
  }

  @Override
  public double getDouble(int column) {
    called();
    return 42;
  }

  @Override
  public boolean getBoolean(int column) {
    called();
    return true;
  }

  @Override
  public boolean wasNull() {
    called();
    return false;
  }

  @Override
  public int getType() {
    called();
    return TYPE_FORWARD_ONLY;
  }

  @Override
  public int getConcurrency() {
    called();
    return CONCUR_READ_ONLY;
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
}
