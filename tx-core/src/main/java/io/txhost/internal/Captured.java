package io.txhost.internal;

import io.txhost.spi.ThreadName;
import org.jspecify.annotations.Nullable;

/**
 * That a transaction of a host was active where work was captured.
 *
 * @param host the engine's identity of the host
 * @param transaction names the transaction by its {@code toString}; null where the host's was set
 *     aside
 * @param boundary the name of the boundary that the capturing code was in; a name and no frame,
 *     which would keep alive whatever is around it
 * @param thread the thread that captured it, as {@link ThreadName} names it
 */
public record Captured(Object host, @Nullable Object transaction, String boundary, String thread) {

  /** Captured by the calling thread. */
  public Captured(Object host, @Nullable Object transaction, String boundary) {
    this(host, transaction, boundary, ThreadName.here());
  }
}
