package io.txhost.jooq;

import org.jooq.CacheProvider;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.ExecutorProvider;
import org.jooq.TransactionProvider;

/**
 * A Configuration that joins a host, as it must stay: with another connection provider, say, its
 * statements would run beside the transaction.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class Joined {
  private static final String NO_R2DBC = "org.jooq.impl.NoConnectionFactory";

  private final Configuration configuration;
  private final ConnectionProvider connections;
  private final TransactionProvider transactions;
  private final ExecutorProvider executors;
  private final CacheProvider caches;

  /** As the Configuration is now. */
  Joined(Configuration configuration) {
    this.configuration = configuration;
    this.connections = configuration.connectionProvider();
    this.transactions = configuration.transactionProvider();
    this.executors = configuration.executorProvider();
    this.caches = configuration.cacheProvider();
  }

  /** At each execution. */
  void refuseToExecute() {
    refuseToExecute(configuration, connections);
  }

  /** At each execution of one that is derived of it, with connections of its own. */
  void refuseToExecute(Configuration derived, ConnectionProvider own) {
    refuseIfChanged(derived, own);
    refuseR2dbc(derived); // jOOQ makes an object to say that there is none
  }

  /** Wherever it is asked for a connection: makes no object. */
  void refuseIfChanged() {
    refuseIfChanged(configuration, connections);
  }

  private void refuseIfChanged(Configuration now, ConnectionProvider own) {
    refuseUnlessSame("connection provider", own, now.connectionProvider());
    refuseUnlessSame("transaction provider", transactions, now.transactionProvider());
    refuseUnlessSame("executor provider", executors, now.executorProvider());
    refuseUnlessSame("cache provider", caches, now.cacheProvider());
  }

  static void refuseR2dbc(Configuration configuration) {
    String factory = configuration.connectionFactory().getClass().getName();
    if (!factory.equals(NO_R2DBC)) {
      throw Refusals.r2dbc(factory);
    }
  }

  private static void refuseUnlessSame(String part, Object was, Object found) {
    if (was != found) {
      throw Refusals.changed(part, found);
    }
  }
}
