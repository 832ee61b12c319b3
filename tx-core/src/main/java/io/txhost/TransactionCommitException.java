package io.txhost;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The commit failed. {@link #outcome()} says what became of the transaction; it is never COMMITTED.
 */
public class TransactionCommitException extends TransactionException {
  private static final long serialVersionUID = 1L;

  private final Transaction.Outcome outcome;

  /** A commit that certainly rolled back: the server said so, or COMMIT was never sent. */
  public TransactionCommitException(String message, @Nullable Throwable cause) {
    this("TXH-107", Transaction.Outcome.ROLLED_BACK, message, cause);
  }

  TransactionCommitException(
      String code, Transaction.Outcome outcome, String message, @Nullable Throwable cause) {
    super(code, message, cause);
    this.outcome = Objects.requireNonNull(outcome);
  }

  /** ROLLED_BACK, or UNKNOWN if this is a {@link CommitOutcomeUnknownException}. */
  public final Transaction.Outcome outcome() {
    return outcome;
  }
}
