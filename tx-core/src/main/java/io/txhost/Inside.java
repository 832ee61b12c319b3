package io.txhost;

import io.txhost.internal.CapturedTransaction;
import io.txhost.internal.Frame;
import io.txhost.spi.ThreadName;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A boundary in a transaction: the transaction itself, a block of it, or what has joined it. */
abstract sealed class Inside extends Boundary permits Block, Joined {
  /** The transaction; of a transaction, itself. */
  final ActiveTransaction transaction;

  /** Of a transaction over the host's defaults; of others what was asked of them alone. */
  final TransactionOptions asked;

  /**
   * Its result means failure, or what was to say so has failed. Confined to the thread of the work,
   * which reads it at the end.
   */
  private boolean mustBeUndone;

  /**
   * @param around what it is inside of; null for the transaction itself
   */
  @SuppressWarnings("this-escape") // stored only
  Inside(
      HostSetup host,
      Frame outer,
      @Nullable Inside around,
      TransactionOptions asked,
      @Nullable Deadline deadline) {
    super(host, outer, outer.context(), deadline);
    this.transaction = around == null ? (ActiveTransaction) this : around.transaction;
    this.asked = asked;
    if (deadline != null) {
      this.transaction.hasDeadlines = true;
    }
  }

  /** What its work is undone or kept with. */
  abstract Block block();

  /** What its task belongs to, if it is one. */
  @Nullable Tasks tasks() {
    return null;
  }

  @Override
  final String label() {
    return host.nameOf(asked);
  }

  @Override
  final Found found() {
    return isDoomed() ? Found.MARKED : Found.ACTIVE;
  }

  /**
   * Refuses to use the transaction where it is set aside: the work would be taken for that of what
   * is active there. This is its innermost boundary that the calling thread is in.
   *
   * @param nearest what is nearest of the host there
   */
  final void refuseWhereSetAside(String what, @Nullable Frame nearest) {
    if (nearest instanceof Boundary hiding && isAsideIn(hiding)) {
      throw Refusals.setAside(what, transaction, hiding.shown());
    }
  }

  private boolean isAsideIn(Boundary nearest) {
    return nearest instanceof Inside inside
        ? inside.transaction != transaction
        : nearest.permitsFallback();
  }

  /** Whether the calling thread may join it: it is the owner's, and can still commit. */
  final boolean isReadyForThisThread() {
    return transaction.isReadyForOwner() && !block().isDoomedByMark();
  }

  /** Whether it will be undone, as things are. */
  final boolean isDoomed() {
    return block().isDoomedByMark() || transaction.isLost();
  }

  /** What keeps its work from being kept, for a message. */
  final String doom() {
    return block().isMarked() ? block().reason() : transaction.lostHow();
  }

  /** The first failure that marked or lost it, if that was one. */
  final @Nullable Throwable firstFailure() {
    Throwable marked = block().markedBy();
    return marked == null ? transaction.lostCause() : marked;
  }

  /** Tells the listeners that a boundary has joined here. */
  final void tellJoined(TransactionOptions joiner) {
    transaction.tell(listener -> listener.joined(transaction, host.nameOf(joiner)));
  }

  // ---- its end

  /** Inside the boundary: a result may be one that is worked out when it is looked at. */
  final void judge(@Nullable Object result) {
    boolean hasFailed = true; // also where the predicate cannot tell
    try {
      hasFailed = host.failedResults.include(result);
    } finally {
      mustBeUndone = hasFailed;
    }
  }

  final boolean hasFailedByResult() {
    return mustBeUndone;
  }

  @Override
  final boolean keeps() {
    return !mustBeUndone;
  }

  @Override
  final boolean keepsDespite(Throwable failure) {
    return !mustBeUndone && !asked.over(host.defaults).rollsBackOn(failure);
  }

  @Override
  final void finish() {
    if (mustBeUndone) {
      undoForResult();
    } else {
      keep();
    }
  }

  /** Ends it, to be kept, unless it is to be undone. */
  abstract void keep();

  /**
   * Undoes it, whatever has marked or lost it before: its result says that it has failed, so nobody
   * believes in what is undone.
   */
  abstract void undoForResult();

