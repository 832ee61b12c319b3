package io.txhost.jooq;

import org.jooq.Configuration;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.ExecuteListenerProvider;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Attaches what a transaction fetches to the host's Configuration instead of the transaction's, so
 * that a record outlives it: stored later, it joins what is active then. And refuses executions of
 * a transaction's Configuration that was changed.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class RecordsOfTheHost implements ExecuteListener, ExecuteListenerProvider {
  private static final long serialVersionUID = 1L;

  private final transient Configuration hosts;
  private final transient Joined own;

  RecordsOfTheHost(Configuration hosts, Joined own) {
    this.hosts = hosts;
    this.own = own;
  }

  @Override
  public ExecuteListener provide() {
    return this;
  }

  @Override
  public void start(ExecuteContext context) {
    own.refuseToExecute();
  }

  @Override
  public void recordEnd(ExecuteContext context) {
    attach(context.record(), hosts);
  }

  /** Unless the settings leave records unattached. */
  static void attach(@Nullable Record record, Configuration configuration) {
    if (record != null && record.configuration() != null) {
      record.attach(configuration);
    }
  }
}
