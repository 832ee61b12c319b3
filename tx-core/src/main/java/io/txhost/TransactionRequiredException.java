package io.txhost;

import org.jspecify.annotations.Nullable;

/** MANDATORY was asked for where no transaction is active. */
public class TransactionRequiredException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public TransactionRequiredException(String message, @Nullable Throwable cause) {
    super("TXH-101", message, cause);
  }
}
