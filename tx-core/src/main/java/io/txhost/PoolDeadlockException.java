package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * No connection could be had while this very thread holds one of the same pool, set aside: the pool
 * is too small for REQUIRES_NEW and can deadlock against itself.
 */
public class PoolDeadlockException extends CannotBeginTransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public PoolDeadlockException(String message, @Nullable Throwable cause) {
    super("TXH-110", message, cause);
  }
}
