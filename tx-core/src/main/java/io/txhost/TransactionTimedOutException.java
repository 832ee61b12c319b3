package io.txhost;

import org.jspecify.annotations.Nullable;

/** The deadline of the boundary has passed. Nothing was committed. */
public class TransactionTimedOutException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public TransactionTimedOutException(String message, @Nullable Throwable cause) {
    super("TXH-106", message, cause);
  }
}
