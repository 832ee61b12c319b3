package io.txhost.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A callable statement of ours over the driver's; see {@link GuardedStatement}. */
final class GuardedCallableStatement extends GuardedPreparedStatement implements CallableStatement {
  private final CallableStatement real;

  GuardedCallableStatement(
      Guard guard, GuardedConnection connection, CallableStatement real, Sql sql) {
    super(guard, connection, real, sql);
    this.real = real;
  }

  private CallableStatement callable() {
    guard().check();
    return real;
  }

  @SuppressWarnings("NullAway") // as the driver answers: null for SQL's NULL
  private Object guarded(@Nullable Object value) {
    return value instanceof ResultSet cursor
        ? result(cursor)
        : DriverObject.guarded(guard(), value);
  }

  @Override
  public void registerOutParameter(int parameterIndex, int sqlType) throws SQLException {
    callable().registerOutParameter(parameterIndex, sqlType);
  }

  @Override
  public void registerOutParameter(int parameterIndex, int sqlType, int scale) throws SQLException {
    callable().registerOutParameter(parameterIndex, sqlType, scale);
  }

  @Override
  public boolean wasNull() throws SQLException {
    return callable().wasNull();
  }

  @Override
  public String getString(int parameterIndex) throws SQLException {
    return callable().getString(parameterIndex);
  }

  @Override
  public boolean getBoolean(int parameterIndex) throws SQLException {
    return callable().getBoolean(parameterIndex);
  }

  @Override
  public byte getByte(int parameterIndex) throws SQLException {
    return callable().getByte(parameterIndex);
  }

  @Override
  public short getShort(int parameterIndex) throws SQLException {
    return callable().getShort(parameterIndex);
  }

  @Override
  public int getInt(int parameterIndex) throws SQLException {
    return callable().getInt(parameterIndex);
  }

  @Override
  public long getLong(int parameterIndex) throws SQLException {
    return callable().getLong(parameterIndex);
  }

  @Override
  public float getFloat(int parameterIndex) throws SQLException {
    return callable().getFloat(parameterIndex);
  }

  @Override
  public double getDouble(int parameterIndex) throws SQLException {
    return callable().getDouble(parameterIndex);
  }

  @Deprecated
  @Override
  public BigDecimal getBigDecimal(int parameterIndex, int scale) throws SQLException {
    return callable().getBigDecimal(parameterIndex, scale);
  }

  @Override
  public byte[] getBytes(int parameterIndex) throws SQLException {
    return callable().getBytes(parameterIndex);
  }

  @Override
  public Date getDate(int parameterIndex) throws SQLException {
    return callable().getDate(parameterIndex);
  }

  @Override
  public Time getTime(int parameterIndex) throws SQLException {
    return callable().getTime(parameterIndex);
  }

  @Override
  public Timestamp getTimestamp(int parameterIndex) throws SQLException {
    return callable().getTimestamp(parameterIndex);
  }

  @Override
  public Object getObject(int parameterIndex) throws SQLException {
    return guarded(guard().fetch(() -> callable().getObject(parameterIndex)));
  }

  @Override
  public BigDecimal getBigDecimal(int parameterIndex) throws SQLException {
    return callable().getBigDecimal(parameterIndex);
  }

  @Override
  public Object getObject(int parameterIndex, Map<String, Class<?>> map) throws SQLException {
    return guarded(guard().fetch(() -> callable().getObject(parameterIndex, map)));
  }

