package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.TransactionListener;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A boundary that has begun a transaction, which ends with it. */
sealed class Begun extends Observed permits BegunWithHooks {
  Begun(HostSetup host, Frame outer, TransactionOptions options, @Nullable Deadline deadline) {
    super(host, outer, options, deadline);
  }

  /**
   * Begins one.
   *
   * @param options over the host's defaults
   * @param nearest what is around it, and is set aside
   */
  static Begun begin(
      HostSetup host,
      TransactionOptions options,
      @Nullable Frame nearest,
      @Nullable Deadline deadline) {
    return begin(host, options, nearest, deadline, 1);
  }

  /**
   * The same.
   *
   * @param attempt which one of its work it is, from 1
   */
  static Begun begin(
      HostSetup host,
      TransactionOptions options,
      @Nullable Frame nearest,
      @Nullable Deadline deadline,
      int attempt) {
    Frame outer = Carrier.current();
    TransactionOptions named = host.named(options);
    Begun begun =
        host.beginHooks.isEmpty()
            ? new Begun(host, outer, named, deadline)
            : new BegunWithHooks(host, outer, named, deadline);
    SetAside.by(nearest);
    if (begun.isObserved()) {
      begun.identity().attempt = attempt;
      begun.tell(listener -> listener.began(begun));
    }
    return begun;
  }

  // ---- what listeners ask

  @Override
  public final boolean isReadOnly() {
    return asked.readOnly();
  }

  @Override
  public final boolean isOfOneStatement() {
    return asked == OneStatement.OPTIONS;
  }

  @Override
  public final Instant startedAt() {
    return Instant.ofEpochMilli(identity().startedAt());
  }

  @Override
  public final int nesting() {
    int open = 0;
    for (Block outer = innermost().around(); outer != null; outer = outer.around()) {
      open++;
    }
    return open;
  }

  // ---- before the first statement

  @Override
  public void begun() {
    // the host has no hooks for it
  }

  @Override
  boolean isBeginning() {
    return false;
  }

  @Override
  @Nullable CannotBeginTransactionException notBegun() {
    return null;
  }

  // ---- its end

  @Override
  final void keep() {
    if (!isDoomed()) {
      runBeforeCommit();
    }
    if (isDoomed()) {
      rollbackMarked();
      return;
    }
    if (deadline != null && deadline.isPast()) {
      throw rolledBack(deadline.exceeded("The commit of " + this));
    }
    try {
      commit();
    } catch (TransactionCommitException refusal) {
      throw lostBefore(refusal);
    }
  }

  /** It had been lost, perhaps, and the adapter found out just before COMMIT. */
  private TransactionException lostBefore(TransactionCommitException refusal) {
    if (refusal.outcome() != Transaction.Outcome.ROLLED_BACK || lostCause() == null) {
      return refusal;
    }
    UnexpectedRollbackException thrown = returnedNormally(this);
    thrown.addSuppressed(refusal);
    endedBy(thrown);
    return thrown;
  }

  /**
   * Inside the boundary, which is bound again if the work was: the hooks may use tx(), and register
   * more.
   */
  private void runBeforeCommit() {
    try {
      drainBeforeCommit();
    } catch (Throwable failure) {
      undoFor(failure);
      throw failure;
    }
  }

  /** Runs the hooks that are due before the commit; what one of them throws undoes nothing here. */
  final void drainBeforeCommit() {
    Hooks registered = hooksOrNull();
    if (registered != null) {
      this.<RuntimeException>drain(registered);
    }
  }

  // X stands for whatever a hook throws: it leaves as it is, checked or not
  @SuppressWarnings("unchecked")
  private <X extends Throwable> void drain(Hooks registered) throws X {
    boolean isDoomed = false;
    while (!isDoomed) {
      TransactionalRunnable<X> hook = (TransactionalRunnable<X>) registered.nextBeforeCommit();
      if (hook == null) {
        return;
      }
      bound(this, hook);
      isDoomed = isDoomed();
    }
  }

  /** Runs a hook with the boundary's frame current. */
  static <X extends Throwable> void bound(Boundary boundary, TransactionalRunnable<X> hook)
      throws X {
    Carrier.<@Nullable Void, X>call(
        boundary,
        () -> {
          hook.run();
          return null;
        });
  }

  private void rollbackMarked() {
    if (!isFailed() && !isLost()) {
      rollback();
    } else {
      throw rolledBack(returnedNormally(this));
    }
  }

  private TransactionException rolledBack(TransactionException thrown) {
    rollbackSuppressing(thrown);
    return thrown;
  }

  @Override
  final void undo() {
    rollback();
  }

  @Override
  final void undoForResult() {
    endedBy(firstFailure());
    rollback();
  }

  @Override
  final void undoFor(Throwable failure) {
    suppressTimeout(failure);
    rollbackSuppressing(failure);
  }

  private void rollbackSuppressing(Throwable thrown) {
    endedBy(thrown);
    try {
      rollback();
    } catch (Throwable beside) {
      Failures.suppress(thrown, beside);
    }
  }

