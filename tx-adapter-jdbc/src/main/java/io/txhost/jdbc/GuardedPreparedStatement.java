package io.txhost.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A prepared statement of ours over the driver's; see {@link GuardedStatement}. */
class GuardedPreparedStatement extends GuardedStatement implements PreparedStatement {
  private final PreparedStatement real;
  private final Sql sql;

  GuardedPreparedStatement(
      Guard guard, GuardedConnection connection, PreparedStatement real, Sql sql) {
    super(guard, connection, real);
    this.real = real;
    this.sql = sql;
  }

  private PreparedStatement prepared() {
    guard().check();
    return real;
  }

  /**
   * Sets a parameter by a call that may reach the server: a driver asks for types, or stores a
   * large object at once.
   */
  final void setting(Sql what, SqlCall.Action setter) throws SQLException {
    guard().execute(TimeLimit.NONE, what, SqlCall.of(setter));
  }

  /** The same with an object of the driver's, which may be behind a guard. */
  final <V extends @Nullable Object> void setting(Sql what, V value, Setter<V> setter)
      throws SQLException {
    V theirs = DriverObject.real(value);
    setting(what, () -> setter.set(theirs));
  }

  /**
   * The same for a value of any type. Those of the JDK that have no content elsewhere are local.
   */
  final void setting(@Nullable Object value, Setter<@Nullable Object> setter) throws SQLException {
    if (isStream(value)) {
      setting(Sql.STREAM, value, setter);
    } else if (value instanceof Blob || value instanceof Clob) {
      setting(Sql.WRITE_OBJECT, value, setter);
    } else if (value == null
        || (value.getClass().getName().startsWith("java.") && !(value instanceof Map))) {
      guard().check();
      setter.set(value);
    } else {
      setting(Sql.DESCRIBE, value, setter);
    }
  }

  /** Sets a parameter. */
  @FunctionalInterface
  interface Setter<V extends @Nullable Object> {
    void set(V value) throws SQLException;
  }

  /** Whether code of the user's runs when it is read. */
  static boolean isStream(@Nullable Object value) {
    return value instanceof InputStream || value instanceof Reader;
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    ResultSet driver;
    guard().beforeSending(timeLimit(), sql);
    try {
      driver = real.executeQuery();
      guard().sent(sql);
    } catch (Throwable failure) {
      guard().failedSending(sql, failure);
      throw failure;
    } finally {
      guard().afterSending(timeLimit(), sql);
    }
    return result(driver);
  }

  @Override
  public int executeUpdate() throws SQLException {
    guard().beforeSending(timeLimit(), sql);
    try {
      int result = real.executeUpdate();
      guard().sent(sql);
      return result;
    } catch (Throwable failure) {
      guard().failedSending(sql, failure);
      throw failure;
    } finally {
      guard().afterSending(timeLimit(), sql);
    }
  }

  @Override
  public void setNull(int parameterIndex, int sqlType) throws SQLException {
    prepared().setNull(parameterIndex, sqlType);
  }

  @Override
  public void setBoolean(int parameterIndex, boolean x) throws SQLException {
    prepared().setBoolean(parameterIndex, x);
  }

  @Override
  public void setByte(int parameterIndex, byte x) throws SQLException {
    prepared().setByte(parameterIndex, x);
  }

  @Override
  public void setShort(int parameterIndex, short x) throws SQLException {
    prepared().setShort(parameterIndex, x);
  }

  @Override
  public void setInt(int parameterIndex, int x) throws SQLException {
    prepared().setInt(parameterIndex, x);
  }

  @Override
  public void setLong(int parameterIndex, long x) throws SQLException {
    prepared().setLong(parameterIndex, x);
  }

  @Override
  public void setFloat(int parameterIndex, float x) throws SQLException {
    prepared().setFloat(parameterIndex, x);
  }

  @Override
  public void setDouble(int parameterIndex, double x) throws SQLException {
    prepared().setDouble(parameterIndex, x);
  }

  @Override
  public void setBigDecimal(int parameterIndex, BigDecimal x) throws SQLException {
    prepared().setBigDecimal(parameterIndex, x);
  }

  @Override
  public void setString(int parameterIndex, String x) throws SQLException {
    prepared().setString(parameterIndex, x);
  }

  @Override
  public void setBytes(int parameterIndex, byte[] x) throws SQLException {
    prepared().setBytes(parameterIndex, x);
  }

  @Override
  public void setDate(int parameterIndex, Date x) throws SQLException {
    prepared().setDate(parameterIndex, x);
  }

  @Override
  public void setTime(int parameterIndex, Time x) throws SQLException {
    prepared().setTime(parameterIndex, x);
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp x) throws SQLException {
    prepared().setTimestamp(parameterIndex, x);
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x, int length) throws SQLException {
    setting(Sql.STREAM, () -> real.setAsciiStream(parameterIndex, x, length));
  }

