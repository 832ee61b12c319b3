package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * Why a block can only be undone.
 *
 * @param boundary whose work it was; null where the block's own code did it, as far as is known,
 *     and where a call was refused, whoever made it
 * @param failure null where {@code setRollbackOnly()} was called, or a result means failure
 * @param byResult whether the latter
 * @param by the thread that set it
 */
record Mark(@Nullable String boundary, @Nullable Throwable failure, boolean byResult, Thread by) {

  /** By the calling thread. */
  static Mark here(@Nullable String boundary, @Nullable Throwable failure, boolean byResult) {
    return new Mark(boundary, failure, byResult, Thread.currentThread());
  }

  /** Whether the block's own code asked for it. */
  boolean isOwn() {
    return boundary == null && failure == null;
  }

  /** Says why, for a message. */
  String reason() {
    if (isOwn()) {
      return "its own code called setRollbackOnly()";
    }
    if (boundary == null) {
      return "a call in it that only the host may make was refused";
    }
    String who = "'" + boundary + "', which joined it, ";
    if (failure != null) {
      return who + "failed with " + failure.getClass().getName();
    }
    return who
        + (byResult
            ? "returned a result that means failure (rollbackIf)"
            : "called setRollbackOnly()");
  }
}