  @Override
  public Ref getRef(int parameterIndex) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getRef(parameterIndex)));
  }

  @Override
  public Blob getBlob(int parameterIndex) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getBlob(parameterIndex)));
  }

  @Override
  public Clob getClob(int parameterIndex) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getClob(parameterIndex)));
  }

  @Override
  public Array getArray(int parameterIndex) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getArray(parameterIndex)));
  }

  @Override
  public Date getDate(int parameterIndex, Calendar cal) throws SQLException {
    return callable().getDate(parameterIndex, cal);
  }

  @Override
  public Time getTime(int parameterIndex, Calendar cal) throws SQLException {
    return callable().getTime(parameterIndex, cal);
  }

  @Override
  public Timestamp getTimestamp(int parameterIndex, Calendar cal) throws SQLException {
    return callable().getTimestamp(parameterIndex, cal);
  }

  @Override
  public void registerOutParameter(int parameterIndex, int sqlType, String typeName)
      throws SQLException {
    callable().registerOutParameter(parameterIndex, sqlType, typeName);
  }

  @Override
  public void registerOutParameter(String parameterName, int sqlType) throws SQLException {
    callable().registerOutParameter(parameterName, sqlType);
  }

  @Override
  public void registerOutParameter(String parameterName, int sqlType, int scale)
      throws SQLException {
    callable().registerOutParameter(parameterName, sqlType, scale);
  }

  @Override
  public void registerOutParameter(String parameterName, int sqlType, String typeName)
      throws SQLException {
    callable().registerOutParameter(parameterName, sqlType, typeName);
  }

  @Override
  public URL getURL(int parameterIndex) throws SQLException {
    return guard().fetch(() -> callable().getURL(parameterIndex));
  }

  @Override
  public void setURL(String parameterName, URL val) throws SQLException {
    setting(Sql.DESCRIBE, () -> callable().setURL(parameterName, val));
  }

  @Override
  public void setNull(String parameterName, int sqlType) throws SQLException {
    callable().setNull(parameterName, sqlType);
  }

  @Override
  public void setBoolean(String parameterName, boolean x) throws SQLException {
    callable().setBoolean(parameterName, x);
  }

  @Override
  public void setByte(String parameterName, byte x) throws SQLException {
    callable().setByte(parameterName, x);
  }

  @Override
  public void setShort(String parameterName, short x) throws SQLException {
    callable().setShort(parameterName, x);
  }

  @Override
  public void setInt(String parameterName, int x) throws SQLException {
    callable().setInt(parameterName, x);
  }

  @Override
  public void setLong(String parameterName, long x) throws SQLException {
    callable().setLong(parameterName, x);
  }

  @Override
  public void setFloat(String parameterName, float x) throws SQLException {
    callable().setFloat(parameterName, x);
  }

  @Override
  public void setDouble(String parameterName, double x) throws SQLException {
    callable().setDouble(parameterName, x);
  }

  @Override
  public void setBigDecimal(String parameterName, BigDecimal x) throws SQLException {
    callable().setBigDecimal(parameterName, x);
  }

  @Override
  public void setString(String parameterName, String x) throws SQLException {
    callable().setString(parameterName, x);
  }

  @Override
  public void setBytes(String parameterName, byte[] x) throws SQLException {
    callable().setBytes(parameterName, x);
  }

  @Override
  public void setDate(String parameterName, Date x) throws SQLException {
    callable().setDate(parameterName, x);
  }

  @Override
  public void setTime(String parameterName, Time x) throws SQLException {
    callable().setTime(parameterName, x);
  }

  @Override
  public void setTimestamp(String parameterName, Timestamp x) throws SQLException {
    callable().setTimestamp(parameterName, x);
  }

  @Override
  public void setAsciiStream(String parameterName, InputStream x, int length) throws SQLException {
    setting(Sql.STREAM, () -> callable().setAsciiStream(parameterName, x, length));
  }

  @Override
  public void setBinaryStream(String parameterName, InputStream x, int length) throws SQLException {
    setting(Sql.STREAM, () -> callable().setBinaryStream(parameterName, x, length));
  }

  @Override
  public void setObject(String parameterName, Object x, int targetSqlType, int scale)
      throws SQLException {
    setting(x, theirs -> callable().setObject(parameterName, theirs, targetSqlType, scale));
  }

  @Override
  public void setObject(String parameterName, Object x, int targetSqlType) throws SQLException {
    setting(x, theirs -> callable().setObject(parameterName, theirs, targetSqlType));
  }

  @Override
  public void setObject(String parameterName, Object x) throws SQLException {
    setting(x, theirs -> callable().setObject(parameterName, theirs));
  }

  @Override
  public void setCharacterStream(String parameterName, Reader reader, int length)
      throws SQLException {
    setting(Sql.STREAM, () -> callable().setCharacterStream(parameterName, reader, length));
  }

  @Override
  public void setDate(String parameterName, Date x, Calendar cal) throws SQLException {
    callable().setDate(parameterName, x, cal);
  }

  @Override
  public void setTime(String parameterName, Time x, Calendar cal) throws SQLException {
    callable().setTime(parameterName, x, cal);
  }

  @Override
  public void setTimestamp(String parameterName, Timestamp x, Calendar cal) throws SQLException {
    callable().setTimestamp(parameterName, x, cal);
  }

  @Override
  public void setNull(String parameterName, int sqlType, String typeName) throws SQLException {
    setting(Sql.DESCRIBE, () -> callable().setNull(parameterName, sqlType, typeName));
  }

  @Override
  public String getString(String parameterName) throws SQLException {
    return callable().getString(parameterName);
  }

  @Override
  public boolean getBoolean(String parameterName) throws SQLException {
    return callable().getBoolean(parameterName);
  }

  @Override
  public byte getByte(String parameterName) throws SQLException {
    return callable().getByte(parameterName);
  }

  @Override
  public short getShort(String parameterName) throws SQLException {
    return callable().getShort(parameterName);
  }

  @Override
  public int getInt(String parameterName) throws SQLException {
    return callable().getInt(parameterName);
  }

  @Override
  public long getLong(String parameterName) throws SQLException {
    return callable().getLong(parameterName);
  }

  @Override
  public float getFloat(String parameterName) throws SQLException {
    return callable().getFloat(parameterName);
  }

  @Override
  public double getDouble(String parameterName) throws SQLException {
    return callable().getDouble(parameterName);
  }

  @Override
  public byte[] getBytes(String parameterName) throws SQLException {
    return callable().getBytes(parameterName);
  }

  @Override
  public Date getDate(String parameterName) throws SQLException {
    return callable().getDate(parameterName);
  }

  @Override
  public Time getTime(String parameterName) throws SQLException {
    return callable().getTime(parameterName);
  }

  @Override
  public Timestamp getTimestamp(String parameterName) throws SQLException {
    return callable().getTimestamp(parameterName);
  }

  @Override
  public Object getObject(String parameterName) throws SQLException {
    return guarded(guard().fetch(() -> callable().getObject(parameterName)));
  }

  @Override
  public BigDecimal getBigDecimal(String parameterName) throws SQLException {
    return callable().getBigDecimal(parameterName);
  }

  @Override
  public Object getObject(String parameterName, Map<String, Class<?>> map) throws SQLException {
    return guarded(guard().fetch(() -> callable().getObject(parameterName, map)));
  }

  @Override
  public Ref getRef(String parameterName) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getRef(parameterName)));
  }

  @Override
  public Blob getBlob(String parameterName) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getBlob(parameterName)));
  }

  @Override
  public Clob getClob(String parameterName) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getClob(parameterName)));
  }

  @Override
  public Array getArray(String parameterName) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getArray(parameterName)));
  }

  @Override
  public Date getDate(String parameterName, Calendar cal) throws SQLException {
    return callable().getDate(parameterName, cal);
  }

  @Override
  public Time getTime(String parameterName, Calendar cal) throws SQLException {
    return callable().getTime(parameterName, cal);
  }

  @Override
  public Timestamp getTimestamp(String parameterName, Calendar cal) throws SQLException {
    return callable().getTimestamp(parameterName, cal);
  }

  @Override
  public URL getURL(String parameterName) throws SQLException {
    return guard().fetch(() -> callable().getURL(parameterName));
  }

  @Override
  public RowId getRowId(int parameterIndex) throws SQLException {
    return guard().fetch(() -> callable().getRowId(parameterIndex));
  }

  @Override
  public RowId getRowId(String parameterName) throws SQLException {
    return guard().fetch(() -> callable().getRowId(parameterName));
  }

  @Override
  public void setRowId(String parameterName, RowId x) throws SQLException {
    setting(Sql.DESCRIBE, () -> callable().setRowId(parameterName, x));
  }

  @Override
  public void setNString(String parameterName, String value) throws SQLException {
    setting(Sql.DESCRIBE, () -> callable().setNString(parameterName, value));
  }

  @Override
  public void setNCharacterStream(String parameterName, Reader value, long length)
      throws SQLException {
    setting(Sql.STREAM, () -> callable().setNCharacterStream(parameterName, value, length));
  }

  @Override
  public void setNClob(String parameterName, NClob value) throws SQLException {
    setting(Sql.WRITE_OBJECT, value, theirs -> callable().setNClob(parameterName, theirs));
  }

  @Override
  public void setClob(String parameterName, Reader reader, long length) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> callable().setClob(parameterName, reader, length));
  }

  @Override
  public void setBlob(String parameterName, InputStream inputStream, long length)
      throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> callable().setBlob(parameterName, inputStream, length));
  }

  @Override
  public void setNClob(String parameterName, Reader reader, long length) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> callable().setNClob(parameterName, reader, length));
  }

  @Override
  public NClob getNClob(int parameterIndex) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getNClob(parameterIndex)));
  }

  @Override
  public NClob getNClob(String parameterName) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getNClob(parameterName)));
  }

  @Override
  public void setSQLXML(String parameterName, SQLXML xmlObject) throws SQLException {
    setting(Sql.DESCRIBE, xmlObject, theirs -> callable().setSQLXML(parameterName, theirs));
  }

  @Override
  public SQLXML getSQLXML(int parameterIndex) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getSQLXML(parameterIndex)));
  }

  @Override
  public SQLXML getSQLXML(String parameterName) throws SQLException {
    return DriverObject.guarded(guard(), guard().fetch(() -> callable().getSQLXML(parameterName)));
  }

  @Override
  public String getNString(int parameterIndex) throws SQLException {
    return guard().fetch(() -> callable().getNString(parameterIndex));
  }

  @Override
  public String getNString(String parameterName) throws SQLException {
    return guard().fetch(() -> callable().getNString(parameterName));
  }

  @Override
  public Reader getNCharacterStream(int parameterIndex) throws SQLException {
    return DriverObject.stream(
        guard(), guard().fetch(() -> callable().getNCharacterStream(parameterIndex)));
  }

  @Override
  public Reader getNCharacterStream(String parameterName) throws SQLException {
    return DriverObject.stream(
        guard(), guard().fetch(() -> callable().getNCharacterStream(parameterName)));
  }

  @Override
  public Reader getCharacterStream(int parameterIndex) throws SQLException {
    return DriverObject.stream(
        guard(), guard().fetch(() -> callable().getCharacterStream(parameterIndex)));
  }

  @Override
  public Reader getCharacterStream(String parameterName) throws SQLException {
    return DriverObject.stream(
        guard(), guard().fetch(() -> callable().getCharacterStream(parameterName)));
  }

  @Override
  public void setBlob(String parameterName, Blob x) throws SQLException {
    setting(Sql.WRITE_OBJECT, x, theirs -> callable().setBlob(parameterName, theirs));
  }

  @Override
  public void setClob(String parameterName, Clob x) throws SQLException {
    setting(Sql.WRITE_OBJECT, x, theirs -> callable().setClob(parameterName, theirs));
  }

  @Override
  public void setAsciiStream(String parameterName, InputStream x, long length) throws SQLException {
    setting(Sql.STREAM, () -> callable().setAsciiStream(parameterName, x, length));
  }

  @Override
  public void setBinaryStream(String parameterName, InputStream x, long length)
      throws SQLException {
    setting(Sql.STREAM, () -> callable().setBinaryStream(parameterName, x, length));
  }

  @Override
  public void setCharacterStream(String parameterName, Reader reader, long length)
      throws SQLException {
    setting(Sql.STREAM, () -> callable().setCharacterStream(parameterName, reader, length));
  }

  @Override
  public void setAsciiStream(String parameterName, InputStream x) throws SQLException {
    setting(Sql.STREAM, () -> callable().setAsciiStream(parameterName, x));
  }

  @Override
  public void setBinaryStream(String parameterName, InputStream x) throws SQLException {
    setting(Sql.STREAM, () -> callable().setBinaryStream(parameterName, x));
  }

  @Override
  public void setCharacterStream(String parameterName, Reader reader) throws SQLException {
    setting(Sql.STREAM, () -> callable().setCharacterStream(parameterName, reader));
  }

  @Override
  public void setNCharacterStream(String parameterName, Reader value) throws SQLException {
    setting(Sql.STREAM, () -> callable().setNCharacterStream(parameterName, value));
  }

  @Override
  public void setClob(String parameterName, Reader reader) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> callable().setClob(parameterName, reader));
  }

  @Override
  public void setBlob(String parameterName, InputStream inputStream) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> callable().setBlob(parameterName, inputStream));
  }

  @Override
  public void setNClob(String parameterName, Reader reader) throws SQLException {
    setting(Sql.WRITE_OBJECT, () -> callable().setNClob(parameterName, reader));
  }

  @Override
  public <T> T getObject(int parameterIndex, Class<T> type) throws SQLException {
    return DriverObject.guarded(
        guard(), guard().fetch(() -> callable().getObject(parameterIndex, type)), type);
  }

  @Override
  public <T> T getObject(String parameterName, Class<T> type) throws SQLException {
    return DriverObject.guarded(
        guard(), guard().fetch(() -> callable().getObject(parameterName, type)), type);
  }

  @Override
  public void setObject(String parameterName, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    setting(x, theirs -> callable().setObject(parameterName, theirs, targetSqlType, scaleOrLength));
  }

  @Override
  public void setObject(String parameterName, Object x, SQLType targetSqlType) throws SQLException {
    setting(x, theirs -> callable().setObject(parameterName, theirs, targetSqlType));
  }

  @Override
  public void registerOutParameter(int parameterIndex, SQLType sqlType) throws SQLException {
    callable().registerOutParameter(parameterIndex, sqlType);
  }

  @Override
  public void registerOutParameter(int parameterIndex, SQLType sqlType, int scale)
      throws SQLException {
    callable().registerOutParameter(parameterIndex, sqlType, scale);
  }

  @Override
  public void registerOutParameter(int parameterIndex, SQLType sqlType, String typeName)
      throws SQLException {
    callable().registerOutParameter(parameterIndex, sqlType, typeName);
  }

  @Override
  public void registerOutParameter(String parameterName, SQLType sqlType) throws SQLException {
    callable().registerOutParameter(parameterName, sqlType);
  }

  @Override
  public void registerOutParameter(String parameterName, SQLType sqlType, int scale)
      throws SQLException {
    callable().registerOutParameter(parameterName, sqlType, scale);
  }

  @Override
  public void registerOutParameter(String parameterName, SQLType sqlType, String typeName)
      throws SQLException {
    callable().registerOutParameter(parameterName, sqlType, typeName);
  }
}
