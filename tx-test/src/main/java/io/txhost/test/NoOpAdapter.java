package io.txhost.test;

import io.txhost.TransactionOptions;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.util.Objects;

/**
 * An adapter without a database, for unit tests of services: boundaries, marks, hooks and
 * savepoints behave as ever, {@code tx()} is always the same resource, and nothing is undone.
 *
 * <pre>{@code
 * var host = TransactionHost.create(NoOpAdapter.over(new InMemoryOrders()));
 * }</pre>
 *
 * <p><b>Threads:</b> serves every thread at once; whether the resource does is up to it.
 *
 * @param <T> the resource
 */
public final class NoOpAdapter<T> implements TransactionAdapter<T> {
  private final T resource;

  private NoOpAdapter(T resource) {
    this.resource = Objects.requireNonNull(resource, "resource");
  }

  /** An adapter that gives the resource inside and outside. */
  public static <T> NoOpAdapter<T> over(T resource) {
    return new NoOpAdapter<>(resource);
  }

  @Override
  public T fallback() {
    return resource;
  }

  /** The resource, where the host permits reads: there is no database that it could write to. */
  @Override
  public T fallback(FallbackSignals<T> signals) {
    signals.refuseRead("tx()");
    return resource;
  }

  @Override
  public AdapterTransaction<T> begin(TransactionOptions options, TransactionSignals signals) {
    return new NoOpTransaction<>(resource);
  }

  /** No statement is ever sent, so hooks are never due. */
  @Override
  public boolean tellsBegun() {
    return true;
  }

  /** {@link FailureKind#OTHER}: nothing here is worth a retry. */
  @Override
  public FailureKind classify(Throwable failure) {
    return FailureKind.OTHER;
  }

  @Override
  public String toString() {
    return "no-op adapter over " + resource;
  }

  private record NoOpTransaction<T>(T resource) implements AdapterTransaction<T> {

    @Override
    public void commit() {}

    @Override
    public void rollback() {}

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public Object createSavepoint() {
      return new Object();
    }

    @Override
    public void rollbackTo(Object savepoint) {}

    @Override
    public void release(Object savepoint) {}
  }
}
