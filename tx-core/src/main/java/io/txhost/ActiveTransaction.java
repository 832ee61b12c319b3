package io.txhost;

import io.txhost.internal.Frame;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import io.txhost.spi.TransactionSignals;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One transaction while it is used: its phase, its resources, its hooks, and what its adapter asks
 * and tells. It is the frame of its boundary, too: one object for all, since each call needs most
 * of it.
 *
 * <p><b>Threads:</b> begun and ended by the thread of its boundary; structured children use it too,
 * with resources of their own.
 */
abstract sealed class ActiveTransaction extends Turns
    implements TransactionInfo, TransactionSignals, Resources permits Observed {
  private static final AtomicReferenceFieldUpdater<ActiveTransaction, @Nullable Identity> IDENTITY =
      AtomicReferenceFieldUpdater.newUpdater(ActiveTransaction.class, Identity.class, "identity");
  private static final AtomicReferenceFieldUpdater<ActiveTransaction, Standing> STANDING =
      AtomicReferenceFieldUpdater.newUpdater(ActiveTransaction.class, Standing.class, "standing");
  private static final AtomicReferenceFieldUpdater<ActiveTransaction, @Nullable Hooks> HOOKS =
      AtomicReferenceFieldUpdater.newUpdater(ActiveTransaction.class, Hooks.class, "hooks");

  final AdapterTransaction<?> adapterTransaction;

  /** Made when it is first asked for; at the start where listeners hear of it. */
  private volatile @Nullable Identity identity;

  private volatile Standing standing = Standing.ACTIVE;

  /** Made when the first one is registered. */
  private volatile @Nullable Hooks hooks;

  /** What the owner has asked for. Confined to the owner. */
  private @Nullable Made made;

  /** Whether it has a connection, as far as the adapter has said. Plain: it words messages. */
  boolean holding;

  /** Whether it, or a boundary inside, has had a deadline. Plain: written before it is inside. */
  boolean hasDeadlines;

  /** Its frame is bound where it is begun. */
  @SuppressWarnings("this-escape") // the adapter keeps it, and asks nothing of it yet
  ActiveTransaction(
      HostSetup host, Frame outer, TransactionOptions options, @Nullable Deadline deadline) {
    super(host, outer, options, deadline);
    Audience audience = host.listeners.audience();
    if (!audience.isEmpty()) {
      identity = new Identity(audience); // before the adapter may ask
    }
    this.adapterTransaction = host.adapter.begin(options, this);
  }

  // ---- what user code works with

  @Override
  public final Object of(Facet<?> facet) {
    Made first = made;
    return first != null && first.facet() == facet ? first.resource() : another(facet);
  }

  /** What was made for the owner, where that asks and nothing has ended; else null. */
  final @Nullable Object madeForOwner(Facet<?> facet) {
    return isReadyForOwner() ? Made.find(made, facet) : null;
  }

  private Object another(Facet<?> facet) {
    Object found = Made.find(made, facet);
    if (found == null) {
      found = facet.show(this);
      made = new Made(facet, found, made);
    }
    return found;
  }

  @Override
  public final Object base() {
    return Objects.requireNonNull(adapterTransaction.resource(), "adapter's resource");
  }

  /** The calling thread's resource. */
  final Object resource(Facet<?> facet) {
    return isOwnedByThisThread() ? of(facet) : ResourcesOfChild.in(adapterTransaction).of(facet);
  }

  /** What the owner has asked for, which is no longer to be had. */
  final @Nullable Made takeMade() {
    Made first = made;
    made = null;
    return first;
  }

  @Override
  public final Isolation isolation() {
    return host.adapter.effective(asked.isolation());
  }

  final boolean isSharable() {
    return adapterTransaction.isSharable();
  }

  // ---- hooks

  /** Those registered so far, or null. */
  final @Nullable Hooks hooksOrNull() {
    return hooks;
  }

  final Hooks hooks() {
    Hooks present = hooks;
    if (present != null) {
      return present;
    }
    HOOKS.compareAndSet(this, null, new Hooks());
    return hooks();
  }

  final void hooksUndone(Block block) {
    Hooks registered = hooks;
    if (registered != null) {
      registered.undone(other -> other instanceof Block inner && inner.isIn(block));
    }
  }

  // ---- where the calling thread is

  /**
   * The innermost boundary of it that the calling thread is in, or null. Wrapped work that runs
   * here and was handed a resource is where its thread is.
   */
  final @Nullable Inside here() {
    return Surroundings.innermostOf(this, Lookup.nearest(host));
  }

  private @Nullable Deadline deadlineAt(@Nullable Inside here) {
    return here == null ? deadline : here.deadline;
  }

  private Block blockAt(@Nullable Inside here) {
    return here == null ? this : here.block();
  }

  @Override
  public final Optional<Duration> remainingTime() {
    if (!hasDeadlines) {
      return Optional.empty();
    }
    Deadline current = deadlineAt(here());
    return current == null ? Optional.empty() : Optional.of(current.remaining());
  }

  @Override
  public final int heldByThisThread() {
    return Surroundings.held(host);
  }

  // ---- turns

  @Override
  public final void enter() {
    enter(true);
  }

  @Override
  public final void enterToRead() {
    enter(false);
  }

  private void enter(boolean mayWrite) {
    host.listeners.refuseInside("A statement", host);
    Frame nearest = Lookup.nearest(host);
    Inside here = Surroundings.innermostOf(this, nearest);
    if (here != null && here != nearest) {
      here.refuseWhereSetAside("A statement", nearest);
    }
    take("A statement", null, here, deadlineAt(here));
    if (mayWrite && !isBeginning()) {
      blockAt(here).wrote();
    }
  }

  /** Whether the calling thread runs hooks before the first statement: theirs are of no block. */
  abstract boolean isBeginning();

  /** Why a hook did not let it begin; else null. */
  abstract @Nullable CannotBeginTransactionException notBegun();

  /**
   * Takes the turn. A child may be cancelled or interrupted before it waits, or meanwhile.
   *
   * @param named what {@code what} names in its place for it
   */
  final void take(
      String what, @Nullable Object named, @Nullable Inside here, @Nullable Deadline until) {
    Inside child = isOwnedByThisThread() || isMine() ? null : here;
    if (child != null) {
      child.refuseToGoOn(Refusals.text(what, named));
    }
    refuseToSend(what, named);
    Block mine = blockAt(here).ofTurns();
    if (!entersAtOnce(mine)) {
      await(Refusals.text(what, named), mine, child, until);
    }
    if (child != null) {
      refuseToGoOnInTurn(Refusals.text(what, named), child);
    }
  }

  private void await(String what, Block mine, @Nullable Inside child, @Nullable Deadline until) {
    TurnWait.Refused why = enter(mine, TurnWait.until(until), true);
    if (why != null) {
      TransactionException refusal = refusal(what, why, until);
      throw child != null && why == TurnWait.Refused.INTERRUPTED ? child.marking(refusal) : refusal;
    }
  }

  private void refuseToGoOnInTurn(String what, Inside child) {
    try {
      child.refuseToGoOn(what);
    } catch (TransactionException refusal) {
      leave();
      throw refusal;
    }
  }

  private void refuseToSend(String what, @Nullable Object named) {
    Standing now = standing;
    if (now == Standing.ACTIVE || isMine()) { // who ends it may still close what is open
      return;
    }
    if (now.byBlock()) {
      throw Refusals.lostByBlock(Refusals.text(what, named), this, now.lostBy());
    }
    CannotBeginTransactionException why = notBegun();
    if (why != null) {
      throw Refusals.notBegun(Refusals.text(what, named), this, why);
    }
  }

  /**
   * For what ends a block or the whole: waits for the call that is under way, whatever it is of,
   * and for a while also past the deadline.
   *
   * @param inside the block that must be the innermost one open, or null
   */
  final @Nullable TransactionException takeToEnd(
      String what, Object named, @Nullable Block inside, @Nullable Deadline until) {
    TurnWait.Refused why =
        entersAtOnce(inside) ? null : enter(inside, TurnWait.toEnd(until), false);
    return why == null ? null : refusal(Refusals.text(what, named), why, until);
  }

  // ---- phase

  final Phase phase() {
    return standing.phase();
  }

  final boolean isOver() {
    return standing != Standing.ACTIVE && phase().isEnd();
  }

  /** Whether it is active, and the calling thread its owner. */
  final boolean isReadyForOwner() {
    return standing == Standing.ACTIVE && isOwnedByThisThread();
  }

  final boolean isLost() {
    return phase() == Phase.LOST;
  }

  final @Nullable Throwable lostCause() {
    return standing.lostBy();
  }

  /** The only place that moves the phase. */
  final boolean become(Phase next, @Nullable Throwable lostBy) {
    Standing now = standing;
    while (now.phase().mayBecome(next)) {
      if (STANDING.compareAndSet(this, now, now.becoming(next, lostBy))) {
        return true;
      }
      now = standing;
    }
    return false;
  }

  @Override
  public final void lost(Throwable cause) {
    become(
        Phase.LOST,
        Failures.isInterruptedSocket(cause)
            ? SharingRefusals.interruptedInside(this, cause)
            : cause);
  }

  @Override
  public final void recovered() {
    Standing now = standing;
    if (now.phase() == Phase.LOST && notBegun() == null) {
      STANDING.compareAndSet(this, now, Standing.ACTIVE);
    }
  }

  @Override
  public final void marked(Throwable cause) {
    blockAt(here()).callRefused(cause);
  }

  /** The first failure stays the cause. The adapter need not know, so nothing more gets there. */
  final void lostByBlock(Throwable failure) {
    lost(failure);
    STANDING.updateAndGet(this, Standing::lostByBlock);
  }

  /** What makes it end otherwise than asked, for listeners. */
  final void endedBy(@Nullable Throwable failure) {
    STANDING.updateAndGet(this, now -> now.endedBy(failure));
  }

  final @Nullable Throwable endedBy() {
    return standing.endedBy();
  }

  final String lostHow() {
    return notBegun() == null
        ? standing.lostHow()
        : "a hook given by onBegin failed before its first statement";
  }

  final void refuseEnded(String what) {
    if (isOver()) {
      throw Refusals.ended(what, this, phase());
    }
  }

  // ---- names

  final Identity identity() {
    if (identity == null) {
      IDENTITY.compareAndSet(this, null, new Identity(null));
    }
    return Objects.requireNonNull(identity);
  }

  // in the identity, since each field here is one of every transaction
  private @Nullable Audience audience() {
    Identity known = identity;
    return known == null ? null : known.audience();
  }

  @Override
  public final boolean isObserved() {
    return audience() != null;
  }

  /** Tells the listeners that hear of it. */
  final void tell(Consumer<TransactionListener> event) {
    Audience audience = audience();
    if (audience != null) {
      audience.tell(event);
    }
  }

  @Override
  public final long id() {
    return identity().id();
  }

  @Override
  public final String name() {
    return label();
  }

  @Override
  public final String toString() {
    return "Tx " + id() + " '" + label() + "'";
  }

  /** As a boundary. */
  @Override
  public final String shown() {
    return this + onThread();
  }
}
