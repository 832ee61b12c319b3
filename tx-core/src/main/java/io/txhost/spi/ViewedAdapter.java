package io.txhost.spi;

import io.txhost.Isolation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;

/**
 * An adapter and the view that shows its resource as another type. {@link TransactionHost#builder}
 * opens the pair: the host's transactions are the base's, and {@code tx()} is what the view shows,
 * just as with {@link TransactionHost#viewedAs}. So the pair itself neither begins anything nor has
 * a fallback: whoever decorates an adapter decorates the base.
 *
 * @param base begins and ends the transactions
 * @param view shows their resource
 * @param <S> the base's resource
 * @param <V> what user code sees
 */
public record ViewedAdapter<S, V>(TransactionAdapter<S> base, ResourceView<? super S, V> view)
    implements TransactionAdapter<V> {

  /**
   * Never answers.
   *
   * @throws TransactionException TXH-206, always
   */
  @Override
  public V fallback() {
    throw refused("fallback()");
  }

  /**
   * Never begins.
   *
   * @throws TransactionException TXH-206, always
   */
  @Override
  public AdapterTransaction<V> begin(TransactionOptions options, TransactionSignals signals) {
    throw refused("begin(..)");
  }

  private TransactionException refused(String call) {
    return new TransactionException(
        "TXH-206",
        call
            + " refused on "
            + this
            + ": it is an adapter together with a view, and the host begins on the adapter. Hand it to"
            + " TransactionHost.builder(..) as it is. To decorate it, decorate its base(), and"
            + " view the decorated adapter.",
        null);
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return base.classify(failure);
  }

  @Override
  public Isolation effective(Isolation asked) {
    return base.effective(asked);
  }

  @Override
  public boolean tellsBegun() {
    return base.tellsBegun();
  }

  @Override
  public String toString() {
    return view + " over " + base;
  }
}
