package io.txhost;

import io.txhost.spi.CauseChain;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

/** What a failure says: to a retry, to those that wait for tasks, to a deadline. */
final class Failures {
  // a rollback for an integrity constraint, and a statement whose completion is unknown
  private static final Set<String> NEVER = Set.of("40002", "40003");

  private Failures() {}

  /** Adds what went wrong beside to what is thrown; a failure cannot be suppressed in itself. */
  static void suppress(Throwable thrown, Throwable beside) {
    if (thrown != beside) {
      thrown.addSuppressed(beside);
    }
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

  static boolean saysTimedOut(Throwable failure) {
    if (failure instanceof TransactionTimedOutException) {
      return true;
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      if (suppressed instanceof TransactionTimedOutException) {
        return true;
      }
    }
    return false;
  }

  /** Whether the calling thread was interrupted at a socket, which an interrupt closes. */
  static boolean isInterruptedSocket(Throwable failure) {
    return Thread.currentThread().isInterrupted()
        && CauseChain.of(failure).stream().anyMatch(IOException.class::isInstance);
  }
}
