package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.CauseChain;
import io.txhost.spi.ThreadName;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is refused to structured children: forks of a {@code StructuredTaskScope} and tasks of
 * {@code inParallel} that are in a transaction of another thread.
 */
final class Children {
  private Children() {}

  /** Refuses what the calling thread may not do in the transaction, if it is not the owner. */
  static void refuse(String what, Engine<?> engine, Boundary nearest) {
    ActiveTransaction transaction = nearest.transaction;
    if (transaction == null || transaction.isOwnedByThisThread()) {
      return;
    }
    if (!transaction.isSharable()) {
      throw Refusals.child(what, engine, nearest, transaction);
    }
    refuseForkUnderOverlay(what, engine, nearest);
    refuseCancelled(what, nearest);
  }

  /**
   * A fork has what was bound around it, and not what {@code begin()} installed over that.
   *
   * @param within what the thread may use if it is its own; null if there is none such
   */
  static void refuseForkUnderOverlay(String what, Engine<?> engine, @Nullable Frame within) {
    if (Carrier.forkedUnderOverlay(within)) {
      throw Refusals.forkedUnderOverlay(what, engine);
    }
  }

  /** What a child sends, or waits to send. */
  static void refuseToGoOn(String what, Boundary nearest) {
    refuseCancelled(what, nearest);
    refuseInterrupted(what, nearest);
  }

  static void refuseCancelled(String what, Boundary nearest) {
    TransactionException cancelled = cancelled(what, nearest);
    if (cancelled != null) {
      throw cancelled;
    }
  }

  /** A refusal, if the calling code is a task's that was cancelled. */
  static @Nullable TransactionException cancelled(String what, Boundary nearest) {
    Parallel<?, ?> cancelled = find(nearest, Parallel::isCancelled);
    return cancelled == null ? null : Refusals.cancelled(what, nearest, cancelled);
  }

  /** Nobody waits for it any more: what it had open was undone by others, or will be. */
  static void refuseGivenUp(String what, Boundary nearest) {
    Parallel<?, ?> givenUp = find(nearest, Parallel::isGivenUp);
    if (givenUp != null) {
      throw Refusals.cancelled(what, nearest, givenUp);
    }
  }

  private static @Nullable Parallel<?, ?> find(Boundary nearest, Predicate<Parallel<?, ?>> asked) {
    for (Frame frame = nearest; frame != null; frame = frame.outerBoundary()) {
      if (frame instanceof Boundary boundary && boundary.transaction == nearest.transaction) {
        if (boundary.parallel != null && asked.test(boundary.parallel)) {
          return boundary.parallel;
        }
        if (boundary.kind == Boundary.Kind.TRANSACTION) {
          return null;
        }
      }
    }
    return null;
  }

  /**
   * A virtual thread that is interrupted closes the socket it reads from, and with it everybody's
   * transaction: so what was interrupted before does not even go there.
   */
  private static void refuseInterrupted(String what, Boundary nearest) {
    if (Thread.currentThread().isInterrupted()) {
      throw marking(nearest, Refusals.interruptedBefore(what, nearest));
    }
  }

  /**
   * A child that is interrupted before it is done may have done the half, and its scope may never
   * ask for its failure: so that marks the blocks it has opened itself, and the one it shares.
   */
  static TransactionException marking(Boundary nearest, TransactionException interrupted) {
    String child = "a structured child on thread " + ThreadName.here();
    Block block = nearest.block;
    while (block != null) {
      block.joinerFailed(child, interrupted);
      block = block.isOwnedByThisThread() ? block.outer : null;
    }
    return interrupted;
  }

  /** Names the thread that was interrupted inside the call, if that is why it failed. */
  static Throwable interruptedIfSo(ActiveTransaction transaction, Throwable failure) {
    boolean isOfTheSocket = CauseChain.of(failure).stream().anyMatch(IOException.class::isInstance);
    return isOfTheSocket && Thread.currentThread().isInterrupted()
        ? Refusals.interruptedInside(transaction, failure)
        : failure;
  }
}
