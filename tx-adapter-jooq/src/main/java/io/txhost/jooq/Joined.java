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
    refuseIfChanged();
    Joining.refuseR2dbc(configuration); // jOOQ makes an object to say that there is none
  }

  /** Wherever it is asked for a connection: makes no object. */
  void refuseIfChanged() {
    refuseUnlessSame("connection provider", connections, configuration.connectionProvider());
    refuseUnlessSame("transaction provider", transactions, configuration.transactionProvider());
    refuseUnlessSame("executor provider", executors, configuration.executorProvider());
    refuseUnlessSame("cache provider", caches, configuration.cacheProvider());
  }

  private static void refuseUnlessSame(String part, Object was, Object found) {
    if (was != found) {
      throw Refusals.changed(part, found);
    }
  }
}
