package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A boundary that has begun a transaction, which ends with it. */
final class Begun extends ActiveTransaction {
  /** While hooks run before the first statement, and where one of them has failed; else null. */
  private volatile @Nullable Beginning beginning;

  /**
   * What hooks do before the first statement.
   *
   * @param by the thread that runs them; null once they have failed
   * @param failure why one of them did not let it begin
   */
  private record Beginning(
      @Nullable Thread by, @Nullable CannotBeginTransactionException failure) {}

  /** In milliseconds. Only listeners ask. */
  private final long startedAt;

  private Begun(
      HostSetup host, Frame outer, TransactionOptions options, @Nullable Deadline deadline) {
    super(host, outer, options, deadline);
    this.startedAt = host.listeners.isEmpty() ? 0 : System.currentTimeMillis();
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
    Begun begun = new Begun(host, Carrier.current(), host.named(options), deadline);
    if (!host.listeners.isEmpty()) {
      SetAside.by(host, nearest);
      host.listeners.tell(listener -> listener.began(begun));
    }
    return begun;
  }

  // ---- what listeners ask

  @Override
  public boolean isReadOnly() {
    return asked.readOnly();
  }

  @Override
  public Instant startedAt() {
    return Instant.ofEpochMilli(startedAt);
  }

  @Override
  public int nesting() {
    int open = 0;
    for (Block outer = innermost().around(); outer != null; outer = outer.around()) {
      open++;
    }
    return open;
  }

  // ---- before the first statement

  @Override
  public void begun() {
    if (host.beginHooks.isEmpty()) {
      return;
    }
    beginning = new Beginning(Thread.currentThread(), null);
    try {
      runBeginHooks();
      beginning = null;
    } catch (Throwable failure) {
      CannotBeginTransactionException refusal = Refusals.hookFailed(this, failure);
      beginning = new Beginning(null, refusal);
      lost(refusal);
      throw refusal;
    }
  }

  /** Where the calling code is not inside, as of a statement outside, it is while they run. */
  private void runBeginHooks() throws Exception {
    Transaction seen = new CurrentTransaction(this);
    if (here() == null) {
      bound(this, () -> host.beginHooks.run(this, seen));
    } else {
      host.beginHooks.run(this, seen);
    }
  }

  @Override
  boolean isBeginning() {
    Beginning now = beginning;
    return now != null && now.by() == Thread.currentThread();
  }

  @Override
  @Nullable CannotBeginTransactionException notBegun() {
    Beginning now = beginning;
    return now == null ? null : now.failure();
  }

  // ---- its end

  @Override
  void keep() {
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
    UnexpectedRollbackException thrown = returnedNormally(this, this);
    thrown.addSuppressed(refusal);
    endedBy(thrown);
    return thrown;
  }

  /**
   * Inside the boundary, which is bound again if the work was: the hooks may use tx(), and register
   * more.
   */
  private void runBeforeCommit() {
    Hooks registered = hooksOrNull();
    if (registered == null) {
      return;
    }
    try {
      this.<RuntimeException>drain(registered);
    } catch (Throwable failure) {
      undoFor(failure);
      throw failure;
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
  private static <X extends Throwable> void bound(Boundary boundary, TransactionalRunnable<X> hook)
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
      throw rolledBack(returnedNormally(this, this));
    }
  }

  private TransactionException rolledBack(TransactionException thrown) {
    rollbackSuppressing(thrown);
    return thrown;
  }

  @Override
  void undo() {
    rollback();
  }

  @Override
  void undoForResult() {
    endedBy(firstFailure());
    rollback();
  }

  @Override
  void undoFor(Throwable failure) {
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
  void endAnyhow(Throwable failure) {
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
  void after() {
    if (!isOver()) {
      // an Error on the way to the end, out of memory say: whatever it was, nothing stays open
      rollbackSuppressing(new IllegalStateException("ended on the way out"));
    }
    Transaction.Outcome outcome = phase().outcome();
    tell(outcome);
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

  private void tell(Transaction.Outcome outcome) {
    Throwable cause = endedBy();
    Listeners listeners = host.listeners;
    switch (outcome) {
      case COMMITTED -> {
        if (!listeners.isEmpty()) {
          listeners.tell(listener -> listener.committed(this));
        }
      }
      case ROLLED_BACK -> {
        EndingLog.undone(this, hasFailedByResult(), cause);
        listeners.tell(listener -> listener.rolledBack(this, cause));
      }
      case UNKNOWN ->
          listeners.tell(listener -> listener.unknown(this, Objects.requireNonNull(cause)));
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
    Frame outer = Objects.requireNonNull(outer());
    TransactionOptions named = TransactionOptions.defaults().name("hooks of " + label());
    Outside without = Outside.open(host, named, Lookup.nearest(host), outer.context(), true);
    for (TransactionalRunnable<?> hook : due) {
      try {
        bound(without, hook);
      } catch (Throwable failure) {
        hookFailed(failure);
      }
    }
  }

  private void hookFailed(Throwable failure) {
    host.listeners.hookFailed(this, phase(), failure);
  }
}