  @Deprecated
  @Override
  public void setUnicodeStream(int parameterIndex, InputStream x, int length) throws SQLException {
    setting(Sql.STREAM, () -> real.setUnicodeStream(parameterIndex, x, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x, int length) throws SQLException {
    setting(Sql.STREAM, () -> real.setBinaryStream(parameterIndex, x, length));
  }

  @Override
  public void clearParameters() throws SQLException {
    prepared().clearParameters();
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType) throws SQLException {
    setting(x, theirs -> real.setObject(parameterIndex, theirs, targetSqlType));
  }

  @Override
  public void setObject(int parameterIndex, Object x) throws SQLException {
    setting(x, theirs -> real.setObject(parameterIndex, theirs));
  }

  @Override
  public boolean execute() throws SQLException {
    guard().beforeSending(timeLimit(), sql);
    try {
      boolean result = real.execute();
      guard().sent(sql);
      return result;
    } catch (Throwable failure) {
      guard().failedSending(sql, failure);
      throw failure;
    } finally {
      guard().afterSending(timeLimit(), sql);
    }
  }

  @Override
  public void addBatch() throws SQLException {
    prepared().addBatch();
    addToBatch(sql);
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader reader, int length)
      throws SQLException {
    setting(Sql.STREAM, () -> real.setCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setRef(int parameterIndex, Ref x) throws SQLException {
    setting(Sql.DESCRIBE, x, theirs -> real.setRef(parameterIndex, theirs));
  }

  @Override
  public void setBlob(int parameterIndex, Blob x) throws SQLException {
    setting(Sql.WRITE_OBJECT, x, theirs -> real.setBlob(parameterIndex, theirs));
  }

  @Override
  public void setClob(int parameterIndex, Clob x) throws SQLException {
    setting(Sql.WRITE_OBJECT, x, theirs -> real.setClob(parameterIndex, theirs));
  }

  @Override
  public void setArray(int parameterIndex, Array x) throws SQLException {
    setting(Sql.DESCRIBE, x, theirs -> real.setArray(parameterIndex, theirs));
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    return DriverObject.guarded(
        guard(), guard().execute(timeLimit(), Sql.DESCRIBE, real::getMetaData));
  }

  @Override
  public void setDate(int parameterIndex, Date x, Calendar cal) throws SQLException {
    prepared().setDate(parameterIndex, x, cal);
  }

  @Override
  public void setTime(int parameterIndex, Time x, Calendar cal) throws SQLException {
    prepared().setTime(parameterIndex, x, cal);
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp x, Calendar cal) throws SQLException {
    prepared().setTimestamp(parameterIndex, x, cal);
  }

  @Override
  public void setNull(int parameterIndex, int sqlType, String typeName) throws SQLException {
    setting(Sql.DESCRIBE, () -> real.setNull(parameterIndex, sqlType, typeName));
  }

  @Override
  public void setURL(int parameterIndex, URL x) throws SQLException {
    setting(Sql.DESCRIBE, () -> real.setURL(parameterIndex, x));
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    return DriverObject.guarded(
        guard(), guard().execute(timeLimit(), Sql.DESCRIBE, real::getParameterMetaData));
  }

  @Override
  public void setRowId(int parameterIndex, RowId x) throws SQLException {
    setting(Sql.DESCRIBE, () -> real.setRowId(parameterIndex, x));
  }

  @Override
  public void setNString(int parameterIndex, String value) throws SQLException {
    setting(Sql.DESCRIBE, () -> real.setNString(parameterIndex, value));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader value, long length)
      throws SQLException {
    setting(Sql.STREAM, () -> real.setNCharacterStream(parameterIndex, value, length));
  }

  @Override
  public void setNClob(int parameterIndex, NClob value) throws SQLException {
    setting(Sql.WRITE_OBJECT, value, theirs -> real.setNClob(parameterIndex, theirs));
  }

  @Override
  public void setClob(int parameterIndex, Reader reader, long length) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> real.setClob(parameterIndex, reader, length));
  }

  @Override
  public void setBlob(int parameterIndex, InputStream inputStream, long length)
      throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> real.setBlob(parameterIndex, inputStream, length));
  }

  @Override
  public void setNClob(int parameterIndex, Reader reader, long length) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> real.setNClob(parameterIndex, reader, length));
  }

  @Override
  public void setSQLXML(int parameterIndex, SQLXML xmlObject) throws SQLException {
    setting(Sql.DESCRIBE, xmlObject, theirs -> real.setSQLXML(parameterIndex, theirs));
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType, int scaleOrLength)
      throws SQLException {
    setting(x, theirs -> real.setObject(parameterIndex, theirs, targetSqlType, scaleOrLength));
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x, long length) throws SQLException {
    setting(Sql.STREAM, () -> real.setAsciiStream(parameterIndex, x, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x, long length) throws SQLException {
    setting(Sql.STREAM, () -> real.setBinaryStream(parameterIndex, x, length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader reader, long length)
      throws SQLException {
    setting(Sql.STREAM, () -> real.setCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x) throws SQLException {
    setting(Sql.STREAM, () -> real.setAsciiStream(parameterIndex, x));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x) throws SQLException {
    setting(Sql.STREAM, () -> real.setBinaryStream(parameterIndex, x));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader reader) throws SQLException {
    setting(Sql.STREAM, () -> real.setCharacterStream(parameterIndex, reader));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader value) throws SQLException {
    setting(Sql.STREAM, () -> real.setNCharacterStream(parameterIndex, value));
  }

  @Override
  public void setClob(int parameterIndex, Reader reader) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> real.setClob(parameterIndex, reader));
  }

  @Override
  public void setBlob(int parameterIndex, InputStream inputStream) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> real.setBlob(parameterIndex, inputStream));
  }

  @Override
  public void setNClob(int parameterIndex, Reader reader) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> real.setNClob(parameterIndex, reader));
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    setting(x, theirs -> real.setObject(parameterIndex, theirs, targetSqlType, scaleOrLength));
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType) throws SQLException {
    setting(x, theirs -> real.setObject(parameterIndex, theirs, targetSqlType));
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return guard().execute(timeLimit(), sql, real::executeLargeUpdate);
  }
}
