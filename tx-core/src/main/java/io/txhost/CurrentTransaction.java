package io.txhost;

import io.txhost.internal.Carrier;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the code inside may ask and register. A mark goes to the block of the boundary that was
 * asked for it.
 */
final class CurrentTransaction implements Transaction {
  private final Inside boundary;

  CurrentTransaction(Inside boundary) {
    this.boundary = boundary;
  }

  @Override
  public String name() {
    return boundary.transaction.name();
  }

  @Override
  public boolean isReadOnly() {
    return boundary.transaction.isReadOnly();
  }

  @Override
  public Isolation isolation() {
    return boundary.transaction.isolation();
  }

  @Override
  public boolean isNested() {
    return boundary.block().ofTurns() instanceof Nested;
  }

  @Override
  public boolean isRollbackOnly() {
    return boundary.isDoomed();
  }

  @Override
  public void setRollbackOnly() {
    refuse("setRollbackOnly()");
    boundary.block().markRollbackOnly();
  }

  @Override
  public Optional<Duration> remainingTime() {
    Deadline deadline = boundary.deadline;
    return deadline == null ? Optional.empty() : Optional.of(deadline.remaining());
  }

  @Override
  public void beforeCommit(TransactionalRunnable<?> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("beforeCommit(..)").beforeCommit(boundary.block(), hook);
  }

  @Override
  public void afterCommit(TransactionalRunnable<?> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("afterCommit(..)").afterCommit(boundary.block(), hook);
  }

  @Override
  public void afterRollback(TransactionalRunnable<?> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("afterRollback(..)").afterRollback(boundary.block(), hook);
  }

  @Override
  public void afterCompletion(Consumer<Outcome> hook) {
    Objects.requireNonNull(hook, "hook");
    registering("afterCompletion(..)").afterCompletion(boundary.block(), hook);
  }

  private Hooks registering(String what) {
    refuse(what);
    return boundary.transaction.hooks();
  }

  private void refuse(String what) {
    boundary.transaction.refuseEnded(what);
    if (boundary.block().hasEnded()) {
      throw new TransactionCompletedException(
          what + " refused: " + boundary.shown() + " has ended. Ask the host at each use.", null);
    }
    if (!boundary.isOwnedByThisThread()) {
      refuseOutsider(what);
    }
    boundary.refuseToChild(what);
  }

  /** Forks and tasks are inside; whoever was merely handed the object is not. */
  private void refuseOutsider(String what) {
    if (!Carrier.current().isInside(boundary)) {
      throw SharingRefusals.outsider(what, boundary.shown());
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CurrentTransaction same && same.boundary == boundary;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(boundary);
  }

  @Override
  public String toString() {
    return boundary.shown();
  }
}
