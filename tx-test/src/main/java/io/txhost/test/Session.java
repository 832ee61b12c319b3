package io.txhost.test;

import io.txhost.test.TestDataSource.Action;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a connection that was handed out in a test works on: the test's own, or another one.
 *
 * <p><b>Threads:</b> used by one thread at a time, as connections are, save {@link #abort}.
 */
sealed interface Session permits SessionInTest, RealSession {

  /** Asks the driver's connection, for what neither sends nor ends anything. */
  <R extends @Nullable Object> R ask(Asking<R> question) throws SQLException;

  /** Executes a statement of this text. */
  <R extends @Nullable Object> R execute(String sql, Action<R> call) throws SQLException;

  /** What a text that the session itself carried out answers, in place of the driver. */
  boolean carriesOut(String sql) throws SQLException;

  /** Sets a savepoint, or goes back to one, by the driver's own call. */
  <R extends @Nullable Object> R savepoint(Asking<R> call) throws SQLException;

  boolean autoCommits() throws SQLException;

  /** Turns auto-commit on or off, and gives the session that goes on. */
  Session autoCommit(boolean on) throws SQLException;

  boolean isReadOnly() throws SQLException;

  void readOnly(boolean on) throws SQLException;

  int isolation() throws SQLException;

  void isolation(int level) throws SQLException;

  void commit() throws SQLException;

  void rollback() throws SQLException;

  void abort() throws SQLException;

  void close() throws SQLException;

  /**
   * Whether the driver's own class must not be reached: it would tell of the test's transaction.
   */
  boolean hides(Class<?> type);

  /** A call of the driver's connection. */
  @FunctionalInterface
  interface Asking<R extends @Nullable Object> {
    R of(Connection connection) throws SQLException;
  }
}
