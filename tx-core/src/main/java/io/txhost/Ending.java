package io.txhost;

import io.txhost.internal.Frame;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a transaction and a NESTED block end. */
final class Ending {
  private Ending() {}

  // ---- a transaction

  static void finishTransaction(Boundary boundary) {
    ActiveTransaction transaction = transaction(boundary);
    Block block = block(boundary);
    if (!isToBeUndone(transaction, block)) {
      runBeforeCommit(boundary, transaction);
    }
    if (isToBeUndone(transaction, block)) {
      rollbackMarked(transaction, block);
      return;
    }
    Deadline deadline = transaction.deadline;
    if (deadline != null && deadline.isPast()) {
      rollbackAndThrow(transaction, deadline.exceeded("The commit of " + transaction));
    }
    commit(transaction, block);
  }

  private static void commit(ActiveTransaction transaction, Block block) {
    try {
      transaction.commit();
    } catch (TransactionCommitException refusal) {
      if (refusal.outcome() == Transaction.Outcome.ROLLED_BACK && transaction.lostCause() != null) {
        // it had been lost, and the adapter found out just before COMMIT
        UnexpectedRollbackException thrown = unexpected(transaction.toString(), transaction, block);
        thrown.addSuppressed(refusal);
        transaction.endedBy(thrown);
        throw thrown;
      }
      throw refusal;
    }
  }

  private static boolean isToBeUndone(ActiveTransaction transaction, Block block) {
    return block.isMarked() || transaction.isLost();
  }

  /**
   * Inside the boundary, which is bound again if the work was: the hooks may use tx(), and register
   * more.
   */
  private static void runBeforeCommit(Boundary boundary, ActiveTransaction transaction) {
    if (transaction.hooks.isEmpty()) {
      return;
    }
    try {
      Ending.<RuntimeException>drain(boundary, transaction.hooks);
    } catch (Throwable failure) {
      undoTransaction(boundary, failure);
      throw failure;
    }
  }

  // X stands for whatever a hook throws: it leaves as it is, checked or not
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void drain(Boundary boundary, Hooks hooks) throws X {
    boolean marked = false;
    while (!marked) {
      TransactionalRunnable<X> hook = (TransactionalRunnable<X>) hooks.nextBeforeCommit();
      if (hook == null) {
        return;
      }
      Engine.bound(boundary, hook);
      marked = isToBeUndone(transaction(boundary), block(boundary));
    }
  }

  private static void rollbackMarked(ActiveTransaction transaction, Block block) {
    if (!block.isFailed() && !transaction.isLost()) {
      transaction.rollback();
      return;
    }
    rollbackAndThrow(transaction, unexpected(transaction.toString(), transaction, block));
  }

  static UnexpectedRollbackException unexpected(
      String what, ActiveTransaction transaction, Block block) {
    Throwable cause = block.firstFailure() == null ? transaction.lostCause() : block.firstFailure();
    String why = block.isFailed() || !transaction.isLost() ? block.reason() : transaction.lostHow();
    return new UnexpectedRollbackException(
        what
            + " was rolled back although its own code returned normally: "
            + why
            + ", and the failure was swallowed. Let the failure out of the boundary, or run what may fail in NESTED"
            + " or REQUIRES_NEW.",
        cause);
  }

  private static void rollbackAndThrow(ActiveTransaction transaction, TransactionException thrown) {
    rollbackSuppressing(transaction, thrown);
    throw thrown;
  }

  static void undoTransaction(Boundary boundary, Throwable failure) {
    ActiveTransaction transaction = transaction(boundary);
    suppressTimeout(transaction, transaction.deadline, failure);
    rollbackSuppressing(transaction, failure);
  }

  /**
   * A failure past the deadline, a driver's own timeout say, leaves unchanged, with ours suppressed
   * in it.
   */
  static void suppressTimeout(
      ActiveTransaction transaction, @Nullable Deadline deadline, Throwable failure) {
    if (deadline != null && deadline.isPast() && !saysTimedOut(failure)) {
      Engine.suppress(failure, deadline.exceeded(transaction.toString()));
    }
  }

  private static boolean saysTimedOut(Throwable failure) {
    return failure instanceof TransactionTimedOutException
        || Stream.of(failure.getSuppressed())
            .anyMatch(TransactionTimedOutException.class::isInstance);
  }

  static void rollbackSuppressing(ActiveTransaction transaction, Throwable thrown) {
    transaction.endedBy(thrown);
    try {
      transaction.rollback();
    } catch (Throwable beside) {
      Engine.suppress(thrown, beside);
    }
  }

  static void afterTransaction(Boundary boundary) {
    ActiveTransaction transaction = transaction(boundary);
    if (!transaction.phase().isEnd()) {
      // an Error on the way to the end, out of memory say: whatever it was, nothing stays open
      rollbackSuppressing(transaction, new IllegalStateException("ended on the way out"));
    }
    Transaction.Outcome outcome = transaction.outcome();
    tell(boundary, transaction, outcome);
    transaction.completeViews(outcome);
    List<TransactionalRunnable<?>> due = transaction.hooks.after(outcome);
    if (!due.isEmpty()) {
      runAfter(boundary, transaction, due);
    }
  }

