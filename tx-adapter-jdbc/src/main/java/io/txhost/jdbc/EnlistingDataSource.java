package io.txhost.jdbc;

import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionalCallable;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FallbackSignals;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source for libraries that begin and end transactions by themselves. */
final class EnlistingDataSource extends HostDataSource {
  private final TransactionHost<Connection> host;
  private final ConnectionSource source;
  private final FallbackSignals<Connection> signals;

  private EnlistingDataSource(TransactionHost<Connection> host, FallbackConnection outside) {
    this.host = host;
    this.source = outside.source();
    this.signals = new Permitting(outside.signals());
  }

  static EnlistingDataSource of(TransactionHost<Connection> host) {
    return new EnlistingDataSource(host, outside(host, "No enlisting data source of "));
  }

  /** The pool of the host's connections. */
  static DataSource poolOf(TransactionHost<Connection> host) {
    return outside(host, "No pool is known of ").source().dataSource();
  }

  private static FallbackConnection outside(TransactionHost<Connection> host, String refused) {
    TransactionalCallable<Connection, RuntimeException> outside = host::tx;
    if (host.withoutTransaction(outside) instanceof FallbackConnection fallback) {
      return fallback;
    }
    throw new TransactionException(
        "TXH-540",
        refused
            + host
            + ": its connections are not those of JdbcAdapter, but of an adapter or a view around"
            + " them. Hand over the host of JdbcAdapter.over(pool) itself.",
        null);
  }

  @Override
  public Connection getConnection() {
    return signals.active() instanceof TransactionConnection active
        ? new EnlistedConnection(active.transaction(), false)
        : new EnlistingConnection(source, signals);
  }

  @Override
  DataSource pool() {
    return source.dataSource();
  }

  @Override
  public String toString() {
    return "enlisting data source of host '" + host.name() + "'";
  }

  /**
   * What the host says, save that a library which demarcates by itself may do anything outside.
   * What commits by itself may not be beside a transaction that the work fell out of: there the
   * library begins one of its own.
   */
  private record Permitting(FallbackSignals<Connection> host)
      implements FallbackSignals<Connection> {
    @Override
    public @Nullable Connection active() {
      return host.active();
    }

    @Override
    public void refuseRead(String what) {
      host.refuseFallenOut(what);
    }

    @Override
    public void refuseWrite(String what) {
      host.refuseFallenOut(what);
    }

    @Override
    public void refuseFallenOut(String what) {
      host.refuseFallenOut(what);
    }

    @Override
    public Optional<Duration> remainingTime() {
      return host.remainingTime();
    }

    @Override
    public List<AdapterTransaction<?>> transactionsAround() {
      return host.transactionsAround();
    }
  }
}
