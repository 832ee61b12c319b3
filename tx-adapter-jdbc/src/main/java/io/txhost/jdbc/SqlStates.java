package io.txhost.jdbc;

import io.txhost.spi.CauseChain;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.util.Set;
import java.util.function.Predicate;

/** What failures mean, by SQLSTATE and, for MariaDB and MySQL, by vendor code. */
final class SqlStates {
  /** MariaDB's and MySQL's deadlock: the whole transaction was rolled back. */
  private static final int DEADLOCK = 1213;

  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private static final Set<String> TRANSIENT = Set.of("40001", "40P01");
  private static final Set<String> ROLLED_BACK =
      Set.of("40001", "40002", "40P01", "25P02", "25P03", "25P04");
  // PostgreSQL's end of a session, H2's of a connection or a database
  private static final Set<String> SESSION_GONE =
      Set.of(
          "25P02", "25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05", "90067", "90098",
          "90121");

  // the standard's classes of what a statement got wrong, or the driver before it sent one
  private static final Set<String> OF_ONE_STATEMENT =
      Set.of("07", "0A", "21", "22", "23", "24", "42", "44");

  private SqlStates() {}

  /** Whether the whole transaction, run again, may succeed. */
  static boolean isTransient(Throwable failure) {
    return any(failure, e -> TRANSIENT.contains(state(e)) || e.getErrorCode() == DEADLOCK);
  }

  /** Whether a transaction is lost by it, in any database. */
  static boolean losesTransaction(Throwable failure) {
    return any(
        failure,
        e ->
            state(e).startsWith("40")
                || state(e).startsWith("08")
                || SESSION_GONE.contains(state(e))
                || e.getErrorCode() == DEADLOCK);
  }

  /** Whether an answer to COMMIT says that the server rolled back. */
  static boolean saysRolledBack(SQLException answer) {
    return state(answer).startsWith("23")
        || ROLLED_BACK.contains(state(answer))
        || answer.getErrorCode() == DEADLOCK;
  }

  /** Whether it is known to have cost no more than its statement, in any database. */
  static boolean isOfOneStatement(SQLException failure) {
    String state = state(failure);
    return failure instanceof SQLFeatureNotSupportedException // the driver's own word
        || (state.length() >= 2 && OF_ONE_STATEMENT.contains(state.substring(0, 2)));
  }

  /** Whether the driver gave up waiting for a statement. */
  static boolean isTimeout(SQLException failure) {
    return failure instanceof SQLTimeoutException || state(failure).equals("57014");
  }

  /** Whether the connection is gone. */
  static boolean isOfConnection(SQLException failure) {
    return state(failure).startsWith("08");
  }

  private static boolean any(Throwable failure, Predicate<SQLException> test) {
    return CauseChain.of(failure).stream()
        .anyMatch(e -> e instanceof SQLException sql && test.test(sql));
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null || isLockWaitTimeout(e) ? "" : e.getSQLState();
  }

  /**
   * MySQL's driver says 40001 of a lock wait that timed out, too, where the server said HY000: it
   * costs the statement only, unless the server is set otherwise. SQL Server's 1205 is a deadlock.
   */
  private static boolean isLockWaitTimeout(SQLException e) {
    return e.getErrorCode() == LOCK_WAIT_TIMEOUT && e.getClass().getName().startsWith("com.mysql.");
  }
}
