package io.txhost.spring.tx;

import io.txhost.ManualTransaction;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.internal.Bridge;
import io.txhost.internal.BridgedBoundary;
import io.txhost.internal.BridgedHost;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A host, and the data sources by which Spring looks its connection up. */
final class HostSide {
  private final TransactionHost<Connection> host;
  private final BridgedHost<TransactionOptions, ManualTransaction, TransactionHost<?>> bridged;
  private final List<DataSource> sources;

  private HostSide(
      TransactionHost<Connection> host,
      BridgedHost<TransactionOptions, ManualTransaction, TransactionHost<?>> bridged,
      List<DataSource> sources) {
    this.host = host;
    this.bridged = bridged;
    this.sources = sources;
  }

  static HostSide of(TransactionHost<?> given, DataSource... others) {
    var bridged = bridged(given);
    TransactionHost<Connection> base = connections(bridged.base());
    Set<DataSource> sources = new LinkedHashSet<>();
    addWhole(JdbcAdapter.pool(base), sources);
    for (DataSource other : others) {
      addWhole(other, sources);
    }
    return new HostSide(base, bridged, new ArrayList<>(sources));
  }

  @SuppressWarnings("unchecked") // the host's own types, which its interface cannot name
  private static BridgedHost<TransactionOptions, ManualTransaction, TransactionHost<?>> bridged(
      TransactionHost<?> host) {
    if (host instanceof BridgedHost<?, ?, ?> known) {
      return (BridgedHost<TransactionOptions, ManualTransaction, TransactionHost<?>>) known;
    }
    throw refused(host, "it is an object around a host (" + host.getClass().getName() + ")");
  }

  @SuppressWarnings("unchecked") // looked at
  private static TransactionHost<Connection> connections(TransactionHost<?> base) {
    Object outside = base.withoutTransaction(() -> base.tx());
    if (outside instanceof Connection) {
      return (TransactionHost<Connection>) base;
    }
    throw refused(base, "it gives " + outside.getClass().getName() + ", and no JDBC connection");
  }

  private static TransactionException refused(TransactionHost<?> host, String why) {
    return new TransactionException(
        "TXH-640",
        "No transaction manager of Spring's on "
            + host
            + ": "
            + why
            + ". Hand over a host over JDBC, such as TransactionHost.create(JdbcAdapter.over(pool)),"
            + " or a view of one.",
        null);
  }

  /** With what is behind it, since others may have been given that. */
  private static void addWhole(DataSource source, Set<DataSource> sources) {
    DataSource next = source;
    while (next != null && sources.add(next)) {
      next = next instanceof DelegatingDataSource proxy ? proxy.getTargetDataSource() : null;
    }
  }

  DataSource pool() {
    return sources.get(0);
  }

  void attach(Bridge bridge) {
    bridged.attach(bridge);
  }

  // ---- the host's boundaries

  ManualTransaction begin(TransactionOptions options, @Nullable Runnable abandoned) {
    return bridged.begin(options, abandoned);
  }

  /** What a transaction is called that Spring has given no name. */
  String unnamed() {
    return bridged.callerOr(HostSide.class, "a transaction of Spring's without a name");
  }

  @Nullable RuntimeException abandonInside(ManualTransaction boundary) {
    return bridged.abandonInside(boundary);
  }

  /** What is inside is without a transaction, and may use the fallback. */
  ManualTransaction without(String name) {
    return begin(
        TransactionOptions.defaults().propagation(Propagation.NOT_SUPPORTED).name(name), null);
  }

  @Nullable BridgedBoundary here() {
    return bridged.here();
  }

  /** Marks the innermost block here, as what has joined it and failed. */
  void mark(String who) {
    BridgedBoundary here = here();
    if (here != null && !here.isDoomed()) {
      begin(TransactionOptions.defaults().propagation(Propagation.REQUIRED).name(who), null)
          .rollback();
    }
  }

  Connection connection() {
    return host.tx();
  }

  // ---- what Spring looks up

  /** The host's connection as Spring has it on this thread; null if it has none. */
  @Nullable BoundConnection bound() {
    Object found = TransactionSynchronizationManager.getResource(pool());
    for (Object held = found; held instanceof BoundConnection bound; held = bound.hidden()) {
      if (bound.isOf(this)) {
        return bound;
      }
    }
    return null;
  }

  boolean isSameAs(HostSide other) {
    return bridged.identity() == other.bridged.identity();
  }

  /** Binds it to all of the data sources, or to none. */
  void bind(BoundConnection connection) {
    List<DataSource> done = new ArrayList<>();
    try {
      for (DataSource source : sources) {
        bind(source, connection);
        done.add(source);
      }
    } catch (Throwable failure) {
      done.forEach(source -> unbind(source, connection));
      throw failure;
    }
  }

  private void bind(DataSource source, BoundConnection connection) {
    Object before = TransactionSynchronizationManager.getResource(source);
    if (before instanceof BoundConnection outer) {
      connection.hides(outer); // another host's, over the same pool
      TransactionSynchronizationManager.unbindResource(source);
    } else if (before != null) {
      throw new TransactionException(
          "TXH-642",
          "The transaction of "
              + host
              + " cannot begin here: another transaction manager of Spring's has a connection of its"
              + " pool in use on this thread. Let TxHostTransactionManager be the only manager over"
              + " that pool.",
          null);
    }
    TransactionSynchronizationManager.bindResource(source, connection);
  }

  /**
   * Puts it in the place of whatever is there, and lets Spring synchronize again: an inner scope
   * was left open, and what Spring had set aside for it is lost.
   */
  void rebind(BoundConnection connection) {
    for (DataSource source : sources) {
      TransactionSynchronizationManager.unbindResourceIfPossible(source);
      TransactionSynchronizationManager.bindResource(source, connection);
    }
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationManager.initSynchronization();
    }
  }

  /** Takes it away from where it still is. Throws nothing. */
  void unbind(BoundConnection connection) {
    sources.forEach(source -> unbind(source, connection));
  }

  private static void unbind(DataSource source, BoundConnection connection) {
    if (TransactionSynchronizationManager.getResource(source) == connection) {
      TransactionSynchronizationManager.unbindResource(source);
      BoundConnection hidden = connection.hidden();
      if (hidden != null) {
        TransactionSynchronizationManager.bindResource(source, hidden);
      }
    }
  }

  @Override
  public String toString() {
    return host.toString();
  }
}
