package io.txhost;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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

  /** There is nothing to join: what is got outside is used inside as it is. */
  @Override
  public T fallback(FallbackSignals<T> signals) {
    return adapter.fallback(
        new FallbackSignals<>() {
          @Override
          public @Nullable T active() {
            return null;
          }

          @Override
          public void refuseRead(String what) {
            signals.refuseRead(what);
          }

          @Override
          public void refuseWrite(String what) {
            signals.refuseWrite(what);
          }

          @Override
          public void refuseFallenOut(String what) {
            signals.refuseFallenOut(what);
          }

          @Override
          public Optional<Duration> remainingTime() {
            return signals.remainingTime();
          }

          @Override
          public List<AdapterTransaction<?>> transactionsAround() {
            return signals.transactionsAround();
          }
        });
  }

  @Override
  public AdapterTransaction<T> begin(TransactionOptions options, TransactionSignals signals) {
    return new AdapterTransaction<>() {
      @Override
      public T resource() {
        return adapter.fallback(new InsteadOfTransaction<>(signals));
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

  /** The fallback as a transaction's resource: a boundary is there, so everything is permitted. */
  private record InsteadOfTransaction<T>(TransactionSignals signals) implements FallbackSignals<T> {
    @Override
    public @Nullable T active() {
      return null;
    }

    @Override
    public void refuseRead(String what) {
      // permitted by the boundary
    }

    @Override
    public void refuseWrite(String what) {
      // permitted by the boundary
    }

    @Override
    public Optional<Duration> remainingTime() {
      return signals.remainingTime();
    }

    @Override
    public List<AdapterTransaction<?>> transactionsAround() {
      return signals.transactionsAround();
    }
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

  /** There is no transaction whose first statement they could precede: they never run. */
  @Override
  public boolean tellsBegun() {
    return true;
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
