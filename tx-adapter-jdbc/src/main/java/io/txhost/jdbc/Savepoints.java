package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The savepoints of NESTED blocks: promised when the block begins, sent before its first statement.
 * Used by the transaction's thread.
 *
 * <p>What was undone stays on the server, since to release it too would cost a round trip. It is
 * released once there are so many: a loop of failing blocks would nest them ever deeper.
 */
final class Savepoints {
  private static final int LEFT_ON_SERVER = 16;

  /** One NESTED block's. */
  static final class Promised {
    /** Of those of one transaction; 0 for one that is user code's. */
    private final int number;

    private @Nullable Savepoint sent;
    private boolean isUndone;

    private Promised(int number) {
      this.number = number;
    }

    /** Its name; most are never sent, and never named. */
    @Override
    public String toString() {
      return number == 0 ? "user's" : "txh_" + number;
    }
  }

  private final Deque<Promised> stack = new ArrayDeque<>(); // the innermost first
  private int made;

  Promised promise() {
    Promised promised = new Promised(++made);
    stack.push(promised);
    return promised;
  }

  /**
   * User code set one of its own: what was undone before it may no longer be released, that would
   * take it along.
   */
  void userSet(Savepoint savepoint) {
    Promised barrier = new Promised(0);
    barrier.sent = savepoint;
    stack.push(barrier);
  }

  /** Sends what was promised and not sent, the outermost first. */
  void send(Connection connection, Object who) throws SQLException {
    Promised innermost = stack.peek();
    if (innermost == null || innermost.sent != null) {
      return;
    }
    for (var each = stack.descendingIterator(); each.hasNext(); ) {
      Promised promised = each.next();
      if (promised.sent == null) {
        String name = promised.toString();
        SqlLog.told(who, "SAVEPOINT " + name);
        promised.sent = connection.setSavepoint(name);
      }
    }
  }

  static boolean isSent(Promised promised) {
    return promised.sent != null;
  }

  void release(Promised promised, @Nullable Connection connection, Object who) throws SQLException {
    Savepoint sent = promised.sent;
    if (sent != null && connection != null) {
      SqlLog.told(who, "RELEASE SAVEPOINT " + promised);
      connection.releaseSavepoint(sent);
    }
    forget(promised);
  }

  void undo(Promised promised, @Nullable Connection connection, Object who) throws SQLException {
    Savepoint sent = promised.sent;
    if (sent == null || connection == null) {
      forget(promised);
      return;
    }
    SqlLog.told(who, "ROLLBACK TO SAVEPOINT " + promised);
    connection.rollback(sent);
    forget(promised);
    promised.isUndone = true;
    stack.push(promised);
    releaseUndone(connection, who);
  }

  /** It, and what was set inside it. */
  void forget(Promised promised) {
    if (stack.contains(promised)) {
      while (stack.pop() != promised) {
        // those inside go with it
      }
    }
  }

  private void releaseUndone(Connection connection, Object who) throws SQLException {
    Promised outermost = null;
    int undone = 0;
    for (Promised each : stack) {
      if (!each.isUndone) {
        break;
      }
      outermost = each;
      undone++;
    }
    if (outermost != null && undone > LEFT_ON_SERVER) {
      release(outermost, connection, who);
    }
  }
}
