package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * What runs inside a bound frame.
 *
 * @param <R> the result's type
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface Body<R extends @Nullable Object, X extends Throwable> {

  /** Runs it. */
  R run() throws X;
}
