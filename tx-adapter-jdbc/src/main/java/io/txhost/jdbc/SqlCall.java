package io.txhost.jdbc;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A call of the driver. */
@FunctionalInterface
interface SqlCall<R extends @Nullable Object> {
  R run() throws SQLException;

  /** One without a result. */
  static SqlCall<@Nullable Void> of(Action action) {
    return () -> {
      action.run();
      return null;
    };
  }

  /** A call of the driver without a result. */
  @FunctionalInterface
  interface Action {
    void run() throws SQLException;

    /**
     * Runs all of them, whichever fails.
     *
     * @throws SQLException the first failure, unchecked where it is, the others suppressed in it
     */
    static void all(Stream<Action> actions) throws SQLException {
      Throwable first = null;
      for (Action each : actions.toList()) {
        if (first == null) {
          first = failure(each);
        } else {
          Failures.attempt(first, each);
        }
      }
      if (first != null) {
        throw Failures.theDrivers(first);
      }
    }

    private static @Nullable Throwable failure(Action action) {
      try {
        action.run();
        return null;
      } catch (SQLException | RuntimeException e) {
        return e;
      }
    }
  }
}
