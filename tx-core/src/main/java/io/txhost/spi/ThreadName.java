package io.txhost.spi;

import io.txhost.internal.CapturedTransaction;

/** How messages name a thread. */
public final class ThreadName {
  private ThreadName() {}

  /** The calling thread, as {@link #of} names it. */
  public static String here() {
    return of(Thread.currentThread());
  }

  /**
   * Its name in quotes; a virtual thread mostly has none, and is told by its number: {@code '#31'}.
   */
  public static String of(Thread thread) {
    return CapturedTransaction.nameOf(thread);
  }
}
