package io.txhost.internal;

/**
 * How a boundary ends. One of {@link #run} and {@link #undo} is called, once. What is called
 * afterwards is outside the transaction, where the host permits its fallback.
 */
public interface Ending {

  /**
   * Ends it as the host would: keeps it, or undoes it where that is asked for or it is marked.
   *
   * @throws RuntimeException what the host has to say of its end
   */
  void run();

  /** Undoes it, whatever was asked for. */
  void undo();

  /** What was called after its end has failed: reported, and the outcome stands. */
  void failedAfter(Throwable failure);
}
