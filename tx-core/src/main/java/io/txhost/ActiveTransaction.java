package io.txhost;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionSignals;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One transaction from begin to end: its phase, its resources, its hooks. Belongs to the thread of
 * its boundary, save what {@link TransactionSignals} promises.
 */
final class ActiveTransaction implements TransactionInfo, TransactionSignals {
  private static final AtomicLong IDS = new AtomicLong();

  final Engine<?> engine;
  final TransactionOptions options;
  final Hooks hooks = new Hooks();

  private final long id = IDS.incrementAndGet();
  private final String name;
  private final String thread = Thread.currentThread().getName();
  private final AdapterTransaction<?> adapterTransaction;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.ACTIVE);

  private volatile @Nullable Deadline deadline;
  private volatile @Nullable Throwable lostCause;
  private volatile boolean holding;
  private @Nullable Made made;
  private @Nullable Throwable endedBy;

  /** The resource as one host, the base or a view of it, shows it. */
  private record Made(DefaultTransactionHost<?> host, Object resource, @Nullable Made next) {}

  ActiveTransaction(
      Engine<?> engine, TransactionOptions options, String name, @Nullable Deadline deadline) {
    this.engine = engine;
    this.options = options;
    this.name = name;
    this.deadline = deadline;
    this.adapterTransaction = engine.adapter().begin(options, this);
  }

  // ---- what user code works with

  Object resource(DefaultTransactionHost<?> host) {
    Made first = made;
    if (first != null && first.host == host) {
      return first.resource;
    }
    return otherResource(host);
  }

  private Object otherResource(DefaultTransactionHost<?> host) {
    for (Made m = made; m != null; m = m.next) {
      if (m.host == host) {
        return m.resource;
      }
    }
    Object resource = host.show(this);
    made = new Made(host, resource, made);
    return resource;
  }

  Object baseResource() {
    return Objects.requireNonNull(adapterTransaction.resource(), "adapter's resource");
  }

  boolean isSharable() {
    return adapterTransaction.isSharable();
  }

  // ---- deadline

  @Nullable Deadline deadline() {
    return deadline;
  }

  void deadline(@Nullable Deadline current) {
    deadline = current;
  }

  @Override
  public Optional<Duration> remainingTime() {
    Deadline current = deadline;
    return current == null ? Optional.empty() : Optional.of(current.remaining());
  }

  void refusePastDeadline() {
    Deadline current = deadline;
    if (current != null && current.isPast()) {
      throw current.exceeded("tx() in " + this);
    }
  }

  // ---- phase

  Phase phase() {
    return phase.get();
  }

  boolean isLost() {
    return phase.get() == Phase.LOST;
  }

  @Nullable Throwable lostCause() {
    return lostCause;
  }

  /** The only place that moves the phase. */
  private boolean become(Phase next) {
    Phase now = phase.get();
    while (now.mayBecome(next)) {
      if (phase.compareAndSet(now, next)) {
        return true;
      }
      now = phase.get();
    }
    return false;
  }

  @Override
  public void lost(Throwable cause) {
    if (become(Phase.LOST)) {
      lostCause = cause;
    }
  }

  @Override
  public void recovered() {
    if (isLost()) {
      lostCause = null;
      become(Phase.ACTIVE);
    }
  }

  void refuseEnded(String what) {
    if (phase().isEnd()) {
      throw new TransactionCompletedException(
          what + " refused: " + this + " has ended as " + phase() + ". Ask the host at each use.",
          null);
    }
  }

  // ---- the adapter's part

  Object createSavepoint() {
    return adapterTransaction.createSavepoint();
  }

  void release(Object savepoint) {
    try {
      adapterTransaction.release(savepoint);
    } catch (Throwable failure) {
      lost(failure);
      throw failure;
    }
  }

  void rollbackTo(Object savepoint) {
    try {
      adapterTransaction.rollbackTo(savepoint);
    } catch (Throwable failure) {
      lost(failure);
      throw failure;
    }
    recovered();
  }

  void commit() {
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
    if (!become(Phase.COMMITTED)) {
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
    try {
      adapterTransaction.rollback();
    } finally {
      ended(Phase.ROLLED_BACK);
    }
  }

  /** What made it end otherwise than asked, for listeners. */
  @Nullable Throwable endedBy() {
    return endedBy;
  }

  void endedBy(Throwable failure) {
    endedBy = failure;
  }

  private void ended(Phase end) {
    holding = false;
    if (!become(end)) {
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

  /** Lets the views close what they made. */
  void completeViews(Transaction.Outcome outcome) {
    Made first = made;
    made = null;
    for (Made m = first; m != null; m = m.next) {
      m.host.complete(this, m.resource, outcome);
    }
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

  String thread() {
    return thread;
  }

  @Override
  public String toString() {
    return "Tx " + id + " '" + name + "'";
  }
}
