package io.txhost.context;

/**
 * Work without a result that runs in a context.
 *
 * @param <X> what the work may throw; it leaves the context unchanged
 */
@FunctionalInterface
public interface ContextRunnable<X extends Throwable> {

  /**
   * Does the work.
   *
   * @throws X if it fails
   */
  void run() throws X;
}
