package io.txhost;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.util.List;
import java.util.function.Function;

/** Transactions that no host has bound. */
final class Alone {
  private static final HostSetup HOST = host(signals -> new Nothing());

  private Alone() {}

  private static final class Nothing implements AdapterTransaction<Object> {
    @Override
    public Object resource() {
      return this;
    }

    @Override
    public void commit() {}

    @Override
    public void rollback() {}
  }

  /** Over an adapter that only begins. */
  static <T> HostSetup host(Function<TransactionSignals, AdapterTransaction<T>> begin) {
    return new HostSetup(
        "default",
        new TransactionAdapter<T>() {
          @Override
          public T fallback() {
            throw new UnsupportedOperationException("outside");
          }

          @Override
          public AdapterTransaction<T> begin(
              TransactionOptions options, TransactionSignals signals) {
            return begin.apply(signals);
          }

          @Override
          public FailureKind classify(Throwable failure) {
            return FailureKind.OTHER;
          }
        },
        TransactionOptions.defaults(),
        FallbackPolicy.DENY,
        new Listeners(List.of()),
        new FailedResults(List.of()),
        new BeginHooks<>(List.of()));
  }

  /** On the calling thread. */
  static Begun transaction(String name) {
    return transaction(HOST, name);
  }

  static Begun transaction(HostSetup host, String name) {
    return Begun.begin(host, TransactionOptions.defaults().name(name), null, null);
  }

  /** A block of it, as one that was opened. */
  static Nested block(Inside outer) {
    return new Nested(outer, TransactionOptions.defaults().name("nested"), null, "savepoint");
  }
}
