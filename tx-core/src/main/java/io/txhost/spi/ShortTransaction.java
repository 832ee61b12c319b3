package io.txhost.spi;

import io.txhost.TransactionCommitException;

/**
 * A transaction around one statement outside of transactions, as {@link FallbackSignals#begin()}
 * gives it. It is the adapter's own, begun by the host, and nobody else joins it. Ended once, by
 * {@link #commit()} or {@link #rollback}.
 *
 * <p><b>Threads:</b> used by one thread at a time.
 *
 * @param <T> what the adapter works with
 * @implSpec Implemented by the host alone: methods may be added.
 */
public interface ShortTransaction<T> {

  /** Its resource. The statement is sent through it, and the host's hooks run before that. */
  T resource();

  /**
   * Commits, if nothing has marked or lost it.
   *
   * @throws TransactionCommitException if it did not commit
   * @throws io.txhost.UnexpectedRollbackException if it was lost
   */
  void commit();

  /**
   * Rolls back.
   *
   * @param because what failed the statement; what fails while rolling back is suppressed in it
   */
  void rollback(Throwable because);
}
