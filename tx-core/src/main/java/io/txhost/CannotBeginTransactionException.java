package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * No connection could be had for the transaction, or it could not be begun. Nothing was sent; never
 * retried.
 */
public class CannotBeginTransactionException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public CannotBeginTransactionException(String message, @Nullable Throwable cause) {
    super("TXH-109", message, cause);
  }

  CannotBeginTransactionException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
