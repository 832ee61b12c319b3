package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * That a transaction of a host was active where work was captured. Names only: what they name would
 * be kept alive, with its hooks and all that is around it.
 *
 * @param host the engine's identity of the host
 * @param transaction the transaction's name; null where the host's was set aside
 * @param boundary the name of the boundary that the capturing code was in
 * @param thread the thread that captured it, as {@link #nameOf} names it
 */
public record CapturedTransaction(
    Object host, @Nullable String transaction, String boundary, String thread) {

  /** Captured by the calling thread. */
  public CapturedTransaction(Object host, @Nullable String transaction, String boundary) {
    this(host, transaction, boundary, nameOf(Thread.currentThread()));
  }

  /**
   * Its name in quotes; a virtual thread mostly has none, and is told by its number: {@code '#31'}.
   */
  public static String nameOf(Thread thread) {
    String name = thread.getName();
    return "'" + (name.isEmpty() ? "#" + thread.getId() : name) + "'";
  }
}
