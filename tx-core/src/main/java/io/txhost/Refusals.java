package io.txhost;

import io.txhost.internal.Captured;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.CauseChain;
import io.txhost.spi.ThreadName;
import io.txhost.spi.TransactionAdapter;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said where something is refused: what, where, what was found, what to do. */
final class Refusals {
  // a rollback for an integrity constraint, and a statement whose completion is unknown
  private static final Set<String> NEVER = Set.of("40002", "40003");

  private Refusals() {}

  private static String refused(String what, Engine<?> engine) {
    return what + " refused on " + engine + ", thread " + ThreadName.here() + ": ";
  }

  private static String refused(String what) {
    return what + " refused on thread " + ThreadName.here() + ": ";
  }

  static TransactionException noneActive(
      String boundary, Engine<?> engine, @Nullable Frame nearest) {
    Captured captured = engine.captured(nearest);
    return new TransactionRequiredException(
        refused("MANDATORY for '" + boundary + "'", engine)
            + "no transaction is active here. "
            + (captured == null
                ? unseen() + "Call it inside a boundary that begins one, or ask for REQUIRED."
                : came(captured) + "Open a boundary of its own around it, or ask for REQUIRED."),
        null);
  }

  private static String unseen() {
    return Carrier.forkedUnderOverlay(null)
        ? "This thread was forked where begin(), or a restored snapshot, was in force, which does not"
            + " reach forks: use withTransaction around the scope, or inParallel. "
        : "";
  }

  private static String came(Captured captured) {
    return captured.transaction()
        + " was active on thread "
        + captured.thread()
        + ", in boundary '"
        + captured.boundary()
        + "', where this work was captured; a transaction does not come along, since it may end"
        + " before the work runs. ";
  }

  static TransactionException active(String boundary, Engine<?> engine, @Nullable Frame nearest) {
    return new TransactionAlreadyActiveException(
        refused("NEVER for '" + boundary + "'", engine)
            + nearest
            + " is active here. Call it outside, or ask for NOT_SUPPORTED, which sets it aside.",
        null);
  }

  static TransactionException marked(String boundary, Engine<?> engine, @Nullable Frame nearest) {
    Throwable cause = null;
    String reason = "it is marked";
    if (nearest instanceof Boundary found && found.block != null && found.transaction != null) {
      boolean lost = !found.block.isMarked();
      cause = found.block.firstFailure();
      cause = cause == null ? found.transaction.lostCause() : cause;
      reason = lost ? found.transaction.lostHow() : found.block.reason();
    }
    return new UnexpectedRollbackException(
        refused("'" + boundary + "'", engine)
            + nearest
            + " will be rolled back ("
            + reason
            + "), so work in it would be lost. Let the first failure out, or ask for REQUIRES_NEW.",
        cause);
  }

  static TransactionException detached(String what, Engine<?> engine, @Nullable Frame nearest) {
    Captured captured = engine.captured(nearest);
    return new DetachedTransactionException(
        refused(what, engine)
            + (captured == null ? "" : came(captured))
            + "Open a boundary of its own around the work (REQUIRED begins one), or say"
            + " withoutTransaction, or run it where the transaction reaches it: in a structured"
            + " scope (inParallel, or a StructuredTaskScope on Java 25), or before handing over.",
        null);
  }

  static TransactionException child(
      String what, Engine<?> engine, Boundary boundary, ActiveTransaction transaction) {
    return new DetachedTransactionException(
        refused(what, engine)
            + boundary
            + " reached this thread, but "
            + engine.adapter()
            + " cannot share one transaction between threads. Do the work on the thread of the"
            + " boundary, or open a boundary of its own (REQUIRES_NEW) here; "
            + transaction
            + " is untouched.",
        null);
  }

  static CannotBeginTransactionException hookFailed(
      ActiveTransaction transaction, Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new CannotBeginTransactionException(
        transaction
            + " could not be begun: a hook given by onBegin failed with "
            + failure.getClass().getName()
            + ", the cause. The statement that was to be the first was not sent, and nothing else"
            + " is.",
        failure);
  }

  static CannotBeginTransactionException notBegun(
      String what, ActiveTransaction transaction, CannotBeginTransactionException why) {
    return new CannotBeginTransactionException(
        refused(what)
            + transaction
            + " could not be begun, since a hook given by onBegin failed, see the cause. Nothing"
            + " was sent. Let that failure leave the boundary.",
        why.getCause());
  }

  static TransactionException cannotHook(TransactionAdapter<?> adapter) {
    return new TransactionException(
        "TXH-207",
        "onBegin refused on a host over "
            + adapter
            + ": this adapter does not tell when a transaction is about to send its first statement,"
            + " so the hook would never run. Use an adapter whose tellsBegun() says true, or set what"
            + " is to be set at the start of each boundary.",
        null);
  }

