package io.txhost;

import org.jspecify.annotations.Nullable;

/** NEVER was asked for where a transaction is active. */
public class TransactionAlreadyActiveException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public TransactionAlreadyActiveException(String message, @Nullable Throwable cause) {
    super("TXH-102", message, cause);
  }
}
