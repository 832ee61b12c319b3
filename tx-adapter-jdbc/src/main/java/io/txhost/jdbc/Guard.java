package io.txhost.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Stands between user code and one connection of the driver: a transaction, or outside of any a
 * single statement's auto-commit connection. Statements and result sets of ours ask it before they
 * reach the driver.
 */
interface Guard {

  /**
   * Refuses after the end.
   *
   * @throws io.txhost.TransactionCompletedException if the transaction has ended
   */
  void check();

  /** Whether {@link #check} would refuse. */
  boolean hasEnded();

  /** What the text does, in the database's dialect. */
  Sql read(String sql);

  /**
   * Runs what sends SQL.
   *
   * @param limit of the statement that runs it
   * @throws SQLException the driver's own, unchanged
   */
  <R extends @Nullable Object> R execute(TimeLimit limit, Sql sql, SqlCall<R> call)
      throws SQLException;

  /**
   * Runs what may reach the server without being a statement.
   *
   * @throws SQLException the driver's own, unchanged
   */
  <R extends @Nullable Object> R fetch(SqlCall<R> call) throws SQLException;

  /**
   * User code is about to get the driver's own object: what it does with that cannot be seen from
   * here.
   */
  void escaping() throws SQLException;

  /**
   * User code closes what was made here. Where the driver may not be called now, since a structured
   * child was cancelled say, it is closed no later than at the end.
   *
   * @throws SQLException the driver's own
   */
  void close(ClosedAtEnd child) throws SQLException;
}
