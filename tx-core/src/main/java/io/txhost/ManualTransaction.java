package io.txhost;

/**
 * A boundary that is ended by hand, for callers that cannot hand over their work as a lambda.
 *
 * <pre>{@code
 * try (var tx = host.begin()) {
 *   orders.insert(order);
 *   tx.commit();
 * }
 * }</pre>
 *
 * <p><b>Threads:</b> is ended on the thread that opened it, innermost first; anything else throws
 * {@link TransactionException} naming the opener, and leaves it open.
 *
 * @implSpec Implemented by the host alone: methods may be added.
 */
public interface ManualTransaction extends AutoCloseable {

  /**
   * Ends the boundary as a normal return from {@link TransactionHost#withTransaction} would.
   *
   * @throws TransactionCompletedException if it has ended
   * @throws UnexpectedRollbackException if a failure inside was swallowed
   * @throws TransactionCommitException if the commit failed
   */
  void commit();

  /**
   * Ends the boundary and undoes its block. Where the boundary joined, the transaction it joined is
   * marked.
   *
   * @throws TransactionCompletedException if it has ended
   */
  void rollback();

  /**
   * Rolls back unless {@link #commit()} or {@link #rollback()} was called. Calling it again does
   * nothing.
   */
  @Override
  void close();
}
