package io.txhost;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * No transactions at all: each statement auto-commits on the fallback, and a failure undoes
 * nothing.
 */
final class DisabledAdapter<T> implements TransactionAdapter<T> {
  private final TransactionAdapter<T> adapter;
  private final AtomicBoolean logged = new AtomicBoolean();

  DisabledAdapter(TransactionAdapter<T> adapter) {
    this.adapter = adapter;
  }

  @Override
  public T fallback() {
    return adapter.fallback();
  }

  @Override
  public AdapterTransaction<T> begin(TransactionOptions options, TransactionSignals signals) {
    return new AdapterTransaction<>() {
      @Override
      public T resource() {
        return adapter.fallback();
      }

      @Override
      public boolean isSharable() {
        return true;
      }

      @Override
      public void commit() {
        // each statement has committed already
      }

      @Override
      public void rollback() {
        nothingUndone(signals);
      }

      @Override
      public Object createSavepoint() {
        return "none";
      }

      @Override
      public void rollbackTo(Object savepoint) {
        nothingUndone(signals);
      }

      @Override
      public void release(Object savepoint) {
        // nothing was set
      }
    };
  }

  private void nothingUndone(TransactionSignals signals) {
    if (logged.compareAndSet(false, true)) {
      System.getLogger("io.txhost")
          .log(
              System.Logger.Level.WARNING,
              "TXH-405 Transactions are disabled on this host: the rollback of Tx {0} ''{1}'' undid nothing. Logged"
                  + " once.",
              signals.id(),
              signals.name());
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return adapter.classify(failure);
  }

  @Override
  public Isolation effective(Isolation asked) {
    return adapter.effective(asked);
  }

  @Override
  public void attached(TransactionHost<T> host) {
    adapter.attached(host);
  }

  @Override
  public String toString() {
    return adapter + ", disabled";
  }
}
