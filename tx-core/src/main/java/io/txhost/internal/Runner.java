package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * How work of some type is run; made once for each type, and not for each work.
 *
 * @param <W> the work's type
 * @param <R> the result's type
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface Runner<W, R extends @Nullable Object, X extends Throwable> {

  /** Runs it. */
  R run(W work) throws X;
}
