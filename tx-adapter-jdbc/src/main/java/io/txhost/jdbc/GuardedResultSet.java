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
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A result set of ours over the driver's. Moving may fetch, so a failure there is looked at;
 * changing a row is a statement. {@link #getStatement()} gives ours, null where metadata made it.
 */
final class GuardedResultSet extends ClosedAtEnd implements ResultSet {
  private final Guard guard;
  private final @Nullable GuardedStatement statement;
  private final ResultSet real;

  GuardedResultSet(Guard guard, @Nullable GuardedStatement statement, ResultSet real) {
    this.guard = guard;
    this.statement = statement;
    this.real = real;
  }

  private ResultSet real() {
    guard.check();
    return real;
  }

  @Override
  void closeAtEnd() throws SQLException {
    real.close();
  }

  /** A driver may read the stream at once, and send what it reads. */
  private void streaming(SqlCall.Action update) throws SQLException {
    guard.execute(TimeLimit.NONE, Sql.STREAM, SqlCall.of(update));
  }

  private <V extends @Nullable Object> void updating(
      V value, GuardedPreparedStatement.Setter<V> setter) throws SQLException {
    V theirs = DriverObject.real(value);
    SqlCall.Action update = () -> setter.set(theirs);
    if (GuardedPreparedStatement.isStream(value)
        || value instanceof Blob
        || value instanceof Clob) {
      streaming(update);
    } else {
      guard.fetch(SqlCall.of(update));
    }
  }

  @SuppressWarnings("NullAway") // as the driver answers: null for SQL's NULL
  private Object guarded(@Nullable Object value) {
    return value instanceof ResultSet nested
        ? new GuardedResultSet(guard, statement, nested)
        : DriverObject.guarded(guard, value);
  }

  @Override
  public boolean next() throws SQLException {
    guard.beforeFetching();
    try {
      return real.next();
    } catch (Throwable failure) {
      guard.failedFetching(failure);
      throw failure;
    } finally {
      guard.afterFetching();
    }
  }

  @Override
  public void close() throws SQLException {
    guard.close(this);
    if (statement != null) {
      statement.resultSetClosed();
    }
  }

  @Override
  public boolean wasNull() throws SQLException {
    return real().wasNull();
  }

  @Override
  public String getString(int columnIndex) throws SQLException {
    return real().getString(columnIndex);
  }

  @Override
  public boolean getBoolean(int columnIndex) throws SQLException {
    return real().getBoolean(columnIndex);
  }

  @Override
  public byte getByte(int columnIndex) throws SQLException {
    return real().getByte(columnIndex);
  }

  @Override
  public short getShort(int columnIndex) throws SQLException {
    return real().getShort(columnIndex);
  }

  @Override
  public int getInt(int columnIndex) throws SQLException {
    return real().getInt(columnIndex);
  }

  @Override
  public long getLong(int columnIndex) throws SQLException {
    return real().getLong(columnIndex);
  }

  @Override
  public float getFloat(int columnIndex) throws SQLException {
    return real().getFloat(columnIndex);
  }

  @Override
  public double getDouble(int columnIndex) throws SQLException {
    return real().getDouble(columnIndex);
  }

  @Deprecated
  @Override
  public BigDecimal getBigDecimal(int columnIndex, int scale) throws SQLException {
    return real().getBigDecimal(columnIndex, scale);
  }

  @Override
  public byte[] getBytes(int columnIndex) throws SQLException {
    return real().getBytes(columnIndex);
  }

  @Override
  public Date getDate(int columnIndex) throws SQLException {
    return real().getDate(columnIndex);
  }

  @Override
  public Time getTime(int columnIndex) throws SQLException {
    return real().getTime(columnIndex);
  }

  @Override
  public Timestamp getTimestamp(int columnIndex) throws SQLException {
    return real().getTimestamp(columnIndex);
  }

  @Override
  public InputStream getAsciiStream(int columnIndex) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getAsciiStream(columnIndex)));
  }

  @Deprecated
  @Override
  public InputStream getUnicodeStream(int columnIndex) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getUnicodeStream(columnIndex)));
  }

  @Override
  public InputStream getBinaryStream(int columnIndex) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getBinaryStream(columnIndex)));
  }

  @Override
  public String getString(String columnLabel) throws SQLException {
    return real().getString(columnLabel);
  }

  @Override
  public boolean getBoolean(String columnLabel) throws SQLException {
    return real().getBoolean(columnLabel);
  }

  @Override
  public byte getByte(String columnLabel) throws SQLException {
    return real().getByte(columnLabel);
  }

  @Override
  public short getShort(String columnLabel) throws SQLException {
    return real().getShort(columnLabel);
  }

  @Override
  public int getInt(String columnLabel) throws SQLException {
    return real().getInt(columnLabel);
  }

  @Override
  public long getLong(String columnLabel) throws SQLException {
    return real().getLong(columnLabel);
  }

  @Override
  public float getFloat(String columnLabel) throws SQLException {
    return real().getFloat(columnLabel);
  }

  @Override
  public double getDouble(String columnLabel) throws SQLException {
    return real().getDouble(columnLabel);
  }

  @Deprecated
  @Override
  public BigDecimal getBigDecimal(String columnLabel, int scale) throws SQLException {
    return real().getBigDecimal(columnLabel, scale);
  }

  @Override
  public byte[] getBytes(String columnLabel) throws SQLException {
    return real().getBytes(columnLabel);
  }

  @Override
  public Date getDate(String columnLabel) throws SQLException {
    return real().getDate(columnLabel);
  }

  @Override
  public Time getTime(String columnLabel) throws SQLException {
    return real().getTime(columnLabel);
  }

  @Override
  public Timestamp getTimestamp(String columnLabel) throws SQLException {
    return real().getTimestamp(columnLabel);
  }

  @Override
  public InputStream getAsciiStream(String columnLabel) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getAsciiStream(columnLabel)));
  }

  @Deprecated
  @Override
  public InputStream getUnicodeStream(String columnLabel) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getUnicodeStream(columnLabel)));
  }

  @Override
  public InputStream getBinaryStream(String columnLabel) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getBinaryStream(columnLabel)));
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    return guard.fetch(() -> real().getWarnings());
  }

  @Override
  public void clearWarnings() throws SQLException {
    guard.fetch(SqlCall.of(() -> real().clearWarnings()));
  }

  @Override
  public String getCursorName() throws SQLException {
    return real().getCursorName();
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getMetaData()));
  }

  @Override
  public Object getObject(int columnIndex) throws SQLException {
    return guarded(guard.fetch(() -> real().getObject(columnIndex)));
  }

  @Override
  public Object getObject(String columnLabel) throws SQLException {
    return guarded(guard.fetch(() -> real().getObject(columnLabel)));
  }

  @Override
  public int findColumn(String columnLabel) throws SQLException {
    return real().findColumn(columnLabel);
  }

  @Override
  public Reader getCharacterStream(int columnIndex) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getCharacterStream(columnIndex)));
  }

  @Override
  public Reader getCharacterStream(String columnLabel) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getCharacterStream(columnLabel)));
  }

  @Override
  public BigDecimal getBigDecimal(int columnIndex) throws SQLException {
    return real().getBigDecimal(columnIndex);
  }

  @Override
  public BigDecimal getBigDecimal(String columnLabel) throws SQLException {
    return real().getBigDecimal(columnLabel);
  }

  @Override
  public boolean isBeforeFirst() throws SQLException {
    return real().isBeforeFirst();
  }

  @Override
  public boolean isAfterLast() throws SQLException {
    return real().isAfterLast();
  }

  @Override
  public boolean isFirst() throws SQLException {
    return real().isFirst();
  }

  @Override
  public boolean isLast() throws SQLException {
    return guard.fetch(real()::isLast);
  }

  @Override
  public void beforeFirst() throws SQLException {
    guard.fetch(SqlCall.of(real()::beforeFirst));
  }

  @Override
  public void afterLast() throws SQLException {
    guard.fetch(SqlCall.of(real()::afterLast));
  }

  @Override
  public boolean first() throws SQLException {
    return guard.fetch(real()::first);
  }

  @Override
  public boolean last() throws SQLException {
    return guard.fetch(real()::last);
  }

  @Override
  public int getRow() throws SQLException {
    return real().getRow();
  }

  @Override
  public boolean absolute(int row) throws SQLException {
    ResultSet from = real();
    return guard.fetch(() -> from.absolute(row));
  }

  @Override
  public boolean relative(int rows) throws SQLException {
    ResultSet from = real();
    return guard.fetch(() -> from.relative(rows));
  }

  @Override
  public boolean previous() throws SQLException {
    return guard.fetch(real()::previous);
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    real().setFetchDirection(direction);
  }

  @Override
  public int getFetchDirection() throws SQLException {
    return real().getFetchDirection();
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    real().setFetchSize(rows);
  }

  @Override
  public int getFetchSize() throws SQLException {
    return real().getFetchSize();
  }

  @Override
  public int getType() throws SQLException {
    return real().getType();
  }

  @Override
  public int getConcurrency() throws SQLException {
    return real().getConcurrency();
  }

  @Override
  public boolean rowUpdated() throws SQLException {
    return real().rowUpdated();
  }

  @Override
  public boolean rowInserted() throws SQLException {
    return real().rowInserted();
  }

  @Override
  public boolean rowDeleted() throws SQLException {
    return real().rowDeleted();
  }

  @Override
  public void updateNull(int columnIndex) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateNull(columnIndex)));
  }

  @Override
  public void updateBoolean(int columnIndex, boolean x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateBoolean(columnIndex, x)));
  }

  @Override
  public void updateByte(int columnIndex, byte x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateByte(columnIndex, x)));
  }

  @Override
  public void updateShort(int columnIndex, short x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateShort(columnIndex, x)));
  }

  @Override
  public void updateInt(int columnIndex, int x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateInt(columnIndex, x)));
  }

  @Override
  public void updateLong(int columnIndex, long x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateLong(columnIndex, x)));
  }

  @Override
  public void updateFloat(int columnIndex, float x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateFloat(columnIndex, x)));
  }

  @Override
  public void updateDouble(int columnIndex, double x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateDouble(columnIndex, x)));
  }

  @Override
  public void updateBigDecimal(int columnIndex, BigDecimal x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateBigDecimal(columnIndex, x)));
  }

  @Override
  public void updateString(int columnIndex, String x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateString(columnIndex, x)));
  }

  @Override
  public void updateBytes(int columnIndex, byte[] x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateBytes(columnIndex, x)));
  }

  @Override
  public void updateDate(int columnIndex, Date x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateDate(columnIndex, x)));
  }

  @Override
  public void updateTime(int columnIndex, Time x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateTime(columnIndex, x)));
  }

  @Override
  public void updateTimestamp(int columnIndex, Timestamp x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateTimestamp(columnIndex, x)));
  }

  @Override
  public void updateAsciiStream(int columnIndex, InputStream x, int length) throws SQLException {
    streaming(() -> real().updateAsciiStream(columnIndex, x, length));
  }

  @Override
  public void updateBinaryStream(int columnIndex, InputStream x, int length) throws SQLException {
    streaming(() -> real().updateBinaryStream(columnIndex, x, length));
  }

  @Override
  public void updateCharacterStream(int columnIndex, Reader x, int length) throws SQLException {
    streaming(() -> real().updateCharacterStream(columnIndex, x, length));
  }

  @Override
  public void updateObject(int columnIndex, Object x, int scaleOrLength) throws SQLException {
    updating(x, theirs -> real().updateObject(columnIndex, theirs, scaleOrLength));
  }

  @Override
  public void updateObject(int columnIndex, Object x) throws SQLException {
    updating(x, theirs -> real().updateObject(columnIndex, theirs));
  }

  @Override
  public void updateNull(String columnLabel) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateNull(columnLabel)));
  }

  @Override
  public void updateBoolean(String columnLabel, boolean x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateBoolean(columnLabel, x)));
  }

  @Override
  public void updateByte(String columnLabel, byte x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateByte(columnLabel, x)));
  }

  @Override
  public void updateShort(String columnLabel, short x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateShort(columnLabel, x)));
  }

  @Override
  public void updateInt(String columnLabel, int x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateInt(columnLabel, x)));
  }

  @Override
  public void updateLong(String columnLabel, long x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateLong(columnLabel, x)));
  }

  @Override
  public void updateFloat(String columnLabel, float x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateFloat(columnLabel, x)));
  }

  @Override
  public void updateDouble(String columnLabel, double x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateDouble(columnLabel, x)));
  }

  @Override
  public void updateBigDecimal(String columnLabel, BigDecimal x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateBigDecimal(columnLabel, x)));
  }

  @Override
  public void updateString(String columnLabel, String x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateString(columnLabel, x)));
  }

  @Override
  public void updateBytes(String columnLabel, byte[] x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateBytes(columnLabel, x)));
  }

  @Override
  public void updateDate(String columnLabel, Date x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateDate(columnLabel, x)));
  }

  @Override
  public void updateTime(String columnLabel, Time x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateTime(columnLabel, x)));
  }

  @Override
  public void updateTimestamp(String columnLabel, Timestamp x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateTimestamp(columnLabel, x)));
  }

  @Override
  public void updateAsciiStream(String columnLabel, InputStream x, int length) throws SQLException {
    streaming(() -> real().updateAsciiStream(columnLabel, x, length));
  }

  @Override
  public void updateBinaryStream(String columnLabel, InputStream x, int length)
      throws SQLException {
    streaming(() -> real().updateBinaryStream(columnLabel, x, length));
  }

  @Override
  public void updateCharacterStream(String columnLabel, Reader reader, int length)
      throws SQLException {
    streaming(() -> real().updateCharacterStream(columnLabel, reader, length));
  }

  @Override
  public void updateObject(String columnLabel, Object x, int scaleOrLength) throws SQLException {
    updating(x, theirs -> real().updateObject(columnLabel, theirs, scaleOrLength));
  }

  @Override
  public void updateObject(String columnLabel, Object x) throws SQLException {
    updating(x, theirs -> real().updateObject(columnLabel, theirs));
  }

  @Override
  public void insertRow() throws SQLException {
    guard.execute(TimeLimit.NONE, Sql.WRITE_ROW, SqlCall.of(real()::insertRow));
  }

  @Override
  public void updateRow() throws SQLException {
    guard.execute(TimeLimit.NONE, Sql.WRITE_ROW, SqlCall.of(real()::updateRow));
  }

  @Override
  public void deleteRow() throws SQLException {
    guard.execute(TimeLimit.NONE, Sql.WRITE_ROW, SqlCall.of(real()::deleteRow));
  }

  @Override
  public void refreshRow() throws SQLException {
    guard.execute(TimeLimit.NONE, Sql.REFRESH_ROW, SqlCall.of(real()::refreshRow));
  }

  @Override
  public void cancelRowUpdates() throws SQLException {
    guard.fetch(SqlCall.of(() -> real().cancelRowUpdates()));
  }

  @Override
  public void moveToInsertRow() throws SQLException {
    guard.fetch(SqlCall.of(() -> real().moveToInsertRow()));
  }

  @Override
  public void moveToCurrentRow() throws SQLException {
    guard.fetch(SqlCall.of(() -> real().moveToCurrentRow()));
  }

  @Override
  public @Nullable Statement getStatement() throws SQLException {
    guard.check();
    return statement == null ? null : statement.shown();
  }

  @Override
  public Object getObject(int columnIndex, Map<String, Class<?>> map) throws SQLException {
    return guarded(guard.fetch(() -> real().getObject(columnIndex, map)));
  }

  @Override
  public Ref getRef(int columnIndex) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getRef(columnIndex)));
  }

  @Override
  public Blob getBlob(int columnIndex) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getBlob(columnIndex)));
  }

  @Override
  public Clob getClob(int columnIndex) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getClob(columnIndex)));
  }

  @Override
  public Array getArray(int columnIndex) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getArray(columnIndex)));
  }

  @Override
  public Object getObject(String columnLabel, Map<String, Class<?>> map) throws SQLException {
    return guarded(guard.fetch(() -> real().getObject(columnLabel, map)));
  }

  @Override
  public Ref getRef(String columnLabel) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getRef(columnLabel)));
  }

  @Override
  public Blob getBlob(String columnLabel) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getBlob(columnLabel)));
  }

  @Override
  public Clob getClob(String columnLabel) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getClob(columnLabel)));
  }

  @Override
  public Array getArray(String columnLabel) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getArray(columnLabel)));
  }

  @Override
  public Date getDate(int columnIndex, Calendar cal) throws SQLException {
    return real().getDate(columnIndex, cal);
  }

  @Override
  public Date getDate(String columnLabel, Calendar cal) throws SQLException {
    return real().getDate(columnLabel, cal);
  }

  @Override
  public Time getTime(int columnIndex, Calendar cal) throws SQLException {
    return real().getTime(columnIndex, cal);
  }

  @Override
  public Time getTime(String columnLabel, Calendar cal) throws SQLException {
    return real().getTime(columnLabel, cal);
  }

  @Override
  public Timestamp getTimestamp(int columnIndex, Calendar cal) throws SQLException {
    return real().getTimestamp(columnIndex, cal);
  }

  @Override
  public Timestamp getTimestamp(String columnLabel, Calendar cal) throws SQLException {
    return real().getTimestamp(columnLabel, cal);
  }

  @Override
  public URL getURL(int columnIndex) throws SQLException {
    return guard.fetch(() -> real().getURL(columnIndex));
  }

  @Override
  public URL getURL(String columnLabel) throws SQLException {
    return guard.fetch(() -> real().getURL(columnLabel));
  }

  @Override
  public void updateRef(int columnIndex, Ref x) throws SQLException {
    updating(x, theirs -> real().updateRef(columnIndex, theirs));
  }

  @Override
  public void updateRef(String columnLabel, Ref x) throws SQLException {
    updating(x, theirs -> real().updateRef(columnLabel, theirs));
  }

  @Override
  public void updateBlob(int columnIndex, Blob x) throws SQLException {
    updating(x, theirs -> real().updateBlob(columnIndex, theirs));
  }

  @Override
  public void updateBlob(String columnLabel, Blob x) throws SQLException {
    updating(x, theirs -> real().updateBlob(columnLabel, theirs));
  }

  @Override
  public void updateClob(int columnIndex, Clob x) throws SQLException {
    updating(x, theirs -> real().updateClob(columnIndex, theirs));
  }

  @Override
  public void updateClob(String columnLabel, Clob x) throws SQLException {
    updating(x, theirs -> real().updateClob(columnLabel, theirs));
  }

  @Override
  public void updateArray(int columnIndex, Array x) throws SQLException {
    updating(x, theirs -> real().updateArray(columnIndex, theirs));
  }

  @Override
  public void updateArray(String columnLabel, Array x) throws SQLException {
    updating(x, theirs -> real().updateArray(columnLabel, theirs));
  }

  @Override
  public RowId getRowId(int columnIndex) throws SQLException {
    return guard.fetch(() -> real().getRowId(columnIndex));
  }

  @Override
  public RowId getRowId(String columnLabel) throws SQLException {
    return guard.fetch(() -> real().getRowId(columnLabel));
  }

  @Override
  public void updateRowId(int columnIndex, RowId x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateRowId(columnIndex, x)));
  }

  @Override
  public void updateRowId(String columnLabel, RowId x) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateRowId(columnLabel, x)));
  }

  @Override
  public int getHoldability() throws SQLException {
    return real().getHoldability();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return guard.hasEnded() || real.isClosed();
  }

  @Override
  public void updateNString(int columnIndex, String nString) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateNString(columnIndex, nString)));
  }

  @Override
  public void updateNString(String columnLabel, String nString) throws SQLException {
    guard.fetch(SqlCall.of(() -> real().updateNString(columnLabel, nString)));
  }

  @Override
  public void updateNClob(int columnIndex, NClob nClob) throws SQLException {
    updating(nClob, theirs -> real().updateNClob(columnIndex, theirs));
  }

  @Override
  public void updateNClob(String columnLabel, NClob nClob) throws SQLException {
    updating(nClob, theirs -> real().updateNClob(columnLabel, theirs));
  }

  @Override
  public NClob getNClob(int columnIndex) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getNClob(columnIndex)));
  }

  @Override
  public NClob getNClob(String columnLabel) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getNClob(columnLabel)));
  }

  @Override
  public SQLXML getSQLXML(int columnIndex) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getSQLXML(columnIndex)));
  }

  @Override
  public SQLXML getSQLXML(String columnLabel) throws SQLException {
    return DriverObject.guarded(guard, guard.fetch(() -> real().getSQLXML(columnLabel)));
  }

  @Override
  public void updateSQLXML(int columnIndex, SQLXML xmlObject) throws SQLException {
    updating(xmlObject, theirs -> real().updateSQLXML(columnIndex, theirs));
  }

  @Override
  public void updateSQLXML(String columnLabel, SQLXML xmlObject) throws SQLException {
    updating(xmlObject, theirs -> real().updateSQLXML(columnLabel, theirs));
  }

  @Override
  public String getNString(int columnIndex) throws SQLException {
    return guard.fetch(() -> real().getNString(columnIndex));
  }

  @Override
  public String getNString(String columnLabel) throws SQLException {
    return guard.fetch(() -> real().getNString(columnLabel));
  }

  @Override
  public Reader getNCharacterStream(int columnIndex) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getNCharacterStream(columnIndex)));
  }

  @Override
  public Reader getNCharacterStream(String columnLabel) throws SQLException {
    return DriverObject.stream(guard, guard.fetch(() -> real().getNCharacterStream(columnLabel)));
  }

  @Override
  public void updateNCharacterStream(int columnIndex, Reader x, long length) throws SQLException {
    streaming(() -> real().updateNCharacterStream(columnIndex, x, length));
  }

  @Override
  public void updateNCharacterStream(String columnLabel, Reader reader, long length)
      throws SQLException {
    streaming(() -> real().updateNCharacterStream(columnLabel, reader, length));
  }

  @Override
  public void updateAsciiStream(int columnIndex, InputStream x, long length) throws SQLException {
    streaming(() -> real().updateAsciiStream(columnIndex, x, length));
  }

  @Override
  public void updateBinaryStream(int columnIndex, InputStream x, long length) throws SQLException {
    streaming(() -> real().updateBinaryStream(columnIndex, x, length));
  }

  @Override
  public void updateCharacterStream(int columnIndex, Reader x, long length) throws SQLException {
    streaming(() -> real().updateCharacterStream(columnIndex, x, length));
  }

  @Override
  public void updateAsciiStream(String columnLabel, InputStream x, long length)
      throws SQLException {
    streaming(() -> real().updateAsciiStream(columnLabel, x, length));
  }

  @Override
  public void updateBinaryStream(String columnLabel, InputStream x, long length)
      throws SQLException {
    streaming(() -> real().updateBinaryStream(columnLabel, x, length));
  }

  @Override
  public void updateCharacterStream(String columnLabel, Reader reader, long length)
      throws SQLException {
    streaming(() -> real().updateCharacterStream(columnLabel, reader, length));
  }

  @Override
  public void updateBlob(int columnIndex, InputStream inputStream, long length)
      throws SQLException {
    streaming(() -> real().updateBlob(columnIndex, inputStream, length));
  }

  @Override
  public void updateBlob(String columnLabel, InputStream inputStream, long length)
      throws SQLException {
    streaming(() -> real().updateBlob(columnLabel, inputStream, length));
  }

  @Override
  public void updateClob(int columnIndex, Reader reader, long length) throws SQLException {
    streaming(() -> real().updateClob(columnIndex, reader, length));
  }

  @Override
  public void updateClob(String columnLabel, Reader reader, long length) throws SQLException {
    streaming(() -> real().updateClob(columnLabel, reader, length));
  }

  @Override
  public void updateNClob(int columnIndex, Reader reader, long length) throws SQLException {
    streaming(() -> real().updateNClob(columnIndex, reader, length));
  }

  @Override
  public void updateNClob(String columnLabel, Reader reader, long length) throws SQLException {
    streaming(() -> real().updateNClob(columnLabel, reader, length));
  }

  @Override
  public void updateNCharacterStream(int columnIndex, Reader x) throws SQLException {
    streaming(() -> real().updateNCharacterStream(columnIndex, x));
  }

  @Override
  public void updateNCharacterStream(String columnLabel, Reader reader) throws SQLException {
    streaming(() -> real().updateNCharacterStream(columnLabel, reader));
  }

  @Override
  public void updateAsciiStream(int columnIndex, InputStream x) throws SQLException {
    streaming(() -> real().updateAsciiStream(columnIndex, x));
  }

  @Override
  public void updateBinaryStream(int columnIndex, InputStream x) throws SQLException {
    streaming(() -> real().updateBinaryStream(columnIndex, x));
  }

  @Override
  public void updateCharacterStream(int columnIndex, Reader x) throws SQLException {
    streaming(() -> real().updateCharacterStream(columnIndex, x));
  }

  @Override
  public void updateAsciiStream(String columnLabel, InputStream x) throws SQLException {
    streaming(() -> real().updateAsciiStream(columnLabel, x));
  }

  @Override
  public void updateBinaryStream(String columnLabel, InputStream x) throws SQLException {
    streaming(() -> real().updateBinaryStream(columnLabel, x));
  }

  @Override
  public void updateCharacterStream(String columnLabel, Reader reader) throws SQLException {
    streaming(() -> real().updateCharacterStream(columnLabel, reader));
  }

  @Override
  public void updateBlob(int columnIndex, InputStream inputStream) throws SQLException {
    streaming(() -> real().updateBlob(columnIndex, inputStream));
  }

  @Override
  public void updateBlob(String columnLabel, InputStream inputStream) throws SQLException {
    streaming(() -> real().updateBlob(columnLabel, inputStream));
  }

  @Override
  public void updateClob(int columnIndex, Reader reader) throws SQLException {
    streaming(() -> real().updateClob(columnIndex, reader));
  }

  @Override
  public void updateClob(String columnLabel, Reader reader) throws SQLException {
    streaming(() -> real().updateClob(columnLabel, reader));
  }

  @Override
  public void updateNClob(int columnIndex, Reader reader) throws SQLException {
    streaming(() -> real().updateNClob(columnIndex, reader));
  }

  @Override
  public void updateNClob(String columnLabel, Reader reader) throws SQLException {
    streaming(() -> real().updateNClob(columnLabel, reader));
  }

  @Override
  public <T> T getObject(int columnIndex, Class<T> type) throws SQLException {
    return DriverObject.guarded(
        guard, guard.fetch(() -> real().getObject(columnIndex, type)), type);
  }

  @Override
  public <T> T getObject(String columnLabel, Class<T> type) throws SQLException {
    return DriverObject.guarded(
        guard, guard.fetch(() -> real().getObject(columnLabel, type)), type);
  }

  @Override
  public void updateObject(int columnIndex, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    updating(x, theirs -> real().updateObject(columnIndex, theirs, targetSqlType, scaleOrLength));
  }

  @Override
  public void updateObject(String columnLabel, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    updating(x, theirs -> real().updateObject(columnLabel, theirs, targetSqlType, scaleOrLength));
  }

  @Override
  public void updateObject(int columnIndex, Object x, SQLType targetSqlType) throws SQLException {
    updating(x, theirs -> real().updateObject(columnIndex, theirs, targetSqlType));
  }

  @Override
  public void updateObject(String columnLabel, Object x, SQLType targetSqlType)
      throws SQLException {
    updating(x, theirs -> real().updateObject(columnLabel, theirs, targetSqlType));
  }

  @Override
  public <T> T unwrap(Class<T> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    guard.escaping();
    return iface.isInstance(real) ? iface.cast(real) : real.unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    return iface.isInstance(this) || iface.isInstance(real) || real().isWrapperFor(iface);
  }
}
