package io.txhost;

/**
 * Work without a result that runs in a boundary, or a hook.
 *
 * @param <X> what the work may throw; it leaves the boundary unchanged
 */
@FunctionalInterface
public interface TransactionalRunnable<X extends Throwable> {

  /** Does the work. */
  void run() throws X;
}