  @Override
  final void fail(Throwable failure) {
    if (keepsDespite(failure)) {
      finishDespite(failure);
    } else {
      undoFor(failure);
    }
  }

  private void finishDespite(Throwable failure) {
    try {
      keep();
    } catch (Throwable ours) {
      Failures.suppress(ours, failure);
      throw ours;
    }
  }

  /** Undoes it; what goes wrong meanwhile is suppressed in the failure. */
  abstract void undoFor(Throwable failure);

  /**
   * A failure past the deadline, a driver's own timeout say, leaves unchanged, with ours suppressed
   * in it.
   */
  final void suppressTimeout(Throwable failure) {
    if (deadline != null && deadline.isPast() && !Failures.saysTimedOut(failure)) {
      Failures.suppress(failure, deadline.exceeded(transaction.toString()));
    }
  }

  /** A boundary has joined here and failed. Marks, unless its rules except the failure. */
  final void joinerFailed(String joiner, TransactionOptions options, Throwable failure) {
    if (options.over(host.defaults).rollsBackOn(failure)) {
      suppressTimeout(failure);
      Throwable lost = transaction.lostCause();
      block().joinerFailed(joiner, lost == null ? failure : lost);
    }
  }

  // ---- what is refused to structured children

  /** Refuses what the calling thread may not do in the transaction, if it is not the owner. */
  final void refuseToChild(String what) {
    if (transaction.isOwnedByThisThread()) {
      return;
    }
    if (!transaction.isSharable()) {
      throw unsharable(what);
    }
    SharingRefusals.refuseForkUnderOverlay(what, host, this);
    refuseCancelled(what);
  }

  final TransactionException unsharable(String what) {
    return SharingRefusals.child(what, host, shown(), host.adapter, transaction);
  }

  /** What a child sends, or waits to send. */
  final void refuseToGoOn(String what) {
    refuseCancelled(what);
    refuseInterrupted(what);
  }

  final void refuseCancelled(String what) {
    TransactionException cancelled = cancelled(what);
    if (cancelled != null) {
      throw cancelled;
    }
  }

  /** A refusal, if the calling code is a task's that was cancelled. */
  final @Nullable TransactionException cancelled(String what) {
    Tasks cancelled = find(Tasks::isCancelled);
    return cancelled == null ? null : SharingRefusals.cancelled(what, shown(), cancelled);
  }

  /** Nobody waits for it any more: what it had open was undone by others, or will be. */
  final void refuseGivenUp(String what) {
    Tasks givenUp = find(Tasks::isGivenUp);
    if (givenUp != null) {
      throw SharingRefusals.cancelled(what, shown(), givenUp);
    }
  }

  private @Nullable Tasks find(Predicate<Tasks> asked) {
    for (Frame frame = this; frame != null; frame = frame.outerBoundary()) {
      if (frame instanceof Inside inside && inside.transaction == transaction) {
        Tasks tasks = inside.tasks();
        if (tasks != null && asked.test(tasks)) {
          return tasks;
        }
      }
      if (frame == transaction) {
        return null;
      }
    }
    return null;
  }

  /**
   * A virtual thread that is interrupted closes the socket it reads from, and with it everybody's
   * transaction: so what was interrupted before does not even go there.
   */
  private void refuseInterrupted(String what) {
    if (Thread.currentThread().isInterrupted()) {
      throw marking(SharingRefusals.interruptedBefore(what, shown()));
    }
  }

  /**
   * A child that is interrupted before it is done may have done the half, and its scope may never
   * ask for its failure: so that marks the blocks it has opened itself, and the one it shares.
   */
  final TransactionException marking(TransactionException interrupted) {
    String child = "a structured child on thread " + ThreadName.here();
    Block block = block();
    while (block != null) {
      block.joinerFailed(child, interrupted);
      block = block.isOwnedByThisThread() ? block.around() : null;
    }
    return interrupted;
  }

  /** Of one that has ended, too: a child that goes on after it has fallen out of it. */
  @Override
  protected final List<CapturedTransaction> captured() {
    return List.of(new CapturedTransaction(host, transaction.toString(), label()));
  }
}
