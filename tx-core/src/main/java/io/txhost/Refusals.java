package io.txhost;

import io.txhost.internal.Captured;
import io.txhost.internal.Frame;
import io.txhost.spi.CauseChain;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said where something is refused: what, where, what was found, what to do. */
final class Refusals {
  // a rollback for an integrity constraint, and a statement whose completion is unknown
  private static final Set<String> NEVER = Set.of("40002", "40003");

  private Refusals() {}

  private static String refused(String what, Engine<?> engine) {
    return what + " refused on " + engine + ", thread '" + Thread.currentThread().getName() + "': ";
  }

  static TransactionException noneActive(
      String boundary, Engine<?> engine, @Nullable Frame nearest) {
    Captured captured = engine.captured(nearest);
    return new TransactionRequiredException(
        refused("MANDATORY for '" + boundary + "'", engine)
            + "no transaction is active here. "
            + (captured == null
                ? "Call it inside a boundary that begins one, or ask for REQUIRED."
                : came(captured) + "Open a boundary of its own around it, or ask for REQUIRED."),
        null);
  }

  private static String came(Captured captured) {
    return captured.transaction()
        + " was active on thread '"
        + captured.thread()
        + "', in boundary '"
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
      reason = lost ? "a statement failed and the server gave it up" : found.block.reason();
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

  static TransactionException noFallback(Engine<?> engine, FallbackPolicy policy) {
    return new TransactionRequiredException(
        refused("tx()", engine)
            + "no transaction is active here, and the fallback policy "
            + policy
            + (policy == FallbackPolicy.IN_CONTEXT
                ? " gives an auto-commit resource only where a Context is active. Open a boundary"
                      + " or a Context, or"
                : " never gives an auto-commit resource. Open a boundary, or")
            + " say withoutTransaction.",
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

  static TransactionException otherThread(String what, Boundary boundary) {
    return new TransactionException(
        "TXH-116",
        what
            + " refused on thread '"
            + Thread.currentThread().getName()
            + "': "
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
