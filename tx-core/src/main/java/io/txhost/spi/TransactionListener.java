package io.txhost.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what a host does. An exception of a listener is reported to the log and changes nothing.
 *
 * <p>It is told while the host is at it: what is active is not yet, or no longer, what the event
 * says. So the host that tells refuses a listener its {@code tx()}, {@code currentTransaction()},
 * boundaries, {@code inParallel} and the statements of its transactions, with TXH-128. What an
 * event is about is in the event. Other hosts are not concerned, nor are other threads.
 *
 * <p><b>Threads:</b> called on the thread where it happens; one listener serves every thread at
 * once.
 *
 * @implSpec Implemented by whoever listens: each method has a default that does nothing, and so has
 *     a new one.
 */
public interface TransactionListener {

  /** A transaction was begun: promised, that is, since the first statement sends it. */
  default void began(TransactionInfo transaction) {}

  /** A boundary joined. */
  default void joined(TransactionInfo transaction, String boundary) {}

  /** A boundary set the transaction aside. */
  default void setAside(TransactionInfo transaction) {}

  /** The boundary that had set it aside has ended. */
  default void resumed(TransactionInfo transaction) {}

  /** A NESTED block was opened. */
  default void savepoint(TransactionInfo transaction, String boundary) {}

  /** A NESTED block was kept. */
  default void savepointReleased(TransactionInfo transaction, String boundary) {}

  /** A NESTED block was undone. */
  default void savepointRolledBack(TransactionInfo transaction, String boundary) {}

  /** It took a connection. */
  default void acquired(TransactionInfo transaction) {}

  /** It gave its connection back. */
  default void released(TransactionInfo transaction) {}

  /** The database confirmed the commit. */
  default void committed(TransactionInfo transaction) {}

  /**
   * Nothing of it was kept.
   *
   * @param cause why, or null if the code inside asked for it
   */
  default void rolledBack(TransactionInfo transaction, @Nullable Throwable cause) {}

  /** The commit's answer was lost. */
  default void unknown(TransactionInfo transaction, Throwable cause) {}

  /**
   * A failed attempt is about to be repeated.
   *
   * @param attempt the one that failed, from 1
   */
  default void retried(
      TransactionInfo transaction, int attempt, Duration delay, Throwable failure) {}

  /** An after-hook failed; the outcome stands. */
  default void hookFailed(TransactionInfo transaction, Throwable failure) {}
}
