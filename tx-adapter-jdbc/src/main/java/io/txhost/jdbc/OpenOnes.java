package io.txhost.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What is open in a transaction: a chain through the objects themselves, so that being in it costs
 * nothing. Used in turn.
 */
final class OpenOnes {
  private @Nullable ClosedAtEnd newest;

  void add(ClosedAtEnd opened) {
    opened.after = newest;
    if (newest != null) {
      newest.before = opened;
    }
    newest = opened;
  }

  /** Forgets one, if it is among them. */
  void remove(ClosedAtEnd closed) {
    ClosedAtEnd before = closed.before;
    ClosedAtEnd after = closed.after;
    if (before == null && newest != closed) {
      return;
    }
    if (before == null) {
      newest = after;
    } else {
      before.after = after;
    }
    if (after != null) {
      after.before = before;
    }
    closed.before = null;
    closed.after = null;
  }

  /** Closes all of them, also where one fails; none is left. */
  void closeAll() throws SQLException {
    Throwable first = null;
    for (ClosedAtEnd each = newest; each != null; each = newest) {
      remove(each);
      first = close(each, first);
    }
    if (first != null) {
      throw DriverObject.theDrivers(first);
    }
  }

  private static @Nullable Throwable close(ClosedAtEnd each, @Nullable Throwable first) {
    try {
      each.closeAtEnd();
    } catch (SQLException | RuntimeException e) {
      if (first == null) {
        return e;
      }
      ConnectionSource.suppress(first, e);
    }
    return first;
  }
}
