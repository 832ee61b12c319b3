package io.txhost.observe;

import io.txhost.TransactionException;
import io.txhost.spi.CauseChain;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a transaction was not committed, for people and in few words: the type of the failure, and
 * its SQLSTATE or code. The message of a failure is left out, since a driver's quotes SQL and
 * values.
 */
final class Reason {
  /** Its own code asked for it, or its result means failure. */
  static final String ASKED_FOR = "asked for";

  private Reason() {}

  static String of(@Nullable Throwable cause) {
    if (cause == null) {
      return ASKED_FOR;
    }
    String detail = detail(cause);
    return cause.getClass().getName() + (detail == null ? "" : " (" + detail + ")");
  }

  private static @Nullable String detail(Throwable cause) {
    for (Throwable each : CauseChain.of(cause)) {
      if (each instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return cause instanceof TransactionException ours ? ours.code() : null;
  }
}
