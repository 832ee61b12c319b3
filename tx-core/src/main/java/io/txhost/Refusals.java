package io.txhost;

import io.txhost.internal.CapturedTransaction;
import io.txhost.internal.Carrier;
import io.txhost.internal.RefusedUse;
import io.txhost.spi.ThreadName;
import org.jspecify.annotations.Nullable;

/**
 * What is said where something is refused: what, where, what was found, what to do. Takes words,
 * and of everything else only its name: what prints itself.
 */
final class Refusals {
  private Refusals() {}

  static String refused(String what, Object host) {
    return what + " refused on " + host + ", thread " + ThreadName.here() + ": ";
  }

  static String refused(String what) {
    return what + " refused on thread " + ThreadName.here() + ": ";
  }

  /**
   * Of what is refused, made when it is.
   *
   * @param named what {@code what} names in its place for it, if it has one
   */
  static String text(String what, @Nullable Object named) {
    return named == null ? what : what.formatted(named);
  }

  static TransactionException noneActive(
      String boundary, Object host, @Nullable CapturedTransaction captured) {
    return RefusedUse.told(
        new TransactionRequiredException(
            refused("MANDATORY for '" + boundary + "'", host)
                + "no transaction is active here. "
                + (captured == null
                    ? unseen() + "Call it inside a boundary that begins one, or ask for REQUIRED."
                    : came(captured)
                        + "Open a boundary of its own around the work, or ask for REQUIRED."),
            null));
  }

  private static String unseen() {
    return Carrier.forkedUnderOverlay(null)
        ? "This thread was forked where begin() or a restored snapshot was in force. Neither"
            + " reaches forks: use withTransaction around the scope, or inParallel. "
        : "";
  }

  private static String came(CapturedTransaction captured) {
    return captured.transaction()
        + " was active on thread "
        + captured.thread()
        + ", in boundary '"
        + captured.boundary()
        + "', where this work was captured. A transaction does not come along, since it may end"
        + " before the work runs. ";
  }

  static TransactionException active(String boundary, Object host, String active) {
    return new TransactionAlreadyActiveException(
        refused("NEVER for '" + boundary + "'", host)
            + active
            + " is active here. Call the work outside, or ask for NOT_SUPPORTED, which sets the"
            + " transaction aside.",
        null);
  }

  /**
   * @param reason how it was marked or lost
   */
  static TransactionException marked(
      String boundary, Object host, String marked, String reason, @Nullable Throwable cause) {
    return new UnexpectedRollbackException(
        refused("'" + boundary + "'", host)
            + marked
            + " will be rolled back ("
            + reason
            + "), so work in it would be lost. Let the first failure out, or ask for REQUIRES_NEW.",
        cause);
  }

  static TransactionException detached(
      String what, Object host, @Nullable CapturedTransaction captured) {
    return RefusedUse.told(
        new DetachedTransactionException(
            refused(what, host)
                + (captured == null ? "" : came(captured))
                + "Open a boundary of its own around the work (REQUIRED begins one), or say"
                + " withoutTransaction, or run it where the transaction reaches it: in a structured"
                + " scope (inParallel, or a StructuredTaskScope on Java 25), or before handing over.",
            null));
  }

  static CannotBeginTransactionException hookFailed(Object transaction, Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new CannotBeginTransactionException(
        transaction
            + " could not be begun: a hook given by onBegin failed with "
            + failure.getClass().getName()
            + ", the cause. Its first statement was not sent, and nothing else is sent.",
        failure);
  }

  static CannotBeginTransactionException notBegun(
      String what, Object transaction, CannotBeginTransactionException why) {
    return new CannotBeginTransactionException(
        refused(what)
            + transaction
            + " could not be begun, since a hook given by onBegin failed, see the cause. Nothing"
            + " was sent. Let that failure leave the boundary.",
        why.getCause());
  }

  static TransactionException cannotHook(Object adapter) {
    return new TransactionException(
        "TXH-207",
        "onBegin refused on a host over "
            + adapter
            + ": this adapter does not tell when a transaction is about to send its first statement,"
            + " so the hook would never run. Use an adapter whose tellsBegun() says true, or set what"
            + " is to be set at the start of each boundary.",
        null);
  }

  static TransactionException insideListener(String what, Object host) {
    return new TransactionException(
        "TXH-128",
        refused(what, host)
            + "a TransactionListener of this host is being told of an event, and the host is in"
            + " the midst of a change. Nothing was sent. Take what you need from the event. For"
            + " work in a transaction register a hook inside the boundary, such as"
            + " currentTransaction().afterCommit(..).",
        null);
  }

  static TransactionException setAside(String what, Object transaction, String nearest) {
    return new TransactionException(
        "TXH-127",
        refused(what)
            + "its connection belongs to "
            + transaction
            + ", which is set aside here by "
            + nearest
            + ". Nothing was sent. Ask host.tx() at each use.",
        null);
  }

  static TransactionException noFallback(String what, Object host, FallbackPolicy policy) {
    return RefusedUse.told(
        new TransactionRequiredException(
            refused(what, host)
                + "no transaction is active here, and the fallback policy "
                + policy
                + (policy == FallbackPolicy.IN_CONTEXT
                    ? " gives an auto-commit resource only where a Context is active. Open a boundary"
                        + " or a Context, or"
                    : " never gives an auto-commit resource. Open a boundary, or")
                + " say withoutTransaction.",
            null));
  }

