package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * The thread was interrupted while it waited for others, or before it asked something of a
 * transaction that it shares. Its flag is still set, and nothing was sent.
 */
public final class TransactionInterruptedException extends TransactionException {
  private static final long serialVersionUID = 1L;

  TransactionInterruptedException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
