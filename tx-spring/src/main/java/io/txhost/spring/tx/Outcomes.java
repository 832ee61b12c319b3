package io.txhost.spring.tx;

import io.txhost.TransactionCommitException;
import io.txhost.internal.BridgedBoundary;
import java.lang.reflect.UndeclaredThrowableException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;

/**
 * What Spring is told where a commit did not succeed. By the exception's type Spring tells its
 * synchronizations how the transaction has ended, so the type is the host's outcome.
 */
final class Outcomes {
  private static final SQLExceptionTranslator TRANSLATOR = new SQLExceptionSubclassTranslator();

  private Outcomes() {}

  /**
   * @param failure what the host has thrown; null if its own code has asked for the rollback
   */
  static RuntimeException told(
      @Nullable Throwable failure, BridgedBoundary.End end, BridgedBoundary boundary) {
    return switch (end) {
      case UNKNOWN ->
          because(
              new TransactionSystemException(
                  "It is not known whether " + boundary + " was committed"),
              failure);
      case OPEN ->
          because(new IllegalTransactionStateException(boundary + " could not end"), failure);
      case ROLLED_BACK, COMMITTED -> rolledBack(failure, boundary.name());
    };
  }

  /** Nothing of it was kept. The database's own refusal is Spring's exception for that. */
  static RuntimeException rolledBack(@Nullable Throwable failure, String what) {
    if (failure instanceof TransactionCommitException refused
        && refused.getCause() instanceof SQLException answer) {
      DataAccessException translated = TRANSLATOR.translate("JDBC commit", null, answer);
      if (translated != null) {
        translated.addSuppressed(refused);
        return translated;
      }
    }
    if (failure == null || failure instanceof io.txhost.TransactionException) {
      return because(
          new UnexpectedRollbackException(
              "'" + what + "' was rolled back, since it was marked or could not be kept"),
          failure);
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new UndeclaredThrowableException(failure); // a hook's
  }

  private static RuntimeException because(RuntimeException told, @Nullable Throwable failure) {
    if (failure != null) {
      told.initCause(failure);
    }
    return told;
  }
}
