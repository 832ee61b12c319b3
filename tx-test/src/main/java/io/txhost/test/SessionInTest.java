package io.txhost.test;

import io.txhost.test.TestDataSource.Action;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Works on the test's connection: a transaction of its own is a savepoint there, and what belongs
 * to a connection's state is only remembered.
 */
final class SessionInTest implements Session {
  // their state is that of the test's transaction, which nobody is to see
  private static final Set<String> HIDDEN =
      Set.of(
          "org.postgresql.core.BaseConnection",
          "org.mariadb.jdbc.Connection",
          "com.mysql.cj.jdbc.JdbcConnection");

  private static final String REFUSED_BECAUSE_READ_ONLY = "25006";

  private final TestConnection test;
  private boolean autoCommits = true;
  private boolean begunByText;
  private boolean readOnly;
  private boolean readOnlyOnce;
  private @Nullable Integer isolation;
  private @Nullable Savepoint begun;

  SessionInTest(TestConnection test) {
    this.test = test;
  }

  @Override
  public <R extends @Nullable Object> R ask(Asking<R> question) throws SQLException {
    return test.call(question);
  }

  // ---- statements

  @Override
  public boolean carriesOut(String sql) throws SQLException {
    SqlText text = SqlText.of(sql);
    if (text.setsTransaction()) {
      readOnlyOnce |= text.asksForReadOnly();
      return true;
    }
    switch (text.call()) {
      case BEGIN -> beginByText();
      case COMMIT -> commit();
      case ROLLBACK -> rollback();
      default -> {
        return false;
      }
    }
    return true;
  }

  private void beginByText() throws SQLException {
    if (autoCommits) {
      if (!test.demarcates(this)) {
        throw new SQLFeatureNotSupportedException(
            "A textual BEGIN while another connection of the test is in a transaction: say"
                + " setAutoCommit(false)");
      }
      autoCommits = false;
      begunByText = true;
    }
  }

  @Override
  public <R extends @Nullable Object> R execute(String sql, Action<R> call) throws SQLException {
    SqlText text = SqlText.of(sql);
    if (isReadOnly() && text.writes() && !test.isPostgres()) {
      throw new SQLException(
          "A write was refused: the transaction is read-only", REFUSED_BECAUSE_READ_ONLY);
    }
    if (text.defines() && test.definingCommits()) {
      return committing(text, call);
    }
    return autoCommits ? alone(text, call) : inTransaction(call);
  }

  private <R extends @Nullable Object> R inTransaction(Action<R> call) throws SQLException {
    beginOnce();
    return test.call(connection -> call.run());
  }

  /**
   * With auto-commit: its failure undoes itself alone, and does not cost the test's transaction.
   */
  private <R extends @Nullable Object> R alone(SqlText text, Action<R> call) throws SQLException {
    if (text.writes()) {
      Escapes.tell(Escape.outside(test.source()));
    }
    Savepoint before = begin();
    R result;
    try {
      result = test.call(connection -> call.run());
    } catch (SQLException | RuntimeException | Error failure) {
      undoFor(failure, before);
      throw failure;
    }
    keep(before);
    return result;
  }

  private <R extends @Nullable Object> R committing(SqlText text, Action<R> call)
      throws SQLException {
    R result = test.call(connection -> call.run());
    begun = null; // it went with the commit
    if (!text.bare().toUpperCase(Locale.ROOT).contains("TEMPORARY")) {
      Escapes.tell(Escape.defined(test.source()));
    }
    return result;
  }

  @Override
  public <R extends @Nullable Object> R savepoint(Asking<R> call) throws SQLException {
    beginOnce();
    return test.call(call);
  }

  // ---- its transaction

  private void beginOnce() throws SQLException {
    if (begun == null && !autoCommits) {
      begun = begin();
    }
  }

  private Savepoint begin() throws SQLException {
    Savepoint savepoint = test.begin();
    if (isReadOnly() && test.isPostgres()) {
      test.run("set transaction read only"); // until the savepoint's end
    }
    return savepoint;
  }

  @Override
  public void commit() throws SQLException {
    Savepoint ending = ended();
    if (ending != null) {
      keep(ending);
    }
  }

  private void keep(Savepoint ending) throws SQLException {
    try {
      test.keep(ending);
    } catch (SQLException | RuntimeException | Error failure) {
      undoFor(failure, ending);
      throw failure;
    }
  }

  private void undoFor(Throwable failure, Savepoint savepoint) {
    try {
      test.undo(savepoint);
    } catch (SQLException | RuntimeException beside) {
      failure.addSuppressed(beside);
    }
  }

  @Override
  public void rollback() throws SQLException {
    Savepoint ending = ended();
    if (ending != null) {
      test.undo(ending);
    }
  }

  private @Nullable Savepoint ended() {
    Savepoint ending = begun;
    begun = null;
    readOnlyOnce = false;
    if (begunByText) {
      begunByText = false;
      autoCommits = true;
      test.demarcatesNoMore(this);
    }
    return ending;
  }

  // ---- what belongs to the connection

  @Override
  public boolean autoCommits() {
    return autoCommits;
  }

  @Override
  public Session autoCommit(boolean on) throws SQLException {
    if (on && !autoCommits) {
      commit();
      autoCommits = true;
      test.demarcatesNoMore(this);
    } else if (!on && autoCommits) {
      if (!test.demarcates(this)) {
        return new RealSession(test.source().below().getConnection(), test.source())
            .autoCommit(false);
      }
      autoCommits = false;
    }
    return this;
  }

  @Override
  public boolean isReadOnly() {
    return readOnly || readOnlyOnce;
  }

  @Override
  public void readOnly(boolean on) {
    readOnly = on;
  }

  @Override
  public int isolation() throws SQLException {
    Integer asked = isolation;
    return asked == null ? test.call(Connection::getTransactionIsolation) : asked;
  }

  @Override
  public void isolation(int level) {
    isolation = level;
  }

  @Override
  public boolean hides(Class<?> type) {
    return HIDDEN.contains(type.getName());
  }

  @Override
  public void abort() throws SQLException {
    if (test.isInCall()) {
      test.abort();
    } else {
      close();
    }
  }

  /** What was not committed is undone. */
  @Override
  public void close() throws SQLException {
    try {
      rollback();
    } finally {
      autoCommits = true;
      test.demarcatesNoMore(this);
    }
  }
}
