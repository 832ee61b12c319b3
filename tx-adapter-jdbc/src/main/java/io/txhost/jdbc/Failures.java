package io.txhost.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What becomes of failures on their way to whoever is told. */
final class Failures {
  private Failures() {}

  /** Tries something beside another failure. */
  static void attempt(Throwable because, SqlCall.Action action) {
    try {
      action.run();
    } catch (SQLException | RuntimeException e) {
      suppress(because, e);
    }
  }

  /** A failure cannot be suppressed in itself, and a driver may throw one twice. */
  static void suppress(Throwable because, Throwable beside) {
    if (beside != because) {
      because.addSuppressed(beside);
    }
  }

  /** Unchanged, whatever the interfaces that it was met behind let them throw. */
  static SQLException theDrivers(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof SQLException checked ? checked : new SQLException(failure);
  }
}
