package io.txhost.spi;

import io.txhost.Transaction;
import io.txhost.TransactionHost;

/**
 * Shows a transaction's resource as another type: a {@code Connection} as a Jdbi {@code Handle}. A
 * view begins and ends nothing; the transaction stays its base's.
 *
 * <p><b>Threads:</b> one view serves every thread at once; what it returns belongs to one
 * transaction.
 *
 * @param <S> the base's resource
 * @param <V> what user code sees
 * @implSpec Implemented by authors of adapters: a new method comes with a default.
 */
public interface ResourceView<S, V> {

  /**
   * The view inside a transaction. Called when it is first asked for, once by the transaction's
   * owner and once by each structured child, which never sees another's.
   */
  V inside(S resource);

  /** The view outside, over the base's fallback; called at each use. Nothing to close. */
  V outside(S fallback);

  /**
   * Told once, before anything is shown: the host that shows this view, and the one it stands on.
   * For libraries whose own transaction calls must begin one of the host's.
   *
   * @param shown the host that shows this view
   * @param base the host that this view stands on: the same transactions
   * @implSpec does nothing.
   * @throws io.txhost.TransactionException if this view serves another host already and cannot
   *     serve two
   */
  default void attached(TransactionHost<V> shown, TransactionHost<? extends S> base) {}

  /**
   * The transaction has ended and its connection is back. Close what {@link #inside} made for its
   * owner; what it made for a child was let go with the child. A failure is reported and changes no
   * outcome.
   *
   * @implSpec does nothing.
   */
  default void completed(V view, Transaction.Outcome outcome) {}
}
