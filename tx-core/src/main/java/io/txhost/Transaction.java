package io.txhost;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The active transaction, as the code inside it sees it: what it may ask and register.
 *
 * <p><b>Threads:</b> belongs to the thread of its boundary. After its end every method that would
 * change it throws {@link TransactionCompletedException}.
 *
 * @implSpec Implemented by the host alone: methods may be added.
 */
public interface Transaction {

  /** How a transaction ended. */
  enum Outcome {
    /** The database confirmed the commit. */
    COMMITTED,
    /** Nothing of it was kept. */
    ROLLED_BACK,
    /** The commit was sent and its answer lost: it may have been kept or not. */
    UNKNOWN
  }

  /** The name given by {@link TransactionOptions#name(String)}, else one made of the boundary. */
  String name();

  /** Whether it was begun read-only. */
  boolean isReadOnly();

  /**
   * The isolation that is in force: {@link Isolation#DEFAULT} is resolved as far as the adapter
   * knows.
   */
  Isolation isolation();

  /** Whether the calling code is in a NESTED block of it. */
  boolean isNested();

  /** Whether the innermost block is to be undone: marked by hand, by a failure, or lost. */
  boolean isRollbackOnly();

  /**
   * Marks the innermost block: it will be undone. Called by the block's own code, the block then
   * returns normally; called by a boundary that joined, the block ends with {@link
   * UnexpectedRollbackException}.
   *
   * @throws TransactionCompletedException if the transaction has ended
   */
  void setRollbackOnly();

  /** What is left until the deadline, never negative; empty if there is none. */
  Optional<Duration> remainingTime();

  /**
   * Runs inside, before the commit, in order of registration. May fail, which rolls back, and may
   * register more. Not run where the transaction is already marked or lost.
   *
   * @throws TransactionCompletedException if the transaction has ended
   */
  void beforeCommit(TransactionalRunnable<?> hook);

  /**
   * Runs after the commit was confirmed and the connection returned, outside any transaction. Its
   * failure is reported and changes nothing.
   *
   * @throws TransactionCompletedException if the transaction has ended
   */
  void afterCommit(TransactionalRunnable<?> hook);

  /**
   * Runs after a rollback, as {@link #afterCommit} does. Not run when the outcome is unknown.
   *
   * @throws TransactionCompletedException if the transaction has ended
   */
  void afterRollback(TransactionalRunnable<?> hook);

  /**
   * Runs after the end, whatever it was, as {@link #afterCommit} does.
   *
   * @throws TransactionCompletedException if the transaction has ended
   */
  void afterCompletion(Consumer<Outcome> hook);
}
