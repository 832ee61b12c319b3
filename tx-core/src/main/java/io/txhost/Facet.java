package io.txhost;

import io.txhost.spi.FallbackSignals;
import io.txhost.spi.ResourceView;
import io.txhost.spi.TransactionAdapter;
import java.util.Objects;

/**
 * One type of resource that a host shows: the adapter's own, or a view's.
 *
 * @param <T> the type
 */
abstract sealed class Facet<T> {

  /** The resource of a transaction, made when first asked for. */
  abstract Object show(Resources resources);

  /** The resource outside. */
  abstract T outside();

  /** The adapter's, of which it is a view. */
  abstract Facet<?> base();

  /** Closes what {@link #show} made. */
  abstract void complete(Object resource, Transaction.Outcome outcome);

  @SuppressWarnings("unchecked") // only what show made comes back
  T cast(Object resource) {
    return (T) resource;
  }

  /** The adapter's. */
  static final class Base<T> extends Facet<T> {
    private final TransactionAdapter<T> adapter;
    private final FallbackSignals<T> signals;

    Base(TransactionAdapter<T> adapter, FallbackSignals<T> signals) {
      this.adapter = adapter;
      this.signals = signals;
    }

    @Override
    Object show(Resources resources) {
      return resources.base();
    }

    @Override
    T outside() {
      return adapter.fallback(signals);
    }

    @Override
    Facet<?> base() {
      return this;
    }

    @Override
    void complete(Object resource, Transaction.Outcome outcome) {
      // the adapter has released it
    }
  }

  /** A view's. */
  static final class View<S, T> extends Facet<T> {
    private final Facet<S> base;
    private final ResourceView<? super S, T> view;

    View(Facet<S> base, ResourceView<? super S, T> view) {
      this.base = base;
      this.view = view;
    }

    @Override
    Object show(Resources resources) {
      return Objects.requireNonNull(view.inside(base.cast(resources.of(base))), "view's resource");
    }

    @Override
    T outside() {
      return view.outside(base.outside());
    }

    @Override
    Facet<?> base() {
      return base.base();
    }

    @Override
    void complete(Object resource, Transaction.Outcome outcome) {
      view.completed(cast(resource), outcome);
    }
  }
}
