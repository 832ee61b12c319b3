package io.txhost.jdbc;

import java.sql.SQLException;
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
  }
}