  static TransactionException insideListener(String what, Engine<?> engine) {
    return new TransactionException(
        "TXH-128",
        refused(what, engine)
            + "a TransactionListener of this host is being told what the host does, and the host is"
            + " not done with it. Nothing was sent. Take what you need from the event; for work in"
            + " a transaction register a hook inside the boundary, such as"
            + " currentTransaction().afterCommit(..).",
        null);
  }

  static TransactionException setAside(
      String what, ActiveTransaction transaction, Boundary nearest) {
    return new TransactionException(
        "TXH-127",
        refused(what)
            + "its connection is of "
            + transaction
            + ", which is set aside here by "
            + nearest
            + ". Nothing was sent. Ask host.tx() at each use.",
        null);
  }

  static TransactionException noFallback(String what, Engine<?> engine, FallbackPolicy policy) {
    return new TransactionRequiredException(
        refused(what, engine)
            + "no transaction is active here, and the fallback policy "
            + policy
            + (policy == FallbackPolicy.IN_CONTEXT
                ? " gives an auto-commit resource only where a Context is active. Open a boundary"
                    + " or a Context, or"
                : " never gives an auto-commit resource. Open a boundary, or")
            + " say withoutTransaction.",
        null);
  }

  /**
   * @param ineffective an annotated method on the stack that was not called through its proxy, or
   *     null
   */
  static TransactionException writeOutside(
      String what, Engine<?> engine, @Nullable String ineffective) {
    return new TransactionRequiredException(
        refused(what, engine)
            + "no transaction is active here, and the fallback policy READ_ONLY lets only reads"
            + " through. Nothing was sent. "
            + (ineffective == null
                ? "Run it in host.withTransaction(..)."
                : ineffective
                    + " is @Transactional, but was not called through its proxy: by its own object,"
                    + " before the proxy was there, or without @EnableTransactionHosts. Call it"
                    + " through the bean, or run it in host.withTransaction(..).")
            + " Where each statement is to commit by itself, say so with"
            + " host.withoutTransaction(..), or for the whole host with FallbackPolicy.ALLOW.",
        null);
  }

  /**
   * @param asker the boundary without a transaction that has asked for readOnly
   */
  static TransactionException writeInReadOnly(String what, Engine<?> engine, String asker) {
    return new TransactionRequiredException(
        refused(what, engine)
            + "'"
            + asker
            + "' asked for readOnly and runs without a transaction, so only reads go through inside."
            + " Nothing was sent. Take readOnly away there, or run the write in"
            + " host.withTransaction(..).",
        null);
  }

  static TransactionException isolationOutside(String boundary, Isolation asked) {
    return new IncompatibleTransactionException(
        "Isolation "
            + asked
            + " refused for '"
            + boundary
            + "': it runs without a transaction, where each statement is alone. Ask for it where a"
            + " transaction begins, or ask for REQUIRED here.",
        null);
  }

  static TransactionException retry(String boundary, String why) {
    return new IncompatibleTransactionException(
        "Retry refused for '"
            + boundary
            + "': it "
            + why
            + ", and only a boundary that begins a transaction can run it again. Move the retry"
            + " there, or ask for REQUIRES_NEW.",
        null);
  }

  static TransactionException isolation(String boundary, Isolation asked, Boundary active) {
    return new IncompatibleTransactionException(
        "Isolation "
            + asked
            + " refused for '"
            + boundary
            + "': "
            + active
            + " runs in "
            + active.isolation()
            + ", which does not give it. Ask for it where the transaction begins, or for"
            + " REQUIRES_NEW.",
        null);
  }

  static TransactionException outsider(String what, Boundary boundary) {
    return new TransactionException(
        "TXH-115",
        refused(what)
            + "it is outside of "
            + boundary
            + ", whose object was handed over. Call it inside: there, in a fork, or in a task of"
            + " inParallel.",
        null);
  }

  static TransactionException waitedTooLong(
      String what, ActiveTransaction transaction, String forWhom) {
    return new TurnNotGivenException(
        refused(what)
            + "it waited "
            + Waits.LONGEST.toSeconds()
            + " s for its turn in "
            + transaction
            + ", for "
            + forWhom
            + "; nobody ahead of it was served meanwhile. Do two wait for each other? Children share one connection, one call at a time: end"
            + " a NESTED block before waiting for others of the same transaction.");
  }

  static TransactionException lostByBlock(
      String what, ActiveTransaction transaction, @Nullable Throwable cause) {
    return new TransactionException(
        "TXH-126",
        refused(what)
            + transaction
            + " is lost since a NESTED block of it could not be ended, see the cause: what belongs to"
            + " the block can no longer be told from the rest. Nothing was sent, and it will be"
            + " rolled back. Let that failure leave the boundary.",
        cause);
  }

  static TransactionException interruptedWaiting(String what, ActiveTransaction transaction) {
    return new TransactionInterruptedException(
        "TXH-120",
        refused(what)
            + "the thread was interrupted while it waited for its turn in "
            + transaction
            + ". Nothing was sent; the flag is still set.",
        null);
  }

