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

  // Around a call of the driver: before, then sent or failed, then after, whatever happened. Not a
  // closure, as there would be one for each statement and each row.

  /**
   * Comes before a call that sends SQL. Where it throws, nothing follows.
   *
   * @param limit of the statement that is called
   */
  void beforeSending(Timed limit, Sql sql) throws SQLException;

  /** The call has returned. */
  void sent(Sql sql);

  /** The call has thrown this, which leaves unchanged. */
  void failedSending(Sql sql, Throwable failure);

  /** The last, if {@link #beforeSending} returned. */
  void afterSending(Timed limit, Sql sql) throws SQLException;

  /** Comes before what may reach the server without being a statement. */
  void beforeFetching() throws SQLException;

  /** That call has thrown this, which leaves unchanged. */
  void failedFetching(Throwable failure);

  /** The last, if {@link #beforeFetching} returned. */
  void afterFetching();

  /**
   * Runs what sends SQL.
   *
   * @param limit of the statement that runs it
   * @throws SQLException the driver's own, unchanged
   */
  default <R extends @Nullable Object> R execute(Timed limit, Sql sql, SqlCall<R> call)
      throws SQLException {
    beforeSending(limit, sql);
    try {
      R result = call.run();
      sent(sql);
      return result;
    } catch (Throwable failure) {
      failedSending(sql, failure);
      throw failure;
    } finally {
      afterSending(limit, sql);
    }
  }

  /**
   * Runs what may reach the server without being a statement.
   *
   * @throws SQLException the driver's own, unchanged
   */
  default <R extends @Nullable Object> R fetch(SqlCall<R> call) throws SQLException {
    beforeFetching();
    try {
      return call.run();
    } catch (Throwable failure) {
      failedFetching(failure);
      throw failure;
    } finally {
      afterFetching();
    }
  }

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
