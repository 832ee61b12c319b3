package io.txhost.jooq;

import io.txhost.ManualTransaction;
import io.txhost.Propagation;
import io.txhost.TransactionOptions;
import org.jooq.Transaction;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;

/**
 * What {@code dsl.transaction(..)} means: a NESTED block of the host, which begins a transaction
 * where there is none. jOOQ begins and ends by calls, so the boundary is one that is ended by hand;
 * whichever way it ends, it is closed.
 *
 * <p><b>Threads:</b> serves every thread at once; each transaction is ended on the thread that
 * began it, as jOOQ does.
 */
final class HostTransactions implements TransactionProvider {
  private static final String NAME = "dsl.transaction";
  private static final TransactionOptions NESTED =
      TransactionOptions.defaults().propagation(Propagation.NESTED).name(NAME);

  private final HostConnections connections;

  HostTransactions(HostConnections connections) {
    this.connections = connections;
  }

  @Override
  public void begin(TransactionContext context) {
    TransactionOptions asked = AskedProperties.of(context).addedTo(NESTED);
    if (context.configuration().connectionProvider() instanceof TransactionConnections own) {
      own.refuseUnlessCurrent(NAME + "(..)");
    }
    context.transaction(new Open(connections.host().begin(asked)));
  }

  @Override
  public void commit(TransactionContext context) {
    if (context.transaction() instanceof Open open) {
      open.boundary.commit();
    }
  }

  /** Also called after a begin or a commit that failed: then there is nothing to close. */
  @Override
  public void rollback(TransactionContext context) {
    if (context.transaction() instanceof Open open) {
      open.boundary.close();
    }
  }

  private record Open(ManualTransaction boundary) implements Transaction {}
}
