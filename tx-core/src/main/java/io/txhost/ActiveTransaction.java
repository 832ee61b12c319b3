package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionSignals;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One transaction from begin to end: its phase, its resources, its hooks, its turns.
 *
 * <p><b>Threads:</b> begun and ended by the thread of its boundary; structured children use it too,
 * with resources of their own.
 */
final class ActiveTransaction implements TransactionInfo, TransactionSignals {
  private static final AtomicLong IDS = new AtomicLong();

  final Engine<?> engine;
  final TransactionOptions options;
  final Hooks hooks = new Hooks();

  /** The transaction as a block. */
  final Block block;

  /** Of the boundary that began it. */
  final @Nullable Deadline deadline;

  private final long id = IDS.incrementAndGet();
  private final String name;

  /** In milliseconds. Only listeners ask. */
  private final long startedAt;

  private final Thread owner = Thread.currentThread();
  private final Turns turns;
  private final Resources own = new Resources(this);
  private final AdapterTransaction<?> adapterTransaction;
  private final AtomicReference<State> state = new AtomicReference<>(State.ACTIVE);

  /** The boundary that began it; written before it is used, gone after its end. */
  @Nullable Boundary boundary;

  /** The thread whose hooks run before the first statement: theirs are of no block. */
  private volatile @Nullable Thread beginning;

  /** Why a hook did not let it begin. */
  private volatile @Nullable CannotBeginTransactionException notBegun;

  private volatile boolean holding;
  private @Nullable Throwable endedBy;

  /**
   * Where it stands.
   *
   * @param lostBy the failure that lost it, if it is or was
   * @param byBlock whether that was at the end of a block: what is in it cannot be told from the
   *     rest
   */
  private record State(Phase phase, @Nullable Throwable lostBy, boolean byBlock) {
    static final State ACTIVE = new State(Phase.ACTIVE, null, false);

    State becoming(Phase next, @Nullable Throwable cause) {
      return new State(next, cause == null ? lostBy : cause, byBlock);
    }
  }

  ActiveTransaction(
      Engine<?> engine, TransactionOptions options, String name, @Nullable Deadline deadline) {
    this.engine = engine;
    this.options = options;
    this.name = name;
    this.startedAt = engine.listeners.isEmpty() ? 0 : System.currentTimeMillis();
    this.deadline = deadline;
    this.block = new Block(name, null, null);
    this.turns = new Turns(block);
    this.adapterTransaction = engine.adapter().begin(options, this);
  }

  // ---- what listeners ask

  @Override
  public boolean isReadOnly() {
    return options.readOnly();
  }

  @Override
  public Isolation isolation() {
    return engine.adapter().effective(options.isolation());
  }

  @Override
  public Instant startedAt() {
    return Instant.ofEpochMilli(startedAt);
  }

  @Override
  public int nesting() {
    int open = 0;
    for (Block outer = turns.block().outer; outer != null; outer = outer.outer) {
      open++;
    }
    return open;
  }

  // ---- what user code works with

  /** The calling thread's resource, as the host shows it. */
  Object resource(DefaultTransactionHost<?> host) {
    return isOwnedByThisThread() ? own.of(host) : Resources.ofThisChild(this).of(host);
  }

  Object baseResource() {
    return Objects.requireNonNull(adapterTransaction.resource(), "adapter's resource");
  }

  boolean isSharable() {
    return adapterTransaction.isSharable();
  }

  /** Else the calling thread is a structured child, if it is inside at all. */
  boolean isOwnedByThisThread() {
    return owner == Thread.currentThread();
  }

  // ---- deadline

  @Override
  public Optional<Duration> remainingTime() {
    Deadline current = deadlineHere(boundaryHere());
    return current == null ? Optional.empty() : Optional.of(current.remaining());
  }

  private @Nullable Deadline deadlineHere(@Nullable Boundary here) {
    return here == null ? deadline : here.deadline;
  }

