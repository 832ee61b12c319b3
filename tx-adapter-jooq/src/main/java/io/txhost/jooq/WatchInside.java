package io.txhost.jooq;

import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.ExecuteListenerProvider;

/**
 * The host's watch in one transaction, whose Configuration has it in the watch's place. Attaches
 * what is fetched there to the host's Configuration instead of the transaction's, so that a record
 * outlives it: stored later, it joins what is active then. And refuses executions of a
 * transaction's Configuration that was changed.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class WatchInside implements ExecuteListener, ExecuteListenerProvider {
  private static final long serialVersionUID = 1L;

  private final transient Watch hosts;
  private final transient Configuration own;
  private final transient ConnectionProvider connections;

  /**
   * Of a transaction.
   *
   * @param own the transaction's Configuration
   * @param connections what that must go on having
   */
  WatchInside(Watch hosts, Configuration own, ConnectionProvider connections) {
    this.hosts = hosts;
    this.own = own;
    this.connections = connections;
  }

  @Override
  public ExecuteListener provide() {
    return this;
  }

  @Override
  public void start(ExecuteContext context) {
    hosts.start(context);
    hosts.refuseToExecute(own, connections);
  }

  @Override
  public void prepareStart(ExecuteContext context) {
    hosts.prepareStart(context);
  }

  @Override
  public void executeStart(ExecuteContext context) {
    hosts.executeStart(context);
  }

  @Override
  public void recordEnd(ExecuteContext context) {
    hosts.attach(context.record());
  }
}
