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

  /** What they take; written once, before the host is handed out. */
  private volatile @Nullable Facet<T> facet;

  BeginHooks(List<BeginHook<? super T>> hooks) {
    this.hooks = List.copyOf(hooks);
  }

  void of(Facet<T> shown) {
    facet = shown;
  }

  boolean isEmpty() {
    return hooks.isEmpty();
  }

  /** Runs them, in the transaction. */
  void run(Resources resources, Transaction transaction) throws Exception {
    Facet<T> shown = Objects.requireNonNull(facet, "facet");
    T tx = shown.cast(resources.of(shown));
    for (BeginHook<? super T> hook : hooks) {
      hook.begun(tx, transaction);
    }
  }
}
