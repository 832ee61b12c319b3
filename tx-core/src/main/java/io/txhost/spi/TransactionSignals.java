package io.txhost.spi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an adapter tells and asks the host about one transaction.
 *
 * <p><b>Threads:</b> any thread may call any method.
 *
 * @implSpec Implemented by the host, and by tests of adapters: a new method comes with a default.
 */
public interface TransactionSignals {

  /**
   * A number unique in this process, for messages.
   *
   * @implSpec 0, which no transaction of a host has
   */
  default long id() {
    return 0;
  }

  /**
   * The transaction's name, for messages.
   *
   * @implSpec "a transaction"
   */
  default String name() {
    return "a transaction";
  }

  /** What is left until the innermost deadline, never negative; empty if there is none. */
  Optional<Duration> remainingTime();

  /**
   * The server gave the transaction up, or may have: the block it happened in can no longer commit.
   * Undone by {@link AdapterTransaction#rollbackTo} returning normally, or by {@link #recovered()}.
   *
   * @param cause the failure; the first one is kept
   */
  void lost(Throwable cause);

  /**
   * User code undid the failure itself: by its own savepoint, on a server that kept the
   * transaction.
   *
   * @implSpec does nothing
   */
  default void recovered() {}

  /**
   * The innermost block that the calling code is in can no longer be kept, although the server
   * knows nothing of it: a {@code commit()} or {@code rollback()} was refused, say, and whoever
   * swallows the refusal believes in what was refused. Statements go on.
   *
   * @param cause the refusal; the first failure is kept
   * @implSpec {@link #lost}, which is more
   */
  default void marked(Throwable cause) {
    lost(cause);
  }

  /**
   * The transaction is about to be used for the first time: the connection is there, and what must
   * come before its first statement was sent, such as isolation and access mode. The savepoints of
   * NESTED blocks were not. Runs the host's {@code onBegin} hooks, which send statements through
   * the resource of the calling thread: those are sent at once, with no savepoint before them.
   * Called with the turn taken, once, and before anything else is sent, also before a driver's own
   * object is handed out.
   *
   * @throws io.txhost.CannotBeginTransactionException if a hook failed: nothing more may be sent
   * @implSpec does nothing
   */
  default void begun() {}

  /**
   * Whether a listener hears of this transaction; the answer never changes. Where none does, an
   * adapter may leave out {@link #acquiring()}, {@link #notAcquired}, {@link #executing} and {@link
   * #executed}.
   *
   * @implSpec false
   */
  default boolean isObserved() {
    return false;
  }

  /**
   * The transaction is about to take a connection from its pool. {@link #acquired()} or {@link
   * #notAcquired} follows.
   *
   * @implSpec does nothing
   */
  default void acquiring() {}

  /**
   * The transaction got no connection.
   *
   * @implSpec does nothing
   */
  default void notAcquired(Throwable failure) {}

  /**
   * A statement of the user's is about to be sent, in turn. {@link #executed} follows.
   *
   * @param sql its text, without the values of parameters
   * @implSpec does nothing
   */
  default void executing(String sql) {}

  /**
   * The statement has returned or failed. Called on the same thread as {@link #executing}, and in
   * the same turn.
   *
   * @param count how many statements a batch had, 1 outside of a batch
   * @param failure null if it succeeded
   * @implSpec does nothing
   */
  default void executed(String sql, int count, @Nullable Throwable failure) {}

  /** The transaction has taken a connection from its pool. */
  void acquired();

  /** The transaction has given its connection back, or thrown it away. */
  void released();

  /**
   * How many connections the calling thread holds for this host, this transaction's included; a
   * structured child counts those of the boundaries around it, which wait for it.
   *
   * @implSpec 0
   */
  default int heldByThisThread() {
    return 0;
  }

  /**
   * The transactions, of all hosts and as their adapters made them, that the calling code is inside
   * of, each once: none of them ends before this call returns. A structured child is inside of what
   * is around its fork.
   *
   * @implSpec none
   */
  default List<AdapterTransaction<?>> transactionsAround() {
    return List.of();
  }

  /**
   * Takes the turn: one thread at a time is inside a call of the driver, first come first served,
   * and a NESTED block has the connection to itself. The thread that has it may take it again. The
   * host itself has it while it calls {@link AdapterTransaction}'s methods that end or savepoint.
   *
   * @throws io.txhost.TransactionTimedOutException if the deadline passes meanwhile
   * @throws io.txhost.TransactionException if the wait took 30 s, if the thread was interrupted
   *     while it waited, or if it is a structured child that was cancelled or interrupted. The turn
   *     is not taken then
   * @implSpec does nothing
   */
  default void enter() {}

  /**
   * As {@link #enter()}, for a call that certainly writes nothing. Only a race of tasks asks: the
   * transaction survives one that lost, if that had written nothing.
   *
   * @implSpec {@link #enter()}
   */
  default void enterToRead() {
    enter();
  }

  /**
   * Gives the turn up, once for each {@link #enter()} that returned.
   *
   * @implSpec does nothing
   */
  default void leave() {}
}
