package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * What is undone or kept as one: a transaction, or a NESTED block of it. Holds the marks. Confined
 * to the thread of its boundary.
 */
final class Block {
  final String name;

  /** Null for the transaction itself. */
  final @Nullable Object savepoint;

  /** The hooks registered since belong to this block. */
  final int firstHook;

  /** How many boundaries have joined it and not ended. */
  int joins;

  private boolean failed;
  private @Nullable Throwable firstFailure;
  private @Nullable String failedBoundary;
  private boolean markedByOwnCode;
  private boolean ended;

  Block(String name, @Nullable Object savepoint, int firstHook) {
    this.name = name;
    this.savepoint = savepoint;
    this.firstHook = firstHook;
  }

  /** A boundary that joined has failed: the first one is kept. */
  void joinerFailed(String boundary, Throwable failure) {
    if (!failed || firstFailure == null) {
      failed = true;
      failedBoundary = boundary;
      firstFailure = failure;
    }
  }

  /** {@code setRollbackOnly()}: whose code called it is known from the joins that are open. */
  void markRollbackOnly() {
    if (joins == 0) {
      markedByOwnCode = true;
    } else {
      failed = true;
    }
  }

  /** A boundary that joined has ended, and names the mark that was set inside it. */
  void nameMark(String boundary) {
    if (failed && failedBoundary == null) {
      failedBoundary = boundary;
    }
  }

  /** It was kept or undone: a mark that comes later would be heeded by nobody. */
  void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Whether it ends with an error although its own code returns normally. */
  boolean isFailed() {
    return failed;
  }

  boolean isMarked() {
    return failed || markedByOwnCode;
  }

  @Nullable Throwable firstFailure() {
    return firstFailure;
  }

  /** Says why it is undone, for a message. */
  String reason() {
    if (firstFailure != null) {
      return "'"
          + failedBoundary
          + "', which joined it, failed with "
          + firstFailure.getClass().getName();
    }
    if (failed) {
      return "'"
          + (failedBoundary == null ? "a boundary" : failedBoundary)
          + "', which joined it, called setRollbackOnly()";
    }
    return "its own code called setRollbackOnly()";
  }
}
