package io.txhost.spi;

import io.txhost.Isolation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;

/**
 * Opens and ends the transactions of one data-access library. The host decides whether to begin,
 * join or refuse; an adapter only does it, and keeps no notion of "current".
 *
 * <p><b>Threads:</b> one adapter serves every thread at once.
 *
 * @param <T> what user code works with inside, such as a JDBC {@code Connection}
 * @implSpec Implemented by authors of adapters: a new method comes with a default.
 */
public interface TransactionAdapter<T> {

  /**
   * A resource usable outside a transaction: each statement auto-commits, and there is nothing to
   * close.
   */
  T fallback();

  /**
   * The resource outside a transaction, which asks the host at each use: a use inside a transaction
   * joins it, a read and a write are done as far as the host permits them there.
   *
   * @param signals the host's; the same for each call
   * @implSpec {@link #fallback()}, and only where writes are permitted: an adapter that cannot tell
   *     a read from a write permits neither under {@link io.txhost.FallbackPolicy#READ_ONLY}.
   * @throws io.txhost.TransactionRequiredException if nothing of it is permitted here
   */
  default T fallback(FallbackSignals<T> signals) {
    signals.refuseWrite("tx()");
    return fallback();
  }

  /**
   * Promises a transaction on a resource nobody else holds; touches no database yet.
   *
   * @param options isolation, read-only and name, merged with the host's defaults
   * @param signals this transaction's line to the host, also for the time it has left
   * @return a transaction that the host ends exactly once
   * @throws TransactionException if the library can never honour {@code options}; nothing is left
   *     open
   */
  AdapterTransaction<T> begin(TransactionOptions options, TransactionSignals signals);

  /** What kind of failure this is; the whole cause chain is the adapter's to search. */
  FailureKind classify(Throwable failure);

  /**
   * The level that the database really runs for {@code asked}: resolves {@link Isolation#DEFAULT}
   * to the pool's default and {@link Isolation#SNAPSHOT} where it is another level's name.
   *
   * @implSpec DEFAULT is READ_COMMITTED, anything else is itself.
   */
  default Isolation effective(Isolation asked) {
    return asked == Isolation.DEFAULT ? Isolation.READ_COMMITTED : asked;
  }

  /**
   * Whether transactions call {@link TransactionSignals#begun()} and statements outside run in
   * {@link FallbackSignals#begin()}, so that a host over this adapter may have {@code onBegin}
   * hooks.
   *
   * @implSpec {@code false}: such a host is refused.
   */
  default boolean tellsBegun() {
    return false;
  }

  /**
   * Told once, when a host was built over this adapter, also where the host shows it through a
   * view.
   *
   * @implSpec does nothing.
   * @throws TransactionException if this adapter serves another host already and cannot serve two
   */
  default void attached(TransactionHost<T> host) {}

  /**
   * This adapter's transactions with their resource shown as another type, as {@link
   * TransactionHost#viewedAs} shows those of a host.
   */
  default <V> TransactionAdapter<V> viewedAs(ResourceView<? super T, V> view) {
    return new ViewedAdapter<>(this, view);
  }
}
