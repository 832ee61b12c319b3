package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server still has the transaction, where neither a failure nor the driver tells: it is
 * asked before the next statement or COMMIT, and only then. A rollback need not know. Used by the
 * transaction's thread.
 */
final class LossCheck {
  private static final String MARK = "txh_mark";

  /** MariaDB's answer where a savepoint does not exist. */
  private static final int NO_SUCH_SAVEPOINT = 1305;

  private @Nullable SuspectedLoss open;

  /** After which the connection was closed. */
  private @Nullable SQLException closedBy;

  /** The transaction may be gone, by the failure if there was one. */
  void raise(@Nullable SQLException failure) {
    SuspectedLoss before = open;
    if (before == null) {
      open = new SuspectedLoss(failure, false);
    } else if (before.failure() == null) {
      open = new SuspectedLoss(failure, before.isMarked());
    }
  }

  /** What raised the doubt that the failure confirms, with it beside; else the failure. */
  SQLException cause(SQLException failure) {
    SuspectedLoss before = open;
    if (before != null && before.failure() instanceof SQLException first) {
      Failures.suppress(first, failure);
      return first;
    }
    return failure;
  }

  /** The connection is closed; gives the first failure after which it was. */
  SQLException closedBy(SQLException failure) {
    SQLException first = closedBy == null ? failure : closedBy;
    closedBy = first;
    return first;
  }

  @Nullable SQLException closedBy() {
    return closedBy;
  }

  boolean isMarked() {
    return open != null && open.isMarked();
  }

  /**
   * What comes next may end the transaction and begin another: a savepoint set now will be gone
   * with the first.
   */
  void mark(TakenConnection now, Object who) throws SQLException {
    SqlLog.told(who, "SAVEPOINT " + MARK);
    Demarcation.send(now.connection(), "SAVEPOINT " + MARK);
    open = new SuspectedLoss(null, true);
  }

  /** A savepoint was there, and so is its transaction. */
  void clear() {
    open = null;
  }

  /**
   * Asks the server, if there is a doubt.
   *
   * @return the doubt, if the server has confirmed it
   * @throws SQLException if it cannot be asked; the doubt remains
   */
  @Nullable SuspectedLoss settle(TakenConnection now, Object who) throws SQLException {
    SuspectedLoss asked = open;
    if (asked == null) {
      return null;
    }
    boolean isUnfounded =
        asked.isMarked()
            ? releaseMark(now.connection(), who)
            : now.dialect().isTransactionOpen(now.connection());
    open = null;
    return isUnfounded ? null : asked;
  }

  private static boolean releaseMark(Connection connection, Object who) throws SQLException {
    SqlLog.told(who, "RELEASE SAVEPOINT " + MARK);
    try {
      Demarcation.send(connection, "RELEASE SAVEPOINT " + MARK);
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_SAVEPOINT) {
        return false;
      }
      throw e;
    }
  }
}
