package io.txhost.spi;

import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.TransactionCommitException;

/**
 * One transaction of one data-access library. The host ends it exactly once, by {@link #commit()}
 * or {@link #rollback()}; both also release whatever it holds, also when they throw.
 *
 * <p><b>Threads:</b> used by its owner, and if it {@link #isSharable()} by structured children too,
 * each through its own resource.
 *
 * @param <T> what user code works with inside
 * @implSpec Implemented by authors of adapters: a new method comes with a default.
 */
public interface AdapterTransaction<T> {

  /**
   * The resource of the calling thread. Takes nothing yet: the first statement acquires a
   * connection and begins. Called once by the owner, and if it {@link #isSharable()} once by each
   * structured child, which gets one of its own on the same connection.
   */
  T resource();

  /**
   * Commits and releases. A transaction that ran no statement sends nothing.
   *
   * @throws TransactionCommitException if it did not commit; nothing else is thrown, and it has
   *     released
   */
  void commit();

  /**
   * Rolls back and releases.
   *
   * @throws RuntimeException if the rollback failed; the connection was thrown away, not reused
   */
  void rollback();

  /**
   * Ends it by throwing its connection away, because another thread is inside a call that does not
   * come back. The one method here that is called while the resource is in use; what uses it
   * afterwards is refused. The transaction counts as rolled back.
   *
   * @param because why
   * @implSpec rolls back, which is right where nothing waits for a server.
   */
  default void abort(Throwable because) {
    rollback();
  }

  /**
   * Whether structured children may use it. Then each call of the driver is between {@link
   * TransactionSignals#enter()} and {@link TransactionSignals#leave()}.
   *
   * @implSpec {@code false}: they are refused by name.
   */
  default boolean isSharable() {
    return false;
  }

  /**
   * Promises a savepoint; sent with the next statement, not before.
   *
   * @implSpec refuses. An adapter without savepoints must not quietly join or begin instead.
   * @throws NestedTransactionNotSupportedException if there are no savepoints
   */
  default Object createSavepoint() {
    throw new NestedTransactionNotSupportedException(
        this + " has no savepoints: NESTED cannot run here, REQUIRED would join instead", null);
  }

  /**
   * Undoes what came after the savepoint, and forgets it. One that was never sent needs nothing.
   * Normal return means that the transaction is sound again, also if it was reported lost since.
   *
   * @param savepoint one of {@link #createSavepoint()}
   * @implSpec refuses, as {@link #createSavepoint()} does.
   * @throws RuntimeException if it could not be undone; the host takes the whole transaction as
   *     lost
   */
  default void rollbackTo(Object savepoint) {
    throw new NestedTransactionNotSupportedException(this + " has no savepoints", null);
  }

  /**
   * Keeps what came after the savepoint, and forgets it.
   *
   * @param savepoint one of {@link #createSavepoint()}
   * @implSpec refuses, as {@link #createSavepoint()} does.
   * @throws RuntimeException if it failed; the host takes the whole transaction as lost
   */
  default void release(Object savepoint) {
    throw new NestedTransactionNotSupportedException(this + " has no savepoints", null);
  }
}
