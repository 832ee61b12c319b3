package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * Work with a result that runs in a boundary.
 *
 * @param <R> the result's type
 * @param <X> what the work may throw; it leaves the boundary unchanged
 */
@FunctionalInterface
public interface TransactionalCallable<R extends @Nullable Object, X extends Throwable> {

  /** Does the work. */
  R call() throws X;
}
