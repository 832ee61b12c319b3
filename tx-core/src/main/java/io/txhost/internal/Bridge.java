package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * Another library's idea of a host's transactions. It is told of each boundary that the host opens
 * by a frame; what merely joins opens none.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
public interface Bridge {

  /**
   * A boundary was opened. It is not current yet: what is around it is. What is thrown here undoes
   * it.
   *
   * @return what is told of its end, on the same thread; null if nothing has to be
   */
  @Nullable Crossing opened(BridgedBoundary boundary);
}
