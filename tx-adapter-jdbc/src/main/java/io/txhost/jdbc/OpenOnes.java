package io.txhost.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Has what is open on its connection: a chain through the objects themselves, so that being in it
 * costs nothing. Used in turn.
 */
abstract class OpenOnes {
  private @Nullable ClosedAtEnd newest;

  final void add(ClosedAtEnd opened) {
    opened.after = newest;
    if (newest != null) {
      newest.before = opened;
    }
    newest = opened;
  }

  /** Forgets one, if it is among them. */
  final void remove(ClosedAtEnd closed) {
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
  final void closeAll() throws SQLException {
    Throwable first = null;
    for (ClosedAtEnd each = newest; each != null; each = newest) {
      remove(each);
      first = close(each, first);
    }
    if (first != null) {
      throw Failures.theDrivers(first);
    }
  }

  private static @Nullable Throwable close(ClosedAtEnd each, @Nullable Throwable first) {
    try {
      each.closeAtEnd();
    } catch (SQLException | RuntimeException e) {
      if (first == null) {
        return e;
      }
      Failures.suppress(first, e);
    }
    return first;
  }
}
