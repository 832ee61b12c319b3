package io.txhost;

import io.txhost.context.ContextRunnable;

/**
 * Work without a result that runs in a boundary, or a hook.
 *
 * @param <X> what the work may throw; it leaves the boundary unchanged
 */
@FunctionalInterface
public interface TransactionalRunnable<X extends Throwable> extends ContextRunnable<X> {}
