package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * A row was changed by another transaction since it was read. Thrown by repositories and adapters;
 * {@link RetryPolicy#alsoOn} can ask for a retry.
 */
public class OptimisticLockException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public OptimisticLockException(String message, @Nullable Throwable cause) {
    super("TXH-113", message, cause);
  }
}
