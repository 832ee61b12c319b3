package io.txhost;

import io.txhost.context.ContextCallable;
import org.jspecify.annotations.Nullable;

/**
 * Work with a result that runs in a boundary. It may stand where work without a result is asked
 * for: its result is dropped there.
 *
 * @param <R> the result's type
 * @param <X> what the work may throw; it leaves the boundary unchanged
 */
@FunctionalInterface
public interface TransactionalCallable<R extends @Nullable Object, X extends Throwable>
    extends ContextCallable<R, X>, TransactionalRunnable<X> {}
