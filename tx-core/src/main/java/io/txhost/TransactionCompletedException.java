package io.txhost;

import org.jspecify.annotations.Nullable;

/** A transaction, or a resource of it, was used after its end. */
public class TransactionCompletedException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public TransactionCompletedException(String message, @Nullable Throwable cause) {
    super("TXH-111", message, cause);
  }
}
