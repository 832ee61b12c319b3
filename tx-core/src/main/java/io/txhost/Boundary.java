package io.txhost;

import io.txhost.internal.Captured;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.ThreadName;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One boundary that binds a frame: a transaction, a NESTED block, code without a transaction, or
 * any that is ended by hand. It is the {@link Transaction} that the code inside sees, so that a
 * mark goes to the block of the asker.
 */
final class Boundary extends Frame implements Transaction {
  /** What is opened and so what is to be ended. */
  enum Kind {
    TRANSACTION,
    BLOCK,
    /** By hand, with a time limit of its own, or a task's: a plain join binds nothing. */
    JOIN,
    /** Without a transaction, and the fallback is permitted. */
    WITHOUT,
    /** Without a transaction, as outside. By hand, or with something asked of it. */
    PLAIN
  }

  final Kind kind;
  final Engine<?> engine;
  final String name;
  final TransactionOptions asked;
  final @Nullable ActiveTransaction transaction;
  final @Nullable Block block;

  /** What is in force inside: the soonest of its own and those around. */
  final @Nullable Deadline deadline;

  /** What is in force around it, in the same transaction. */
  final @Nullable Deadline outerDeadline;

  /**
   * Where no transaction runs: the boundary that has asked for readOnly, this one or one around it.
   * Else null.
   */
  final @Nullable String readOnlyFor;

  /** Whose task it is, if it is one of {@code inParallel}. */
  @Nullable Parallel<?, ?> parallel;

  /** Where it was opened by hand, with diagnostics on. */
  @Nullable Throwable openedAt;

  /**
   * Its result means failure, or what was to say so has failed. Confined to the thread of the work,
   * which reads it at the end.
   */
  boolean mustBeUndone;

  /** What ends it, if that is done by hand. */
  @Nullable ManualBoundary manual;

  private Boundary(
      Kind kind,
      Engine<?> engine,
      Frame outer,
      @Nullable Object context,
      String name,
      TransactionOptions asked,
      @Nullable ActiveTransaction transaction,
      @Nullable Block block,
      @Nullable Deadline deadline,
      @Nullable Deadline outerDeadline,
      @Nullable String readOnlyFor) {
    super(outer, context, true);
    this.kind = kind;
    this.engine = engine;
    this.name = name;
    this.asked = asked;
    this.transaction = transaction;
    this.block = block;
    this.deadline = deadline;
    this.outerDeadline = outerDeadline;
    this.readOnlyFor = readOnlyFor;
  }

  static Boundary beginning(
      Engine<?> engine, Frame outer, TransactionOptions asked, ActiveTransaction transaction) {
    return new Boundary(
        Kind.TRANSACTION,
        engine,
        outer,
        outer.context(),
        transaction.name(),
        asked,
        transaction,
        transaction.block,
        transaction.deadline,
        null,
        null);
  }

  /**
   * A boundary inside one of the same transaction.
   *
   * @param own its own deadline
   */
  static Boundary inside(
      Boundary nearest,
      Kind kind,
      Frame outer,
      String name,
      TransactionOptions asked,
      Block block,
      @Nullable Deadline own) {
    return new Boundary(
        kind,
        nearest.engine,
        outer,
        outer.context(),
        name,
        asked,
        nearest.transaction,
        block,
        Deadline.sooner(nearest.deadline, own),
        nearest.deadline,
        null);
  }

  /**
   * A boundary without a transaction.
   *
   * @param deadline of the statements inside
   * @param readOnlyFor who has asked that they only read, if anybody has
   */
  static Boundary without(
      Kind kind,
      Engine<?> engine,
      Frame outer,
      @Nullable Object context,
      String name,
      @Nullable Deadline deadline,
      @Nullable String readOnlyFor) {
    return new Boundary(
        kind,
        engine,
        outer,
        context,
        name,
        TransactionOptions.defaults(),
        null,
        null,
        deadline,
        null,
        readOnlyFor);
  }

  Here here() {
    if (transaction == null || block == null) {
      return Here.NONE;
    }
    return block.isDoomed() || transaction.isLost() ? Here.MARKED : Here.ACTIVE;
  }

  boolean isOwnedByThisThread() {
    return owner() == Thread.currentThread();
  }

  /** Of one that has ended, too: a child that goes on after it has fallen out of it. */
  @Override
  protected List<Captured> captured() {
    String shown = transaction == null ? null : transaction.toString();
    return List.of(new Captured(engine, shown, name));
  }

  @Override
  public RuntimeException leftOpenIn(Frame around) {
    return Refusals.leftOpen(around, this);
  }

  @Override
  public void abandon(Throwable failure) {
    if (manual == null) {
      super.abandon(failure);
    } else {
      manual.abandon(failure);
    }
  }

  // ---- Transaction

  private ActiveTransaction transaction() {
    if (transaction == null) {
      throw new IllegalStateException(this + " has no transaction");
    }
    return transaction;
  }

  private Block block() {
    if (block == null) {
      throw new IllegalStateException(this + " has no block");
    }
    return block;
  }

  @Override
  public String name() {
    return transaction().name();
  }

  @Override
  public boolean isReadOnly() {
    return transaction().options.readOnly();
  }

  @Override
  public Isolation isolation() {
    return engine.adapter().effective(transaction().options.isolation());
  }

  @Override
  public boolean isNested() {
    return block().ofTurns().savepoint != null;
  }

  @Override
  public boolean isRollbackOnly() {
    return block().isDoomed() || transaction().isLost();
  }

  @Override
  public void setRollbackOnly() {
    registering("setRollbackOnly()");
    block().markRollbackOnly();
  }

  @Override
  public Optional<Duration> remainingTime() {
    return deadline == null ? Optional.empty() : Optional.of(deadline.remaining());
  }

  @Override
  public void beforeCommit(TransactionalRunnable<?> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("beforeCommit(..)").beforeCommit(block(), hook);
  }

  @Override
  public void afterCommit(TransactionalRunnable<?> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("afterCommit(..)").afterCommit(block(), hook);
  }

  @Override
  public void afterRollback(TransactionalRunnable<?> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("afterRollback(..)").afterRollback(block(), hook);
  }

  @Override
  public void afterCompletion(Consumer<Outcome> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("afterCompletion(..)").afterCompletion(block(), hook);
  }

  private Hooks registering(String what) {
    transaction().refuseEnded(what);
    if (block().hasEnded()) {
      throw new TransactionCompletedException(
          what + " refused: " + this + " has ended. Ask the host at each use.", null);
    }
    if (!isOwnedByThisThread()) {
      refuseOutsider(what);
    }
    Children.refuse(what, engine, this);
    return transaction().hooks;
  }

  /** Forks and tasks are inside; whoever was merely handed the object is not. */
  private void refuseOutsider(String what) {
    if (!Carrier.current().isInside(this)) {
      throw Refusals.outsider(what, this);
    }
  }

  @Override
  public String toString() {
    Thread thread = owner();
    String where = thread == null ? "" : " on thread " + ThreadName.of(thread);
    return switch (kind) {
      case TRANSACTION -> transaction() + where;
      case BLOCK -> "NESTED '" + name + "' of " + transaction() + where;
      case JOIN -> "'" + name + "', joined to " + transaction() + where;
      case WITHOUT, PLAIN -> "'" + name + "' without a transaction" + where;
    };
  }
}