  /**
   * The innermost boundary of it that the calling thread is in, or null. Wrapped work that runs
   * here and was handed a resource is where its thread is.
   */
  private @Nullable Boundary boundaryHere() {
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Boundary boundary && boundary.transaction == this) {
        return boundary;
      }
    }
    return null;
  }

  // ---- turns

  @Override
  public void enter() {
    enter(true);
  }

  @Override
  public void enterToRead() {
    enter(false);
  }

  private void enter(boolean mayWrite) {
    engine.listeners().refuseInside("A statement", engine);
    Boundary here = boundaryHere();
    refuseSetAside(here);
    take("A statement", here, deadlineHere(here));
    if (mayWrite && beginning != Thread.currentThread()) {
      blockAt(here).wrote();
    }
  }

  // ---- before the first statement

  @Override
  public void begun() {
    if (engine.beginHooks().isEmpty()) {
      return;
    }
    beginning = Thread.currentThread();
    try {
      runBeginHooks(Objects.requireNonNull(boundary, "boundary"));
    } catch (Throwable failure) {
      CannotBeginTransactionException refusal = Refusals.hookFailed(this, failure);
      notBegun = refusal;
      lost(refusal);
      throw refusal;
    } finally {
      beginning = null;
    }
  }

  /** Where the calling code is not inside, as of a statement outside, it is while they run. */
  private void runBeginHooks(Boundary whole) throws Exception {
    if (boundaryHere() == null) {
      Engine.<Exception>bound(whole, () -> engine.beginHooks().run(this, whole));
    } else {
      engine.beginHooks().run(this, whole);
    }
  }

  private void refuseNotBegun(String what) {
    CannotBeginTransactionException why = notBegun;
    if (why != null && !turns.isMine()) { // who ends it may still close what is open
      throw Refusals.notBegun(what, this, why);
    }
  }

  /** Used where it is set aside, its work would be taken for that of what is active there. */
  private void refuseSetAside(@Nullable Boundary here) {
    if (here != null && engine.nearest() instanceof Boundary nearest && isAsideIn(nearest)) {
      throw Refusals.setAside("A statement", this, nearest);
    }
  }

  private boolean isAsideIn(Boundary nearest) {
    return nearest.transaction != this
        && (nearest.transaction != null || nearest.kind == Boundary.Kind.WITHOUT);
  }

  private Block blockAt(@Nullable Boundary here) {
    return here == null || here.block == null ? block : here.block;
  }

  /** Takes the turn. A child may be cancelled or interrupted before it waits, or meanwhile. */
  private void take(String what, @Nullable Boundary here, @Nullable Deadline until) {
    Boundary child = isOwnedByThisThread() || turns.isMine() ? null : here;
    if (child != null) {
      Children.refuseToGoOn(what, child);
    }
    refuseLostByBlock(what);
    refuseNotBegun(what);
    Turns.Refused why = turns.enter(blockAt(here).ofTurns(), Waits.until(until), true);
    if (why != null) {
      TransactionException refusal = Waits.refused(what, this, turns, why, until);
      throw child != null && why == Turns.Refused.INTERRUPTED
          ? Children.marking(child, refusal)
          : refusal;
    }
    if (child != null) {
      refuseToGoOnInTurn(what, child);
    }
  }

  private void refuseToGoOnInTurn(String what, Boundary child) {
    try {
      Children.refuseToGoOn(what, child);
    } catch (TransactionException refusal) {
      turns.leave();
      throw refusal;
    }
  }

  @Override
  public void leave() {
    turns.leave();
  }

  /**
   * For what ends a block or the whole: waits for the call that is under way, whatever it is of,
   * and for a while also past the deadline.
   *
   * @param inside the block that must be the innermost one open, or null
   */
  private @Nullable TransactionException takeToEnd(
      String what, @Nullable Block inside, @Nullable Deadline until) {
    Turns.Refused why = turns.enter(inside, Waits.toEnd(until), false);
    return why == null ? null : Waits.refused(what, this, turns, why, until);
  }

  // ---- phase

  Phase phase() {
    return state.get().phase();
  }

  boolean isLost() {
    return phase() == Phase.LOST;
  }

  @Nullable Throwable lostCause() {
    return state.get().lostBy();
  }

  /** The only place that moves the phase. */
  private boolean become(Phase next, @Nullable Throwable lostBy) {
    State now = state.get();
    while (now.phase().mayBecome(next)) {
      if (state.compareAndSet(now, now.becoming(next, lostBy))) {
        return true;
      }
      now = state.get();
    }
    return false;
  }

  @Override
  public void lost(Throwable cause) {
    become(Phase.LOST, Children.interruptedIfSo(this, cause));
  }

  @Override
  public void recovered() {
    State now = state.get();
    if (now.phase() == Phase.LOST && notBegun == null) {
      state.compareAndSet(now, State.ACTIVE);
    }
  }

  @Override
  public void marked(Throwable cause) {
    blockAt(boundaryHere()).callRefused(cause);
  }

  /** The first failure stays the cause. The adapter need not know, so nothing more gets there. */
  private void lostByBlock(Throwable failure) {
    lost(failure);
    state.updateAndGet(now -> new State(now.phase(), now.lostBy(), true));
  }

  /** For messages: how it was lost. */
  String lostHow() {
    if (notBegun != null) {
      return "a hook given by onBegin failed before its first statement";
    }
    return state.get().byBlock()
        ? "a NESTED block of it could not be ended"
        : "a statement failed and the server gave the transaction up";
  }

  private void refuseLostByBlock(String what) {
    State now = state.get();
    if (now.byBlock() && !turns.isMine()) { // who ends it may still close what is open
      throw Refusals.lostByBlock(what, this, now.lostBy());
    }
  }

  void refuseEnded(String what) {
    if (phase().isEnd()) {
      throw new TransactionCompletedException(
          what + " refused: " + this + " has ended as " + phase() + ". Ask host.tx() at each use.",
          null);
    }
  }

  // ---- the adapter's part

  /** Opens a block, which has the connection to itself until it ends. */
  Block open(String blockName, Boundary nearest, @Nullable Deadline until) {
    take("NESTED '" + blockName + "'", nearest, until);
    try {
      Block opened = new Block(blockName, adapterTransaction.createSavepoint(), blockAt(nearest));
      turns.open(opened);
      return opened;
    } finally {
      turns.leave();
    }
  }

  void release(Boundary ending, Object savepoint) {
    end(ending, ending.block, () -> adapterTransaction.release(savepoint));
    Block kept = Objects.requireNonNull(ending.block);
    if (kept.hasWritten() && kept.outer != null) {
      kept.outer.wrote();
    }
  }

  void rollbackTo(Boundary ending, Object savepoint) {
    end(
        ending,
        null,
        () -> {
          adapterTransaction.rollbackTo(savepoint);
          recovered(); // in this turn: what the next one's does may lose it again
        });
  }

  private void end(Boundary ending, @Nullable Block inside, Runnable how) {
    String what = "The end of " + ending;
    boolean hasTurn = false;
    try {
      Children.refuseGivenUp(what, ending);
      TransactionException busy = takeToEnd(what, inside, ending.deadline);
      hasTurn = busy == null;
      Children.refuseGivenUp(what, ending); // while it waited, perhaps
      endOrLose(busy, how);
    } finally {
      turns.close(Objects.requireNonNull(ending.block));
      if (hasTurn) {
        turns.leave();
      }
    }
  }

  private void endOrLose(@Nullable TransactionException busy, Runnable how) {
    try {
      if (busy != null) {
        throw busy;
      }
      uninterrupted(how);
    } catch (Throwable failure) {
      lostByBlock(failure);
      throw failure;
    }
  }

  /** An interrupt would close a virtual thread's socket, and the answer be unknown. */
  private static void uninterrupted(Runnable how) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      how.run();
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void commit() {
    TransactionException busy = takeToEnd("The commit of " + this, block, deadline);
    if (busy != null) {
      abort(busy);
      throw Refusals.busyAtCommit(this, busy);
    }
    try {
      uninterrupted(this::commitInTurn);
    } finally {
      turns.leave();
    }
  }

  private void commitInTurn() {
    try {
      adapterTransaction.commit();
    } catch (TransactionCommitException failure) {
      endedBy = failure;
      ended(failure.outcome() == Transaction.Outcome.UNKNOWN ? Phase.UNKNOWN : Phase.ROLLED_BACK);
      throw failure;
    } catch (Throwable failure) {
      endedBy = failure;
      ended(Phase.UNKNOWN);
      throw Refusals.unknownByAdapter(this, failure);
    }
    holding = false;
    if (!become(Phase.COMMITTED, null)) {
      throw lostWhileCommitting();
    }
  }

  private CommitOutcomeUnknownException lostWhileCommitting() {
    CommitOutcomeUnknownException unknown = Refusals.lostWhileCommitting(this);
    endedBy = unknown;
    ended(Phase.UNKNOWN);
    return unknown;
  }

  void rollback() {
    TransactionException busy = takeToEnd("The rollback of " + this, null, deadline);
    if (busy != null) {
      abort(busy);
      throw busy;
    }
    try {
      uninterrupted(adapterTransaction::rollback);
    } finally {
      ended(Phase.ROLLED_BACK);
      turns.leave();
    }
  }

  /** A call is under way that does not come back. */
  private void abort(TransactionException busy) {
    endedBy = busy;
    try {
      adapterTransaction.abort(busy);
    } catch (Throwable beside) {
      Engine.suppress(busy, beside);
    } finally {
      ended(Phase.ROLLED_BACK);
    }
  }

  /** What made it end otherwise than asked, for listeners. */
  @Nullable Throwable endedBy() {
    return endedBy;
  }

  void endedBy(@Nullable Throwable failure) {
    endedBy = failure;
  }

  private void ended(Phase end) {
    holding = false;
    if (!become(end, null)) {
      throw new IllegalStateException(this + " ended twice: " + phase() + ", then " + end);
    }
  }

  Transaction.Outcome outcome() {
    return switch (phase()) {
      case COMMITTED -> Transaction.Outcome.COMMITTED;
      case ROLLED_BACK -> Transaction.Outcome.ROLLED_BACK;
      case UNKNOWN -> Transaction.Outcome.UNKNOWN;
      case ACTIVE, LOST -> throw new IllegalStateException(this + " has not ended: " + phase());
    };
  }

  /** Lets the views close what they made. Whoever keeps a resource keeps no frame with it. */
  void completeViews(Transaction.Outcome outcome) {
    own.complete(outcome);
    boundary = null;
  }

  @Override
  public void acquired() {
    holding = true;
    engine.listeners().tell(listener -> listener.acquired(this));
  }

  @Override
  public void released() {
    holding = false;
    engine.listeners().tell(listener -> listener.released(this));
  }

  boolean isHolding() {
    return holding;
  }

  @Override
  public int heldByThisThread() {
    return engine.heldByThisThread();
  }

  // ---- names

  @Override
  public long id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String host() {
    return engine.name();
  }

  @Override
  public String toString() {
    return "Tx " + id + " '" + name + "'";
  }
}
