package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * COMMIT was sent and its answer lost: the transaction may have been kept or not. Never retried;
 * ask the database before doing the work again.
 */
public class CommitOutcomeUnknownException extends TransactionCommitException {
  private static final long serialVersionUID = 1L;

  /** For adapters. */
  public CommitOutcomeUnknownException(String message, @Nullable Throwable cause) {
    super("TXH-108", Transaction.Outcome.UNKNOWN, message, cause);
  }
}
