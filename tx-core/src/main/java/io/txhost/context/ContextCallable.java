package io.txhost.context;

import org.jspecify.annotations.Nullable;

/**
 * Work with a result that runs in a context. It may stand where work without a result is asked for:
 * its result is dropped there.
 *
 * @param <R> the result's type
 * @param <X> what the work may throw; it leaves the context unchanged
 */
@FunctionalInterface
public interface ContextCallable<R extends @Nullable Object, X extends Throwable>
    extends ContextRunnable<X> {

  /**
   * Does the work.
   *
   * @return the result
   * @throws X if it fails
   */
  R call() throws X;

  /**
   * Does the work and drops the result.
   *
   * @throws X if it fails
   */
  @Override
  default void run() throws X {
    call();
  }
}