  @Override
  final void endAnyhow(Throwable failure) {
    if (!isOver()) {
      rollbackSuppressing(failure);
    }
  }

  // ---- commit and rollback

  private void commit() {
    TransactionException busy = takeToEnd("The commit of %s", this, this, deadline);
    if (busy != null) {
      abort(busy);
      throw Refusals.busyAtCommit(this, busy);
    }
    boolean wasInterrupted = Thread.interrupted(); // as in endInTurn of a block
    try {
      commitInTurn();
    } finally {
      reinterrupt(wasInterrupted);
      leave();
    }
  }

  private static void reinterrupt(boolean wasInterrupted) {
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void commitInTurn() {
    try {
      adapterTransaction.commit();
    } catch (TransactionCommitException failure) {
      endedBy(failure);
      ended(failure.outcome() == Transaction.Outcome.UNKNOWN ? Phase.UNKNOWN : Phase.ROLLED_BACK);
      throw failure;
    } catch (Throwable failure) {
      endedBy(failure);
      ended(Phase.UNKNOWN);
      throw Refusals.unknownByAdapter(this, failure);
    }
    holding = false;
    if (!become(Phase.COMMITTED, null)) {
      throw lostWhileCommitting();
    }
  }

  private CommitOutcomeUnknownException lostWhileCommitting() {
    CommitOutcomeUnknownException unknown = Refusals.lostWhileCommitting(this, lostCause());
    endedBy(unknown);
    ended(Phase.UNKNOWN);
    return unknown;
  }

  private void rollback() {
    TransactionException busy = takeToEnd("The rollback of %s", this, null, deadline);
    if (busy != null) {
      abort(busy);
      throw busy;
    }
    boolean wasInterrupted = Thread.interrupted();
    try {
      adapterTransaction.rollback();
    } finally {
      reinterrupt(wasInterrupted);
      ended(Phase.ROLLED_BACK);
      leave();
    }
  }

  /** A call is under way that does not come back. */
  private void abort(TransactionException busy) {
    endedBy(busy);
    try {
      adapterTransaction.abort(busy);
    } catch (Throwable beside) {
      Failures.suppress(busy, beside);
    } finally {
      ended(Phase.ROLLED_BACK);
    }
  }

  private void ended(Phase end) {
    holding = false;
    if (!become(end, null)) {
      throw new IllegalStateException(this + " ended twice: " + phase() + ", then " + end);
    }
  }

  // ---- after the end

  @Override
  final void after() {
    if (!isOver()) {
      // an Error on the way to the end, out of memory say: whatever it was, nothing stays open
      rollbackSuppressing(new IllegalStateException("ended on the way out"));
    }
    Transaction.Outcome outcome = phase().outcome();
    tellEnd(outcome);
    completeViews(outcome);
    Hooks registered = hooksOrNull();
    if (registered != null) {
      runAfter(registered.after(outcome));
    }
    SetAside.resumed(host);
    if (!isInstalled() || !Carrier.current().isInside(this)) { // it may not have been taken away
      letGo(); // who keeps a resource keeps no frame with it
    }
  }

  private void tellEnd(Transaction.Outcome outcome) {
    Throwable cause = endedBy();
    if (outcome == Transaction.Outcome.ROLLED_BACK) {
      EndingLog.undone(this, hasFailedByResult(), cause);
    }
    if (isObserved()) {
      tell(listener -> ended(listener, outcome, cause));
    }
  }

  private void ended(
      TransactionListener listener, Transaction.Outcome outcome, @Nullable Throwable cause) {
    switch (outcome) {
      case COMMITTED -> listener.committed(this);
      case ROLLED_BACK -> listener.rolledBack(this, cause);
      case UNKNOWN -> listener.unknown(this, Objects.requireNonNull(cause));
    }
  }

  /** Lets the views close what they made. */
  private void completeViews(Transaction.Outcome outcome) {
    for (Made m = takeMade(); m != null; m = m.next()) {
      try {
        m.facet().complete(m.resource(), outcome);
      } catch (Throwable failure) {
        hookFailed(failure);
      }
    }
  }

  /** As under withoutTransaction, with the values of the context around the boundary. */
  private void runAfter(List<TransactionalRunnable<?>> due) {
    if (due.isEmpty()) {
      return;
    }
    Outside without = afterwards();
    for (TransactionalRunnable<?> hook : due) {
      try {
        bound(without, hook);
      } catch (Throwable failure) {
        hookFailed(failure);
      }
    }
  }

  /** What is around the hooks that come after its end. */
  final Outside afterwards() {
    Frame outer = Objects.requireNonNull(outer());
    TransactionOptions named = TransactionOptions.defaults().name("hooks of " + label());
    return Outside.open(host, named, Lookup.nearest(host, outer), outer.context(), true);
  }

  final void hookFailed(Throwable failure) {
    Listeners.hookFailed(this, phase(), failure);
    tell(listener -> listener.hookFailed(this, failure));
  }
}
