package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * NESTED was asked for where the adapter or the database has no savepoints. The work was not
 * called.
 */
public class NestedTransactionNotSupportedException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public NestedTransactionNotSupportedException(String message, @Nullable Throwable cause) {
    super("TXH-104", message, cause);
  }
}
