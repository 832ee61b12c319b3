package io.txhost.jooq;

import io.txhost.ManualTransaction;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.Transaction;
import org.jooq.TransactionContext;
import org.jooq.TransactionListenerProvider;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.tools.jdbc.MockConnectionProvider;

/**
 * What {@code dsl.transaction(..)} means: a NESTED block of the host, which begins a transaction
 * where there is none. jOOQ begins and ends by calls, so the boundary is one that is ended by hand;
 * whichever way it ends, it is closed: see {@link GuardedListeners}.
 *
 * <p><b>Threads:</b> serves every thread at once; each transaction is ended on the thread that
 * began it, as jOOQ does.
 */
final class HostTransactions implements TransactionProvider {
  private static final String NAME = "dsl.transaction";
  private static final TransactionOptions NESTED =
      TransactionOptions.defaults().propagation(Propagation.NESTED).name(NAME);

  private final HostConnections connections;
  private final Batches batches;

  HostTransactions(HostConnections connections, Batches batches) {
    this.connections = connections;
    this.batches = batches;
  }

  @Override
  public void begin(TransactionContext context) {
    try {
      connections.refuseIfChanged();
      refuseUnguarded(context.configuration());
      refuseElsewhere(context.configuration().connectionProvider());
      TransactionOptions asked = AskedProperties.of(context).addedTo(NESTED);
      context.transaction(new Open(connections.host().begin(asked)));
    } catch (RuntimeException | Error failure) {
      Failing.noted(context, failure);
      throw failure;
    }
  }

  private static void refuseUnguarded(Configuration configuration) {
    TransactionListenerProvider found = GuardedListeners.unguarded(configuration);
    if (found != null) {
      throw Refusals.unguarded(found);
    }
  }

  /** The context's statements must be in the transaction that it begins. */
  private void refuseElsewhere(ConnectionProvider provider) {
    if (provider instanceof TransactionConnections own) {
      own.refuseUnlessCurrent(NAME + "(..)");
    } else if (provider instanceof DefaultConnectionProvider one) {
      refuseElsewhere(one.acquire());
    } else if (provider != connections && !(provider instanceof MockConnectionProvider)) {
      throw Refusals.otherConnections(provider);
    }
  }

  /** One that {@code dsl.batched} or {@code dsl.connection} has taken of the host, and kept. */
  private void refuseElsewhere(Connection connection) {
    Connection taken = Batches.below(connection);
    TransactionHost<? extends Connection> host = connections.host();
    boolean isOurs =
        connections.gaveOutside(taken) || (host.isTransactionActive() && host.tx() == taken);
    if (!isOurs) {
      throw Refusals.otherConnections(taken);
    }
    try {
      batches.send(connection);
    } catch (SQLException failure) {
      throw new DataAccessException("Sending what dsl.batched(..) has delayed failed", failure);
    }
  }

  @Override
  public void commit(TransactionContext context) {
    if (context.transaction() instanceof Open open) {
      try {
        open.boundary.commit();
      } catch (RuntimeException | Error failure) {
        Failing.noted(context, failure);
        throw failure;
      }
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
