package io.txhost;

import io.txhost.internal.Frame;
import io.txhost.spi.ThreadName;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What is undone or kept as one: a transaction, a NESTED block of it, or what one task of a race
 * does. Holds the mark.
 *
 * <p><b>Threads:</b> opened and ended by the thread of its boundary; any thread inside may mark it.
 */
abstract sealed class Block extends Inside permits Turns, Nested, Racing {
  private static final AtomicReferenceFieldUpdater<Block, @Nullable Mark> MARK =
      AtomicReferenceFieldUpdater.newUpdater(Block.class, Mark.class, "mark");

  private volatile @Nullable Mark mark;
  private volatile boolean wrote;
  private volatile boolean ended;

  Block(
      HostSetup host,
      Frame outer,
      @Nullable Inside around,
      TransactionOptions asked,
      @Nullable Deadline deadline) {
    super(host, outer, around, asked, deadline);
  }

  /** The block around; null for the transaction itself. */
  abstract @Nullable Block around();

  /** The block that waits for turns: a task of a race has the connection together with others. */
  abstract Block ofTurns();

  @Override
  final Block block() {
    return this;
  }

  /** Something was sent that may have written. */
  final void wrote() {
    if (!wrote) {
      wrote = true;
    }
  }

  final boolean hasWritten() {
    return wrote;
  }

  final boolean isIn(Block other) {
    for (Block b = this; b != null; b = b.around()) {
      if (b == other) {
        return true;
      }
    }
    return false;
  }

  /** A boundary that joined has failed: the first one is kept. */
  final void joinerFailed(String boundary, Throwable failure) {
    failed(Mark.here(boundary, failure, false));
  }

  /** A call that only the host may make was refused in it; the first failure is kept. */
  final void callRefused(Throwable refusal) {
    failed(Mark.here(null, refusal, false));
  }

  /** A boundary that joined has returned a result that means failure. */
  final void joinerReturnedFailure(String boundary) {
    MARK.compareAndSet(this, null, Mark.here(boundary, null, true));
  }

  private void failed(Mark failed) {
    Mark before = mark;
    while ((before == null || before.failure() == null)
        && !MARK.compareAndSet(this, before, failed)) {
      before = mark;
    }
  }

  /**
   * {@code setRollbackOnly()}. Whether a boundary that joined called it is known when that ends. A
   * structured child is never the block's own code: that could not know of it.
   */
  final void markRollbackOnly() {
    String child =
        isOwnedByThisThread() ? null : "a structured child on thread " + ThreadName.here();
    MARK.compareAndSet(this, null, Mark.here(child, null, false));
  }

  /**
   * A boundary that joined has ended: what its thread marked meanwhile was its work, since none can
   * join what is marked.
   */
  final void joinerEnded(TransactionOptions joiner) {
    Mark found = mark;
    if (found != null && found.isOwn() && found.by() == Thread.currentThread()) {
      MARK.compareAndSet(this, found, Mark.here(host.nameOf(joiner), null, false));
    }
  }

  /** It was kept or undone: a mark that comes later would be heeded by nobody. */
  final void end() {
    ended = true;
  }

  final boolean hasEnded() {
    return ended;
  }

  /** Whether it ends with an error although its own code returns normally. */
  final boolean isFailed() {
    Mark found = mark;
    return found != null && !found.isOwn();
  }

  final boolean isMarked() {
    return mark != null;
  }

  /** Whether it will be undone, as things are: a task of a race is, with what is around it. */
  boolean isDoomedByMark() {
    return isMarked();
  }

  /** The failure that marked it, if one did. */
  final @Nullable Throwable markedBy() {
    Mark found = mark;
    return found == null ? null : found.failure();
  }

  /** Says why it is undone, for a message. */
  final String reason() {
    Mark found = mark;
    return found == null ? "its own code called setRollbackOnly()" : found.reason();
  }

  /** It is undone although its own code returned normally. */
  final UnexpectedRollbackException returnedNormally(Object what) {
    Throwable cause = markedBy() == null ? transaction.lostCause() : markedBy();
    String why = isFailed() || !transaction.isLost() ? reason() : transaction.lostHow();
    return Refusals.returnedNormally(what, why, cause);
  }

  /** How it is called by those who wait for it. */
  String whoseTurn() {
    return "'" + label() + "' of thread " + threadName();
  }
}
