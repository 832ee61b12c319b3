package io.txhost;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one host that are run before a transaction's first statement.
 *
 * @param <T> what the host shows
 */
final class BeginHooks<T> {
  private final List<BeginHook<? super T>> hooks;

  /** Whose resource they take; written once, before the host is handed out. */
  private volatile @Nullable DefaultTransactionHost<T> host;

  BeginHooks(List<BeginHook<? super T>> hooks) {
    this.hooks = List.copyOf(hooks);
  }

  void of(DefaultTransactionHost<T> shown) {
    host = shown;
  }

  boolean isEmpty() {
    return hooks.isEmpty();
  }

  /** Runs them, in the transaction. */
  void run(ActiveTransaction transaction, Boundary boundary) throws Exception {
    DefaultTransactionHost<T> shown = Objects.requireNonNull(host, "host");
    T tx = shown.cast(transaction.resource(shown));
    for (BeginHook<? super T> hook : hooks) {
      hook.begun(tx, boundary);
    }
  }
}
