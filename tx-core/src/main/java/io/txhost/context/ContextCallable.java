package io.txhost.context;

import org.jspecify.annotations.Nullable;

/**
 * Work with a result that runs in a context.
 *
 * @param <R> the result's type
 * @param <X> what the work may throw; it leaves the context unchanged
 */
@FunctionalInterface
public interface ContextCallable<R extends @Nullable Object, X extends Throwable> {

  /** Does the work. */
  R call() throws X;
}
