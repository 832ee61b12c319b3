package io.txhost.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that is over.
 *
 * @param id a number unique in this process, as in messages
 * @param name the transaction's name
 * @param host the host's name
 * @param readOnly whether it was begun read-only
 * @param attempt which attempt of its work it was, from 1
 * @param startedAt when it began, by the system's clock
 * @param duration from its begin to its end
 * @param thread the thread that opened it
 * @param timeToFirstStatement from its begin to its first statement; null if it sent none
 * @param connectionWait how long it waited for its connection
 * @param connectionHeld how long it held its connection
 * @param statements how many statements it sent, a batch as one
 * @param statementTime how long its statements took together
 * @param savepoints how many NESTED blocks were opened in it
 * @param outcome how it ended
 * @param reason why it was not committed: the type of the failure and its SQLSTATE or code, or
 *     "asked for". Null if it was committed
 */
public record FinishedTransaction(
    long id,
    String name,
    String host,
    boolean readOnly,
    int attempt,
    Instant startedAt,
    Duration duration,
    String thread,
    @Nullable Duration timeToFirstStatement,
    Duration connectionWait,
    Duration connectionHeld,
    int statements,
    Duration statementTime,
    int savepoints,
    Outcome outcome,
    @Nullable String reason) {

  /** How a transaction ended. */
  public enum Outcome {
    /** The database confirmed the commit. */
    COMMITTED,
    /** Nothing of it was kept. */
    ROLLED_BACK,
    /** The commit's answer was lost. */
    UNKNOWN;

    /** As meters and events say it, such as "rolled-back". */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Whether it failed: it was not committed, and its own code did not ask for that. */
  public boolean hasFailed() {
    return outcome == Outcome.UNKNOWN
        || (outcome == Outcome.ROLLED_BACK && !Reason.ASKED_FOR.equals(reason));
  }
}
