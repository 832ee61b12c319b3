package io.txhost.jooq;

import io.txhost.TransactionHost;
import io.txhost.context.Context;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.CacheProvider;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.ExecutorProvider;
import org.jooq.SQLDialect;
import org.jooq.TransactionProvider;
import org.jooq.impl.CacheType;
import org.jooq.impl.DefaultTransactionProvider;

/** What is changed on a Configuration so that it joins a host, and what it must not have. */
final class Joining {
  private Joining() {}

  static void check(Configuration configuration) {
    if (configuration.dialect() == SQLDialect.DEFAULT) {
      throw Refusals.noDialect();
    }
    refuseIfTaken(configuration);
    TransactionProvider provider = configuration.transactionProvider();
    if (!meansWhatOursDoes(provider)) {
      throw Refusals.ownTransactions(provider);
    }
    Joined.refuseR2dbc(configuration);
  }

  /** jOOQ's own stands there if nobody set another; one that cannot nest somebody has set. */
  private static boolean meansWhatOursDoes(TransactionProvider provider) {
    return provider instanceof DefaultTransactionProvider jooqs
        && jooqs.getClass() == DefaultTransactionProvider.class
        && jooqs.nested()
        && AskedProperties.of(jooqs).isEmpty();
  }

  private static void refuseIfTaken(Configuration configuration) {
    ConnectionProvider provider = configuration.connectionProvider();
    if (provider instanceof HostConnections || provider instanceof TransactionConnections) {
      throw Refusals.taken("another host", provider);
    }
  }

  static void install(
      Configuration configuration,
      HostConnections connections,
      TransactionHost<? extends Connection> host) {
    check(configuration); // it may have been changed since it was handed over
    connections.serve(host);
    Batches batches = new Batches(connections);
    configuration.set(connections);
    configuration.set(new HostTransactions(connections, batches));
    configuration.set(outsideOfTransactions(configuration.executorProvider()));
    configuration.set(sharedCaches(configuration.cacheProvider()));
    configuration.set(GuardedListeners.around(configuration.transactionListenerProviders()));
    connections.watchedBy(new Watch(configuration, batches));
  }

  /** An asynchronous statement must not quietly commit by itself beside the transaction. */
  private static ExecutorProvider outsideOfTransactions(ExecutorProvider executors) {
    return () -> Context.wrap(executors.provide());
  }

  /** Of all transactions: jOOQ would fill new ones for each Configuration that is derived. */
  private static CacheProvider sharedCaches(CacheProvider caches) {
    Map<CacheType, Map<Object, Object>> made = new ConcurrentHashMap<>();
    return context -> made.computeIfAbsent(context.cacheType(), type -> caches.provide(context));
  }
}
