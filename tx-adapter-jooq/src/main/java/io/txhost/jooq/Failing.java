package io.txhost.jooq;

import org.jooq.TransactionContext;
import org.jspecify.annotations.Nullable;

/**
 * The failure that is on its way out of one of jOOQ's transactions. jOOQ itself knows of it only
 * while it rolls back.
 *
 * @param context the transaction: those inside it are given copies of its Configuration's data
 */
record Failing(TransactionContext context, Throwable failure) {

  /** Notes a failure that is to be thrown now. */
  static void noted(TransactionContext context, Throwable failure) {
    context.configuration().data(Failing.class, new Failing(context, failure));
  }

  /** Whether another is on its way, in which this one is suppressed; else it is noted. */
  static boolean isSuppressed(TransactionContext context, Throwable failure) {
    Throwable first = first(context);
    if (first == null) {
      noted(context, failure);
      return false;
    }
    if (first != failure) {
      first.addSuppressed(failure);
    }
    return true;
  }

  private static @Nullable Throwable first(TransactionContext context) {
    Throwable cause = context.causeThrowable();
    if (cause != null) {
      return cause;
    }
    return context.configuration().data(Failing.class) instanceof Failing failing
            && failing.context == context
        ? failing.failure
        : null;
  }
}
