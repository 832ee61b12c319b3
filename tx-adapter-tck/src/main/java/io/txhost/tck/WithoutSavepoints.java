package io.txhost.tck;

import io.txhost.Isolation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import io.txhost.spi.ViewedAdapter;

/**
 * The same adapter, if its library had no savepoints: its transactions have the SPI's defaults
 * there.
 */
record WithoutSavepoints<T>(TransactionAdapter<T> below) implements TransactionAdapter<T> {

  static <T> TransactionAdapter<T> over(TransactionAdapter<T> below) {
    return below instanceof ViewedAdapter<?, T> viewed
        ? onTheBaseOf(viewed)
        : new WithoutSavepoints<>(below);
  }

  private static <S, T> TransactionAdapter<T> onTheBaseOf(ViewedAdapter<S, T> viewed) {
    return new ViewedAdapter<>(over(viewed.base()), viewed.view());
  }

  @Override
  public boolean tellsBegun() {
    return below.tellsBegun();
  }

  @Override
  public void attached(TransactionHost<T> host) {
    below.attached(host);
  }

  @Override
  public T fallback() {
    return below.fallback();
  }

  @Override
  public T fallback(FallbackSignals<T> signals) {
    return below.fallback(signals);
  }

  @Override
  public AdapterTransaction<T> begin(TransactionOptions options, TransactionSignals signals) {
    AdapterTransaction<T> transaction = below.begin(options, signals);
    return new AdapterTransaction<>() {
      @Override
      public T resource() {
        return transaction.resource();
      }

      @Override
      public void commit() {
        transaction.commit();
      }

      @Override
      public void rollback() {
        transaction.rollback();
      }

      @Override
      public void abort(Throwable because) {
        transaction.abort(because);
      }

      @Override
      public boolean isSharable() {
        return transaction.isSharable();
      }
    };
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return below.classify(failure);
  }

  @Override
  public Isolation effective(Isolation asked) {
    return below.effective(asked);
  }
}
