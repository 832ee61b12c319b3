package io.txhost;

import io.txhost.spi.ThreadName;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is undone or kept as one: a transaction, a NESTED block of it, or what one task of a race
 * does. Holds the mark.
 *
 * <p><b>Threads:</b> opened and ended by the thread of its boundary; any thread inside may mark it.
 */
final class Block {
  final String name;

  /** Null for the transaction itself, and for the task of a race. */
  final @Nullable Object savepoint;

  /** The block around; null for the transaction itself. */
  final @Nullable Block outer;

  private final Thread owner = Thread.currentThread();
  private final AtomicReference<@Nullable Mark> mark = new AtomicReference<>();
  private volatile boolean wrote;
  private volatile boolean ended;

  /**
   * Why it can only be undone.
   *
   * @param boundary whose work it was; null where the block's own code did it, as far as is known,
   *     and where a call was refused, whoever made it
   * @param failure null where {@code setRollbackOnly()} was called, or a result means failure
   * @param byResult whether the latter
   * @param by the thread that set it
   */
  private record Mark(
      @Nullable String boundary, @Nullable Throwable failure, boolean byResult, Thread by) {
    boolean isOwn() {
      return boundary == null && failure == null;
    }
  }

  Block(String name, @Nullable Object savepoint, @Nullable Block outer) {
    this.name = name;
    this.savepoint = savepoint;
    this.outer = outer;
  }

  /** The block that waits for turns: a task of a race has the connection together with others. */
  Block ofTurns() {
    return savepoint == null && outer != null ? outer.ofTurns() : this;
  }

  boolean isOwnedByThisThread() {
    return owner == Thread.currentThread();
  }

  /** Something was sent that may have written. */
  void wrote() {
    if (!wrote) {
      wrote = true;
    }
  }

  boolean hasWritten() {
    return wrote;
  }

  boolean isInside(Block other) {
    for (Block b = this; b != null; b = b.outer) {
      if (b == other) {
        return true;
      }
    }
    return false;
  }

  /** A boundary that joined has failed: the first one is kept. */
  void joinerFailed(String boundary, Throwable failure) {
    failed(new Mark(boundary, failure, false, Thread.currentThread()));
  }

  /** A call that only the host may make was refused in it; the first failure is kept. */
  void callRefused(Throwable refusal) {
    failed(new Mark(null, refusal, false, Thread.currentThread()));
  }

  /** A boundary that joined has returned a result that means failure. */
  void joinerReturnedFailure(String boundary) {
    mark.compareAndSet(null, new Mark(boundary, null, true, Thread.currentThread()));
  }

  private void failed(Mark failed) {
    Mark before = mark.get();
    while ((before == null || before.failure == null) && !mark.compareAndSet(before, failed)) {
      before = mark.get();
    }
  }

  /**
   * {@code setRollbackOnly()}. Whether a boundary that joined called it is known when that ends. A
   * structured child is never the block's own code: that could not know of it.
   */
  void markRollbackOnly() {
    Thread me = Thread.currentThread();
    String child = me == owner ? null : "a structured child on thread " + ThreadName.of(me);
    mark.compareAndSet(null, new Mark(child, null, false, me));
  }

  /**
   * A boundary that joined has ended: what its thread marked meanwhile was its work, since none can
   * join what is marked.
   */
  void joinerEnded(String boundary) {
    Mark found = mark.get();
    if (found != null && found.isOwn() && found.by == Thread.currentThread()) {
      mark.compareAndSet(found, new Mark(boundary, null, false, found.by));
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
    Mark found = mark.get();
    return found != null && !found.isOwn();
  }

  boolean isMarked() {
    return mark.get() != null;
  }

  /** Whether it will be undone, as things are: a task of a race is, with what is around it. */
  boolean isDoomed() {
    return isMarked() || (savepoint == null && outer != null && outer.isDoomed());
  }

  @Nullable Throwable firstFailure() {
    Mark found = mark.get();
    return found == null ? null : found.failure;
  }

  /** Says why it is undone, for a message. */
  String reason() {
    Mark found = mark.get();
    if (found == null || found.isOwn()) {
      return "its own code called setRollbackOnly()";
    }
    if (found.boundary == null) {
      return "a call in it that only the host may make was refused";
    }
    String who = "'" + found.boundary + "', which joined it, ";
    if (found.failure != null) {
      return who + "failed with " + found.failure.getClass().getName();
    }
    return who
        + (found.byResult
            ? "returned a result that means failure (rollbackIf)"
            : "called setRollbackOnly()");
  }

  @Override
  public String toString() {
    return (outer == null ? "" : "NESTED ") + "'" + name + "' of thread " + ThreadName.of(owner);
  }
}
