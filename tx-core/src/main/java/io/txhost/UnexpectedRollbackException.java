package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * The block was rolled back although its own code returned normally: something inside failed and
 * the failure was swallowed. The cause is that first failure, if it was one.
 */
public class UnexpectedRollbackException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public UnexpectedRollbackException(String message, @Nullable Throwable cause) {
    super("TXH-105", message, cause);
  }
}