  /**
   * @param ineffective an annotated method on the stack that was not called through its proxy, or
   *     null
   */
  static TransactionException writeOutside(String what, Object host, @Nullable String ineffective) {
    return RefusedUse.told(
        new TransactionRequiredException(
            refused(what, host)
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
            null));
  }

  /**
   * @param asker the boundary without a transaction that has asked for readOnly
   */
  static TransactionException writeInReadOnly(String what, Object host, String asker) {
    return RefusedUse.told(
        new TransactionRequiredException(
            refused(what, host)
                + "'"
                + asker
                + "' asked for readOnly and runs without a transaction, so only reads go through inside."
                + " Nothing was sent. Take readOnly away there, or run the write in"
                + " host.withTransaction(..).",
            null));
  }

  static TransactionException isolationOutside(String boundary, Isolation asked) {
    return new IncompatibleTransactionException(
        "Isolation "
            + asked
            + " refused for '"
            + boundary
            + "': it runs without a transaction, where each statement is alone. Ask for the"
            + " isolation where a transaction begins, or ask for REQUIRED here.",
        null);
  }

  static TransactionException retry(String boundary, String why) {
    return new IncompatibleTransactionException(
        "Retry refused for '"
            + boundary
            + "': it "
            + why
            + ", and only a boundary that begins a transaction can run its work again. Move the"
            + " retry to such a boundary, or ask for REQUIRES_NEW.",
        null);
  }

  static TransactionException isolation(
      String boundary, Isolation asked, String active, Isolation running) {
    return new IncompatibleTransactionException(
        "Isolation "
            + asked
            + " refused for '"
            + boundary
            + "': "
            + active
            + " runs in "
            + running
            + ", which does not give that isolation. Ask for the isolation where the transaction"
            + " begins, or ask for REQUIRES_NEW.",
        null);
  }

  static TransactionException lostByBlock(
      String what, Object transaction, @Nullable Throwable cause) {
    return new TransactionException(
        "TXH-126",
        refused(what)
            + transaction
            + " is lost since a NESTED block of it could not be ended, see the cause. What"
            + " belongs to the block can no longer be told from the rest. Nothing was sent, and"
            + " the transaction will be rolled back. Let the cause leave the boundary.",
        cause);
  }

  static TransactionCommitException busyAtCommit(Object transaction, TransactionException busy) {
    return new TransactionCommitException(
        transaction
            + " was rolled back: a call or a NESTED block of a child was still under way, see the"
            + " cause. COMMIT was not sent; the connection was thrown away.",
        busy);
  }

  /**
   * @param openedAt where, if that is known
   */
  static TransactionException otherThread(
      String what, String boundary, @Nullable Throwable openedAt) {
    return new TransactionException(
        "TXH-116",
        what
            + " refused on thread "
            + ThreadName.here()
            + ": "
            + boundary
            + " was opened there, and is ended there.",
        openedAt);
  }

  static TransactionException outOfOrder(
      String what, String boundary, String current, @Nullable Throwable openedAt) {
    return new TransactionException(
        "TXH-117",
        what
            + " refused: "
            + current
            + " was opened inside "
            + boundary
            + " and is still open. End the innermost first; try-with-resources does.",
        openedAt);
  }

  static TransactionException leftOpen(
      String around, boolean isBoundary, String inner, @Nullable Throwable openedAt) {
    return new TransactionException(
        "TXH-118",
        around
            + " cannot end: "
            + inner
            + " was opened by begin() inside it and never ended. "
            + (isBoundary ? "Both are" : "It is")
            + " rolled back. End what begin() opens with try-with-resources.",
        openedAt);
  }

  static CommitOutcomeUnknownException unknownByAdapter(Object transaction, Throwable failure) {
    return new CommitOutcomeUnknownException(
        "The adapter threw "
            + failure.getClass().getName()
            + " from the commit of "
            + transaction
            + ", which says nothing of its outcome. Ask the database before doing the work again.",
        failure);
  }

  static CommitOutcomeUnknownException lostWhileCommitting(
      Object transaction, @Nullable Throwable cause) {
    return new CommitOutcomeUnknownException(
        transaction
            + " was reported lost while it was committing, so the commit may have been none. Ask"
            + " the database before doing the work again.",
        cause);
  }

  static UnexpectedRollbackException returnedNormally(
      Object what, String why, @Nullable Throwable cause) {
    return new UnexpectedRollbackException(
        what
            + " was rolled back although its own code returned normally: "
            + why
            + ", and the failure was swallowed. Let the failure out of the boundary, or run what may fail in NESTED"
            + " or REQUIRES_NEW.",
        cause);
  }

  static UnexpectedRollbackException notUndone(String block, Throwable cause) {
    return new UnexpectedRollbackException(
        block + " could not be undone, so the whole transaction is lost", cause);
  }

  static TransactionCompletedException ended(String what, Object transaction, Object how) {
    return new TransactionCompletedException(
        what + " refused: " + transaction + " has ended as " + how + ". Ask host.tx() at each use.",
        null);
  }
}
