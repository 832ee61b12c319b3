package io.txhost;

import io.txhost.internal.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * What has joined and binds a frame all the same: by hand, with a time limit of its own, or as a
 * task. A plain join binds nothing.
 */
final class Joined extends Inside {
  private final Inside outer;
  private final @Nullable Tasks tasks;

  private Joined(
      Inside outer, TransactionOptions asked, @Nullable Deadline own, @Nullable Tasks tasks) {
    super(outer.host, Carrier.current(), outer, asked, Deadline.sooner(outer.deadline, own));
    this.outer = outer;
    this.tasks = tasks;
  }

  /**
   * Opens one.
   *
   * @param tasks what its task belongs to, if it is one
   */
  static Joined open(Inside outer, TransactionOptions asked, @Nullable Tasks tasks) {
    if (outer.transaction.isObserved()) {
      outer.tellJoined(asked);
    }
    TransactionOptions named = outer.host.named(asked);
    return new Joined(outer, named, Deadline.of(outer.host, named), tasks);
  }

  @Override
  Block block() {
    return outer.block();
  }

  @Override
  @Nullable Tasks tasks() {
    return tasks;
  }

  /**
   * A shorter deadline of its own that has passed is the joiner's failure, as a beginner's is at
   * its commit.
   */
  @Override
  void keep() {
    Deadline own = deadline;
    if (own != outer.deadline && own != null && own.isPast()) {
      TransactionTimedOutException late = own.exceeded("Joining " + transaction);
      block().joinerFailed(label(), late);
      throw late;
    }
  }

  @Override
  void undo() {
    block().markRollbackOnly();
  }

  @Override
  void undoForResult() {
    block().joinerReturnedFailure(label());
  }

  @Override
  void undoFor(Throwable failure) {
    if (hasFailedByResult()) {
      block().joinerFailed(label(), failure);
    }
    joinerFailed(label(), asked, failure);
  }

  @Override
  void after() {
    block().joinerEnded(asked);
  }

  @Override
  public String toString() {
    return "'" + label() + "', joined to " + transaction + onThread();
  }
}
