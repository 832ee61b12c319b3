package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * The code runs outside the transaction that its context came from: the transaction did not come
 * along. The message names the transaction, the thread and the boundary that captured the work, and
 * the ways out.
 */
public class DetachedTransactionException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine and for adapters. */
  public DetachedTransactionException(String message, @Nullable Throwable cause) {
    super("TXH-112", message, cause);
  }
}
