package io.txhost;

/**
 * What is done in each transaction before its first statement: {@code set_config('app.tenant', ..,
 * true)} say, or {@code SET LOCAL ROLE}.
 *
 * <p><b>Threads:</b> called on the thread that sends the first statement, with that code's context.
 * One hook serves every thread at once.
 *
 * @param <T> what user code works with inside
 */
@FunctionalInterface
public interface BeginHook<T> {

  /**
   * Called when the connection is there and the transaction about to be used, once for each
   * attempt. Its statements are the transaction's first.
   *
   * @param tx the transaction's resource
   * @param transaction the transaction; of a single statement outside transactions, the short one
   *     that it runs in
   * @throws Exception what has failed: {@link CannotBeginTransactionException} with that as its
   *     cause is thrown where the statement was to be sent, and nothing else is sent
   */
  void begun(T tx, Transaction transaction) throws Exception;
}
