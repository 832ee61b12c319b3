package io.txhost.jooq;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.spi.ResourceView;
import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.DSLContext;

/**
 * Shows a host's connections as {@code DSLContext}s of one Configuration: one for each transaction,
 * and the shared one outside. See docs/decisions/0011-jooq-contexts.md.
 */
final class DslView implements ResourceView<Connection, DSLContext> {
  private final Configuration configuration;
  private final HostConnections connections = new HostConnections();
  private final HostDsl shared;

  DslView(Configuration configuration) {
    this.configuration = configuration;
    this.shared = new HostDsl(configuration, configuration);
  }

  /** Makes the Configuration join the host. Once, before either is used. */
  @Override
  public void attached(
      TransactionHost<DSLContext> shown, TransactionHost<? extends Connection> base) {
    Joining.install(configuration, connections, base);
  }

  @Override
  public DSLContext inside(Connection connection) {
    connections.refuseIfChanged();
    TransactionConnections ofTransaction =
        new TransactionConnections(connections.host(), connection);
    Configuration own = configuration.derive(ofTransaction);
    Watch watch = connections.watch();
    own.set(watch.replacedBy(new WatchInside(watch, own, ofTransaction)));
    return new HostDsl(own, configuration);
  }

  @Override
  public DSLContext outside(Connection fallback) {
    connections.refuseIfChanged();
    return shared;
  }

  @Override
  public void completed(DSLContext dsl, Transaction.Outcome outcome) {
    if (dsl.configuration().connectionProvider() instanceof TransactionConnections own) {
      own.end();
    }
  }

  @Override
  public String toString() {
    return "jOOQ";
  }
}
