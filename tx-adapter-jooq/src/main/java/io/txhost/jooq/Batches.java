package io.txhost.jooq;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.ExecuteContext;
import org.jooq.tools.jdbc.BatchedConnection;
import org.jooq.tools.jdbc.BatchedPreparedStatement;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jooq.tools.jdbc.DefaultPreparedStatement;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that what {@code dsl.batched(..)} delays is executed in the block it was said in. jOOQ
 * sends it when another SQL string comes, or at the end of {@code batched}: by then a boundary that
 * began inside may be over. So a statement is delayed only where {@code batched} began in the
 * transaction that is active, and no NESTED block is; everywhere else it is sent at once.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class Batches {
  private final HostConnections connections;

  /** Those that may have delayed something. */
  private final Set<BatchedConnection> delaying = ConcurrentHashMap.newKeySet();

  Batches(HostConnections connections) {
    this.connections = connections;
  }

  /**
   * jOOQ would send in a NESTED block, as it prepares another statement, what came before that; and
   * would use a statement again that it made in a transaction which has ended.
   */
  void preparing(ExecuteContext context) throws SQLException {
    BatchedConnection batched = of(context.connection());
    if (batched == null) {
      return;
    }
    Transaction now = connections.host().currentTransaction().orElse(null);
    if (now != null && now.isNested()) {
      refuseIfDelaying(batched);
    }
    if (HostConnections.comesFromElsewhere(below(batched), now)) {
      batched.close(); // closes nothing, but forgets its statement; nothing of it was delayed
    }
  }

  void executing(ExecuteContext context) throws SQLException {
    Statement each = context.statement();
    while (each instanceof DefaultPreparedStatement wrapper) {
      if (wrapper instanceof BatchedPreparedStatement batched) {
        executing(batched);
      }
      each = wrapper.getDelegate();
    }
  }

  private void executing(BatchedPreparedStatement statement) throws SQLException {
    BatchedConnection batched = statement.getBatchedConnection();
    Transaction transaction = whereItMayWait(batched);
    if (transaction != null) {
      statement.setExecuteImmediate(false); // jOOQ sets it afterwards, where it must
      if (delaying.add(batched)) {
        transaction.afterCompletion(outcome -> delaying.remove(batched));
      }
    } else {
      if (isNested()) {
        refuseIfDelaying(batched);
      }
      statement.setExecuteImmediate(true);
    }
  }

  /** The transaction in which a statement may be delayed, null if it is to be sent at once. */
  private @Nullable Transaction whereItMayWait(BatchedConnection batched) {
    TransactionHost<? extends Connection> host = connections.host();
    Optional<Transaction> active = host.currentTransaction();
    if (active.isEmpty() || active.get().isNested() || host.tx() != below(batched)) {
      return null;
    }
    return active.get();
  }

  private boolean isNested() {
    return connections.host().currentTransaction().map(Transaction::isNested).orElse(false);
  }

  private void refuseIfDelaying(@Nullable BatchedConnection batched) {
    if (batched != null && delaying.contains(batched)) {
      throw Refusals.delayedAround();
    }
  }

  /**
   * A transaction of jOOQ's begins on the connection: what came before it is sent before it.
   *
   * @throws SQLException the driver's own
   */
  void send(Connection connection) throws SQLException {
    BatchedConnection batched = of(connection);
    if (batched != null) {
      batched.close(); // sends what it has, and closes nothing
      delaying.remove(batched);
    }
  }

  private static @Nullable BatchedConnection of(Connection connection) {
    Connection each = connection;
    while (each instanceof DefaultConnection wrapper && !(each instanceof BatchedConnection)) {
      each = wrapper.getDelegate();
    }
    return each instanceof BatchedConnection batched ? batched : null;
  }

  /** What {@code batched} was given: one {@code batched} may stand in another. */
  static Connection below(Connection connection) {
    Connection each = connection;
    while (each instanceof BatchedConnection batched) {
      each = batched.getDelegate();
    }
    return each;
  }
}
