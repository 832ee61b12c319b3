package io.txhost.spi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a resource that was got outside a transaction asks the host what it is for now. It may be
 * kept, and be used where a transaction is active, so it asks at each use, on the using thread.
 *
 * <p><b>Threads:</b> any thread may call any method; the answer is for the calling one.
 *
 * @param <T> what the adapter works with
 * @implSpec Implemented by the host alone: methods may be added.
 */
public interface FallbackSignals<T> {

  /**
   * The resource of the transaction that is active here: a use joins it, and does not touch the
   * fallback. Null where no transaction is active.
   *
   * @throws io.txhost.TransactionException as {@link io.txhost.TransactionHost#tx()} refuses inside
   */
  @Nullable T active();

  /**
   * Refuses a read that may not be done outside a transaction here.
   *
   * @param what the use, for the message: "A query"
   * @throws io.txhost.TransactionRequiredException if the host's policy permits none; nothing may
   *     be sent
   * @throws io.txhost.DetachedTransactionException in work that fell out of a transaction
   */
  void refuseRead(String what);

  /**
   * Refuses a write, or a read that locks, that may not be done outside a transaction here.
   *
   * @param what the use, for the message: "A statement that may write"
   * @throws io.txhost.TransactionRequiredException if neither the host's policy nor a boundary
   *     around permits it; nothing may be sent
   * @throws io.txhost.DetachedTransactionException in work that fell out of a transaction
   */
  void refuseWrite(String what);

  /**
   * Refuses a use by work that fell out of a transaction: by work that was captured inside one and
   * runs elsewhere, or by a fork that {@code begin()} does not reach. For a resource whose users
   * may otherwise do what they like, whatever the policy.
   *
   * @param what the use, for the message: "A statement that commits by itself"
   * @throws io.txhost.DetachedTransactionException in such work; nothing may be sent
   * @implSpec does nothing
   */
  default void refuseFallenOut(String what) {}

  /**
   * What is left until the deadline of a boundary without a transaction; empty if there is none.
   */
  Optional<Duration> remainingTime();

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
   * Whether each statement outside has a transaction of its own, which {@link #begin()} begins.
   *
   * @implSpec false
   */
  default boolean beginsEach() {
    return false;
  }

  /**
   * Begins a transaction for one statement, where the host has hooks that run before the first
   * statement of each and that no statement may miss; null where it has none. Asked after {@link
   * #active()} has said that none is active, and the use was not refused. The statement is sent
   * through it. One that may write is committed when its execution returns; a query is ended when
   * its results are closed, or before the next execution.
   *
   * @implSpec null
   */
  default @Nullable ShortTransaction<T> begin() {
    return null;
  }

  /** Those of no host: nothing is ever active, and everything is permitted. */
  static <T> FallbackSignals<T> ofNoHost() {
    return new FallbackSignals<>() {
      @Override
      public @Nullable T active() {
        return null;
      }

      @Override
      public void refuseRead(String what) {
        // permitted
      }

      @Override
      public void refuseWrite(String what) {
        // permitted
      }

      @Override
      public Optional<Duration> remainingTime() {
        return Optional.empty();
      }
    };
  }
}
