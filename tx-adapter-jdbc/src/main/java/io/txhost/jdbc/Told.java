package io.txhost.jdbc;

import io.txhost.spi.TransactionSignals;
import org.jspecify.annotations.Nullable;

/** Tells the host's listeners of the user's statements, where anyone listens. */
final class Told {
  private Told() {}

  static void executing(TransactionSignals signals, Sql sql) {
    if (signals.isObserved() && isUsers(sql)) {
      signals.executing(sql.text());
    }
  }

  /**
   * @param failure null if it succeeded
   */
  static void executed(TransactionSignals signals, Sql sql, @Nullable Throwable failure) {
    if (signals.isObserved() && isUsers(sql)) {
      signals.executed(sql.text(), sql.count(), failure);
    }
  }

  /** What has no text sends nothing of the user's; what is read from a stream is of a statement. */
  private static boolean isUsers(Sql sql) {
    return !sql.text().isEmpty() && sql != Sql.STREAM;
  }
}