  static TransactionException interruptedBefore(String what, Boundary nearest) {
    return new TransactionInterruptedException(
        "TXH-120",
        refused(what)
            + "this child of "
            + nearest
            + " was interrupted, by its scope as a rule, because another failed or won. Nothing was"
            + " sent, since an interrupt inside a call may close the connection that all share.",
        null);
  }

  static TransactionException interruptedInside(ActiveTransaction transaction, Throwable failure) {
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

  static TransactionException cancelled(String what, Boundary nearest, Parallel<?, ?> parallel) {
    return new TaskCancelledException(
        refused(what)
            + nearest
            + " belongs to "
            + parallel
            + ", which was cancelled: another of its tasks failed or won, or nobody waits for it any"
            + " more. Nothing was sent.");
  }

  static TransactionException forkedUnderOverlay(String what, Engine<?> engine) {
    return new DetachedTransactionException(
        refused(what, engine)
            + "this thread, or one that has captured its work, was forked where begin(), or a restored"
            + " snapshot, was in force, and works beside that: begin() does not reach forks; use"
            + " withTransaction around the scope, or inParallel.",
        null);
  }

  /**
   * @param failure its own, if it failed
   */
  static TransactionException lostAfterWriting(
      int task, Parallel<?, ?> race, @Nullable Throwable failure) {
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

  /**
   * Whether the refusal is one of ours that was made because of the failure: of something in a
   * transaction that the failure has marked or lost.
   */
  static boolean isBecauseOf(Throwable failure, Throwable refusal) {
    boolean isOurs =
        refusal instanceof UnexpectedRollbackException
            || refusal.getClass() == TransactionException.class;
    Set<Throwable> failed = CauseChain.of(failure);
    return isOurs
        && refusal.getCause() != null
        && failed.contains(refusal.getCause())
        && !failed.contains(refusal);
  }

  static boolean isCancelled(Throwable failure) {
    for (Throwable t : CauseChain.of(failure)) {
      if (t instanceof TaskCancelledException) {
        return true;
      }
    }
    return false;
  }

  static TransactionException interruptedParallel(String parallel) {
    return new TransactionInterruptedException(
        "TXH-150",
        parallel
            + " was interrupted: its tasks were cancelled, none runs any more, and nothing of the"
            + " block around is kept. The thread's flag is still set.",
        null);
  }

  static TransactionException noAnswer(String parallel, String running) {
    return new TransactionException(
        "TXH-123",
        parallel
            + " was cancelled, and "
            + running
            + " did not end within "
            + Waits.LONGEST.toSeconds()
            + " s. It is no longer waited for; what it still asks of a transaction around is"
            + " refused.",
        null);
  }

  static TransactionCommitException busyAtCommit(
      ActiveTransaction transaction, TransactionException busy) {
    return new TransactionCommitException(
        transaction
            + " was rolled back: a call or a NESTED block of a child was still under way, see the"
            + " cause. COMMIT was not sent; the connection was thrown away.",
        busy);
  }

  static TransactionException otherThread(String what, Boundary boundary) {
    return new TransactionException(
        "TXH-116",
        what
            + " refused on thread "
            + ThreadName.here()
            + ": "
            + boundary
            + " was opened there, and is ended there.",
        boundary.openedAt);
  }

  static TransactionException outOfOrder(String what, Boundary boundary, Frame current) {
    return new TransactionException(
        "TXH-117",
        what
            + " refused: "
            + current
            + " was opened inside "
            + boundary
            + " and is still open. End the innermost first; try-with-resources does.",
        current instanceof Boundary inner ? inner.openedAt : null);
  }

  static TransactionException leftOpen(Frame around, Boundary inner) {
    return new TransactionException(
        "TXH-118",
        around
            + " cannot end: "
            + inner
            + " was opened by begin() inside it and never ended. "
            + (around instanceof Boundary ? "Both are" : "It is")
            + " rolled back. End it with try-with-resources.",
        inner.openedAt);
  }

  static CommitOutcomeUnknownException unknownByAdapter(
      ActiveTransaction transaction, Throwable failure) {
    return new CommitOutcomeUnknownException(
        "The adapter threw "
            + failure.getClass().getName()
            + " from the commit of "
            + transaction
            + ", which says nothing of its outcome. Ask the database before doing the work again.",
        failure);
  }

  static CommitOutcomeUnknownException lostWhileCommitting(ActiveTransaction transaction) {
    return new CommitOutcomeUnknownException(
        transaction
            + " was reported lost while it was committing, so the commit may have been none. Ask"
            + " the database before doing the work again.",
        transaction.lostCause());
  }

  /** Whatever a policy asks for: repeating these could do the work twice, or past its deadline. */
  static boolean isNeverRepeated(Throwable failure) {
    for (Throwable t : CauseChain.of(failure)) {
      if (t instanceof TransactionTimedOutException
          || t instanceof CannotBeginTransactionException
          || t instanceof CommitOutcomeUnknownException
          || (t instanceof SQLException sql && NEVER.contains(String.valueOf(sql.getSQLState())))) {
        return true;
      }
    }
    return false;
  }
}
