package io.txhost;

import io.txhost.internal.Carrier;
import org.jspecify.annotations.Nullable;

/** A NESTED block: from a savepoint to its release, or back to it. */
final class Nested extends Block {
  private final Inside outer;
  private final Object savepoint;

  /** Opened already; see {@link #open}. */
  Nested(Inside outer, TransactionOptions asked, @Nullable Deadline deadline, Object savepoint) {
    super(outer.host, Carrier.current(), outer, asked, deadline);
    this.outer = outer;
    this.savepoint = savepoint;
  }

  /** Opens one, which has the connection to itself until it ends. */
  static Nested open(Inside outer, TransactionOptions asked) {
    HostSetup host = outer.host;
    TransactionOptions named = host.named(asked);
    Deadline deadline = Deadline.sooner(outer.deadline, Deadline.of(host, named));
    ActiveTransaction transaction = outer.transaction;
    transaction.take("NESTED '%s'", host.nameOf(named), outer, deadline);
    Nested opened;
    try {
      Object savepoint = transaction.adapterTransaction.createSavepoint();
      opened = new Nested(outer, named, deadline, savepoint);
      transaction.open(opened);
    } finally {
      transaction.leave();
    }
    if (transaction.isObserved()) {
      transaction.tell(listener -> listener.savepoint(transaction, opened.label()));
    }
    return opened;
  }

  @Override
  Block around() {
    return outer.block();
  }

  @Override
  Block ofTurns() {
    return this;
  }

  @Override
  void keep() {
    if (isMarked() || transaction.isLost()) {
      undoMarked();
      return;
    }
    TransactionException cancelled = cancelled("The end of a NESTED block");
    if (cancelled != null) { // kept, it could not be told from what others have done
      undoFor(cancelled);
      throw cancelled;
    }
    if (deadline != outer.deadline && deadline != null && deadline.isPast()) {
      TransactionTimedOutException thrown = deadline.exceeded(toString());
      undoFor(thrown);
      throw thrown;
    }
    release();
  }

  private void release() {
    end(true);
    if (hasWritten()) {
      around().wrote();
    }
    if (transaction.isObserved()) {
      transaction.tell(l -> l.savepointReleased(transaction, label()));
    }
  }

  private void undoMarked() {
    if (!isFailed() && !transaction.isLost()) {
      undo();
      return;
    }
    UnexpectedRollbackException thrown = returnedNormally(toString());
    undoFor(thrown);
    throw thrown;
  }

  @Override
  void undo() {
    Throwable undoing = undone(null);
    if (undoing != null) {
      throw Refusals.notUndone(toString(), undoing);
    }
  }

  @Override
  void undoForResult() {
    undo();
  }

  @Override
  void undoFor(Throwable failure) {
    suppressTimeout(failure);
    Throwable undoing = undone(failure);
    if (undoing != null) {
      Failures.suppress(failure, undoing);
    }
  }

  /** Undoes the block; what went wrong is returned, and the transaction is lost then. */
  private @Nullable Throwable undone(@Nullable Throwable because) {
    EndingLog.undone(this, hasFailedByResult(), because);
    transaction.hooksUndone(this);
    try {
      end(false);
    } catch (Throwable failure) {
      return failure;
    }
    if (transaction.isObserved()) {
      transaction.tell(l -> l.savepointRolledBack(transaction, label()));
    }
    return null;
  }

  /** Ends it in a turn. Where that fails, the whole transaction is lost. */
  private void end(boolean isKept) {
    boolean hasTurn = false;
    try {
      refuseWhereGivenUp();
      TransactionException busy =
          transaction.takeToEnd("The end of %s", this, isKept ? this : null, deadline);
      hasTurn = busy == null;
      refuseWhereGivenUp(); // while it waited, perhaps
      endOrLose(busy, isKept);
    } finally {
      transaction.close(this);
      if (hasTurn) {
        transaction.leave();
      }
    }
  }

  /** Only what children have opened can be a task's. */
  private void refuseWhereGivenUp() {
    if (!transaction.isOwnedByThisThread()) {
      refuseGivenUp("The end of " + this);
    }
  }

  private void endOrLose(@Nullable TransactionException busy, boolean isKept) {
    try {
      if (busy != null) {
        throw busy;
      }
      endInTurn(isKept);
    } catch (Throwable failure) {
      transaction.lostByBlock(failure);
      throw failure;
    }
  }

  /** An interrupt would close a virtual thread's socket, and the answer be unknown. */
  private void endInTurn(boolean isKept) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      if (isKept) {
        transaction.adapterTransaction.release(savepoint);
      } else {
        transaction.adapterTransaction.rollbackTo(savepoint);
        transaction.recovered(); // in this turn: what the next one's does may lose it again
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  void endAnyhow(Throwable failure) {
    if (!hasEnded()) {
      undoFor(failure);
      end();
    }
  }

  @Override
  void after() {
    end();
  }

  @Override
  String whoseTurn() {
    return "NESTED '" + label() + "' of thread " + threadName();
  }

  @Override
  public String toString() {
    return "NESTED '" + label() + "' of " + transaction + onThread();
  }
}
