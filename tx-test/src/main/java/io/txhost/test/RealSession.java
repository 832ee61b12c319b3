package io.txhost.test;

import io.txhost.test.RecordingDataSource.Call;
import io.txhost.test.TestDataSource.Action;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Works on a connection beside the test's: what it commits stays, and is told of. */
final class RealSession implements Session {
  private final Connection connection;
  private final TestDataSource source;

  /** The first write of its transaction. */
  private @Nullable Escape written;

  RealSession(Connection connection, TestDataSource source) {
    this.connection = connection;
    this.source = source;
  }

  @Override
  public <R extends @Nullable Object> R ask(Asking<R> question) throws SQLException {
    return question.of(connection);
  }

  @Override
  public boolean carriesOut(String sql) {
    return false;
  }

  @Override
  public <R extends @Nullable Object> R execute(String sql, Action<R> call) throws SQLException {
    R result = call.run();
    SqlText text = SqlText.of(sql);
    Call kind = text.call();
    if (kind == Call.COMMIT) {
      committed();
    } else if (kind == Call.ROLLBACK) {
      written = null;
    } else if (kind == Call.SQL && text.writes()) {
      wrote();
    }
    return result;
  }

  private void wrote() throws SQLException {
    if (written == null) {
      written = Escape.committed(source);
    }
    if (connection.getAutoCommit()) {
      committed();
    }
  }

  private void committed() {
    Escape escape = written;
    written = null;
    if (escape != null) {
      Escapes.tell(escape);
    }
  }

  @Override
  public <R extends @Nullable Object> R savepoint(Asking<R> call) throws SQLException {
    return call.of(connection);
  }

  @Override
  public boolean autoCommits() throws SQLException {
    return connection.getAutoCommit();
  }

  @Override
  public Session autoCommit(boolean on) throws SQLException {
    connection.setAutoCommit(on);
    if (on) {
      committed();
    }
    return this;
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return connection.isReadOnly();
  }

  @Override
  public void readOnly(boolean on) throws SQLException {
    connection.setReadOnly(on);
  }

  @Override
  public int isolation() throws SQLException {
    return connection.getTransactionIsolation();
  }

  @Override
  public void isolation(int level) throws SQLException {
    connection.setTransactionIsolation(level);
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
    committed();
  }

  @Override
  public void rollback() throws SQLException {
    connection.rollback();
    written = null;
  }

  @Override
  public boolean hides(Class<?> type) {
    return false;
  }

  @Override
  public void abort() throws SQLException {
    connection.abort(Runnable::run);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
