package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * A boundary asked for what the active transaction, or the database, cannot give: a stronger
 * isolation, a retry of a transaction it did not begin. The work was not called, or nothing was
 * sent.
 */
public class IncompatibleTransactionException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public IncompatibleTransactionException(String message, @Nullable Throwable cause) {
    super("TXH-103", message, cause);
  }
}
