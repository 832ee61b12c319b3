package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.internal.RefusedUse;
import io.txhost.spi.ThreadName;
import org.jspecify.annotations.Nullable;

/** What is refused to those that share a transaction: structured children, tasks, who waits. */
final class SharingRefusals {
  private SharingRefusals() {}

  static TransactionException child(
      String what, Object host, String boundary, Object adapter, Object transaction) {
    return RefusedUse.told(
        new DetachedTransactionException(
            Refusals.refused(what, host)
                + boundary
                + " reached this thread, but "
                + adapter
                + " cannot share one transaction between threads. Do the work on the thread of the"
                + " boundary, or open a boundary of its own (REQUIRES_NEW) here; "
                + transaction
                + " is untouched.",
            null));
  }

  static TransactionException outsider(String what, String boundary) {
    return new TransactionException(
        "TXH-115",
        Refusals.refused(what)
            + "the caller is outside of "
            + boundary
            + ", and was handed its object. Call it inside: on the boundary's thread, in a fork,"
            + " or in a task of inParallel.",
        null);
  }

  static TransactionException waitedTooLong(
      String what, Object transaction, long seconds, String forWhom) {
    return new TurnNotGivenException(
        Refusals.refused(what)
            + "it waited "
            + seconds
            + " s for its turn in "
            + transaction
            + ", for "
            + forWhom
            + "; nobody ahead of it was served meanwhile. Do two wait for each other? Children share one connection, one call at a time: end"
            + " a NESTED block before waiting for others of the same transaction.");
  }

  static TransactionException interruptedWaiting(String what, Object transaction) {
    return new TransactionInterruptedException(
        "TXH-120",
        Refusals.refused(what)
            + "the thread was interrupted while it waited for its turn in "
            + transaction
            + ". Nothing was sent; the flag is still set.",
        null);
  }

  static TransactionException interruptedBefore(String what, String nearest) {
    return new TransactionInterruptedException(
        "TXH-120",
        Refusals.refused(what)
            + "this child of "
            + nearest
            + " was interrupted. Mostly the scope interrupts a child because another child"
            + " failed or won. Nothing was sent, since an interrupt inside a call may close the"
            + " connection that all children share.",
        null);
  }

  static TransactionException interruptedInside(Object transaction, Throwable failure) {
    return new TransactionException(
        "TXH-124",
        "Thread "
            + ThreadName.here()
            + " was interrupted inside a call of the driver, and "
            + transaction
            + " was lost by it: an interrupt closes the socket that a virtual thread waits at. Use"
            + " inParallel, which interrupts nobody inside a call.",
        failure);
  }

  static TransactionException cancelled(String what, String nearest, Object tasks) {
    return new TaskCancelledException(
        Refusals.refused(what)
            + nearest
            + " belongs to "
            + tasks
            + ", which was cancelled: another of its tasks failed or won, or nobody waits for it any"
            + " more. Nothing was sent.");
  }

  static TransactionException forkedUnderOverlay(String what, Object host) {
    return RefusedUse.told(
        new DetachedTransactionException(
            Refusals.refused(what, host)
                + "this thread, or one that has captured its work, was forked where begin() or a restored"
                + " snapshot was in force. begin() does not reach forks, nor does a snapshot: use"
                + " withTransaction around the scope, or inParallel.",
            null));
  }

  /**
   * @param failure its own, if it failed
   */
  static TransactionException lostAfterWriting(int task, Object race, @Nullable Throwable failure) {
    return new TransactionException(
        "TXH-125",
        "Task "
            + (task + 1)
            + " of "
            + race
            + " had written in the transaction and did not win. What it wrote cannot be told from"
            + " what the others did, so nothing is kept. Let a task of a race write last, in a"
            + " NESTED block or in a transaction of its own.",
        failure);
  }

  static TransactionException interruptedParallel(String parallel) {
    return new TransactionInterruptedException(
        "TXH-150",
        parallel
            + " was interrupted: its tasks were cancelled, none runs any more, and nothing of the"
            + " block around is kept. The thread's flag is still set.",
        null);
  }

  static TransactionException noAnswer(String parallel, String running, long seconds) {
    return new TransactionException(
        "TXH-123",
        parallel
            + " was cancelled, and "
            + running
            + " did not end within "
            + seconds
            + " s. It is no longer waited for; what it still asks of a transaction around is"
            + " refused.",
        null);
  }

  /**
   * A fork has what was bound around it, and not what {@code begin()} installed over that.
   *
   * @param within what the thread may use if it is its own; null if there is none such
   */
  static void refuseForkUnderOverlay(String what, Object host, @Nullable Frame within) {
    if (Carrier.forkedUnderOverlay(within)) {
      throw forkedUnderOverlay(what, host);
    }
  }
}
