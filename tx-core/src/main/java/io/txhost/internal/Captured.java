package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * That a transaction of a host was active where work was captured.
 *
 * @param host the engine's identity of the host
 * @param transaction names the transaction by its {@code toString}; null where the host's was set
 *     aside
 * @param thread the name of the thread that captured it
 */
public record Captured(Object host, @Nullable Object transaction, String thread) {}
