package io.txhost;

/**
 * A task of {@code inParallel} or {@code anyInParallel} asked something of the caller's transaction
 * after it was cancelled. Nothing was sent. Let it end the task.
 */
public final class TaskCancelledException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine. */
  TaskCancelledException(String message) {
    super("TXH-121", message, null);
  }
}