  private static void tell(
      Boundary boundary, ActiveTransaction transaction, Transaction.Outcome outcome) {
    Listeners listeners = boundary.engine.listeners();
    Throwable cause = transaction.endedBy();
    switch (outcome) {
      case COMMITTED -> listeners.tell(listener -> listener.committed(transaction));
      case ROLLED_BACK -> {
        EndingLog.undone(boundary, cause);
        listeners.tell(listener -> listener.rolledBack(transaction, cause));
      }
      case UNKNOWN ->
          listeners.tell(listener -> listener.unknown(transaction, Objects.requireNonNull(cause)));
    }
  }

  /** As under withoutTransaction, with the values of the context around the boundary. */
  private static void runAfter(
      Boundary boundary, ActiveTransaction transaction, List<TransactionalRunnable<?>> due) {
    Frame outer = Objects.requireNonNull(boundary.outer());
    Boundary without =
        boundary.engine.withoutForHooks("hooks of " + boundary.name, outer.context());
    for (TransactionalRunnable<?> hook : due) {
      try {
        Engine.bound(without, hook);
      } catch (Throwable failure) {
        boundary.engine.listeners().hookFailed(transaction, failure);
      }
    }
  }

  // ---- a NESTED block

  static void finishBlock(Boundary boundary) {
    ActiveTransaction transaction = transaction(boundary);
    Block block = block(boundary);
    if (isToBeUndone(transaction, block)) {
      undoMarkedBlock(boundary, transaction, block);
      return;
    }
    TransactionException cancelled = Children.cancelled("The end of a NESTED block", boundary);
    if (cancelled != null) { // kept, it could not be told from what others have done
      undoBlock(boundary, cancelled);
      throw cancelled;
    }
    Deadline deadline = boundary.deadline;
    if (deadline != boundary.outerDeadline && deadline != null && deadline.isPast()) {
      TransactionTimedOutException thrown = deadline.exceeded(boundary.toString());
      undoBlock(boundary, thrown);
      throw thrown;
    }
    transaction.release(boundary, savepoint(block));
    boundary.engine.listeners().tell(l -> l.savepointReleased(transaction, boundary.name));
  }

  private static void undoMarkedBlock(
      Boundary boundary, ActiveTransaction transaction, Block block) {
    if (!block.isFailed() && !transaction.isLost()) {
      undoBlockQuietly(boundary);
      return;
    }
    UnexpectedRollbackException thrown = unexpected(boundary.toString(), transaction, block);
    undoBlock(boundary, thrown);
    throw thrown;
  }

  static void undoBlock(Boundary boundary, Throwable failure) {
    suppressTimeout(transaction(boundary), boundary.deadline, failure);
    Throwable undoing = undo(boundary, failure);
    if (undoing != null) {
      Engine.suppress(failure, undoing);
    }
  }

  /** Undoes the block; what went wrong is returned, and the transaction is lost then. */
  private static @Nullable Throwable undo(Boundary boundary, @Nullable Throwable because) {
    ActiveTransaction transaction = transaction(boundary);
    Block block = block(boundary);
    EndingLog.undone(boundary, because);
    transaction.hooks.undone(block);
    try {
      transaction.rollbackTo(boundary, savepoint(block));
    } catch (Throwable failure) {
      return failure;
    }
    boundary.engine.listeners().tell(l -> l.savepointRolledBack(transaction, boundary.name));
    return null;
  }

  /** Undoes a block because its own code asked for it. */
  static void undoBlockQuietly(Boundary boundary) {
    Throwable undoing = undo(boundary, null);
    if (undoing != null) {
      throw notUndone(boundary, undoing);
    }
  }

  private static UnexpectedRollbackException notUndone(Boundary boundary, Throwable undoing) {
    return new UnexpectedRollbackException(
        boundary + " could not be undone, so the whole transaction is lost", undoing);
  }

  private static Object savepoint(Block block) {
    return Objects.requireNonNull(block.savepoint, "savepoint");
  }

  // ---- any, whose result means failure

  /**
   * Undoes the boundary, whatever has marked or lost it before: its result says that it has failed,
   * so nobody believes in what is undone.
   */
  static void undoForResult(Boundary boundary) {
    Block block = block(boundary);
    switch (boundary.kind) {
      case TRANSACTION -> {
        ActiveTransaction transaction = transaction(boundary);
        Throwable before = block.firstFailure();
        transaction.endedBy(before == null ? transaction.lostCause() : before);
        transaction.rollback();
      }
      case BLOCK -> undoBlockQuietly(boundary);
      case JOIN -> block.joinerReturnedFailure(boundary.name);
      case WITHOUT, PLAIN -> throw new IllegalStateException(boundary + " has nothing to undo");
    }
  }

  private static ActiveTransaction transaction(Boundary boundary) {
    return Objects.requireNonNull(boundary.transaction, "transaction");
  }

  private static Block block(Boundary boundary) {
    return Objects.requireNonNull(boundary.block, "block");
  }
}
