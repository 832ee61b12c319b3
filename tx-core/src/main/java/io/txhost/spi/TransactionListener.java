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
 * <p>A listener hears of a whole transaction or of nothing of it: {@link #isEnabled()} is asked
 * when the transaction begins.
 *
 * <p><b>Threads:</b> called on the thread where it happens; one listener serves every thread at
 * once.
 *
 * @implSpec Implemented by whoever listens: each method has a default that does nothing, and so has
 *     a new one.
 */
public interface TransactionListener {

  /**
   * Whether it wants to hear of a transaction that begins now. Asked once for each. Where no
   * listener of a host says so, the transaction costs what it would cost without listeners.
   *
   * @implSpec true
   */
  default boolean isEnabled() {
    return true;
  }

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

  /** It is about to take a connection, which may take time where the pool has none. */
  default void acquiring(TransactionInfo transaction) {}

  /** It got no connection: what began with {@link #acquiring} is over. */
  default void notAcquired(TransactionInfo transaction, Throwable failure) {}

  /** It took a connection. */
  default void acquired(TransactionInfo transaction) {}

  /**
   * A statement is about to be sent, on the calling thread. Its {@link #executed} follows.
   *
   * @param sql its text, without the values of parameters
   */
  default void executing(TransactionInfo transaction, String sql) {}

  /** A statement has returned or failed, on the calling thread. */
  default void executed(TransactionInfo transaction, ExecutedStatement statement) {}

  /**
   * The calling thread is about to wait for its turn: another thread is inside a call of the
   * driver, or a NESTED block has the connection to itself. Its {@link #waited} follows.
   */
  default void waiting(TransactionInfo transaction) {}

  /**
   * The calling thread has waited for its turn. Whether it was given the turn is not said.
   *
   * @param time how long
   */
  default void waited(TransactionInfo transaction, Duration time) {}

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

  /** Work that fell out of a transaction was refused a use of the host. */
  default void detached(DetachedUse use) {}

  /** An after-hook failed; the outcome stands. */
  default void hookFailed(TransactionInfo transaction, Throwable failure) {}
}
