package io.txhost;

import io.txhost.internal.Frame;
import io.txhost.spi.CauseChain;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why transactions were rolled back, and which are run again, in the log. Of a failure that is not
 * ours the type and the SQLSTATE are logged, and not the message: that may quote SQL and values.
 */
final class EndingLog {
  private static final System.Logger LOG = System.getLogger("io.txhost");

  private EndingLog() {}

  /**
   * @param attempt the one that failed, from 1
   */
  static void retried(
      Object transaction, int attempt, int most, Duration delay, Throwable failure) {
    LOG.log(
        Level.INFO,
        () ->
            transaction
                + " was rolled back and is run again: attempt "
                + (attempt + 1)
                + " of "
                + most
                + " ("
                + shortly(failure)
                + "), in "
                + delay.toMillis()
                + " ms");
  }

  /**
   * A transaction, or a NESTED block.
   *
   * @param byResult whether its result means failure
   * @param cause null where its own code asked for it
   */
  static void undone(Frame boundary, boolean byResult, @Nullable Throwable cause) {
    LOG.log(
        Level.DEBUG,
        () ->
            boundary.shown()
                + " was rolled back: "
                + (byResult && cause == null
                    ? "its result means failure (rollbackIf)"
                    : reason(cause)));
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause == null) {
      return "its own code asked for it";
    }
    return cause instanceof TransactionException ours
        ? String.valueOf(ours.getMessage())
        : "it failed with " + named(cause);
  }

  private static String named(Throwable failure) {
    String state = state(failure);
    return failure.getClass().getName() + (state == null ? "" : " (" + state + ")");
  }

  private static String shortly(Throwable failure) {
    String state = state(failure);
    return state == null ? failure.getClass().getName() : state;
  }

  private static @Nullable String state(Throwable failure) {
    for (Throwable t : CauseChain.of(failure)) {
      if (t instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return null;
  }
}
