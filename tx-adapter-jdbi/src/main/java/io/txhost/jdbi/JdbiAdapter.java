package io.txhost.jdbi;

import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionAdapter;
import java.sql.Connection;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Jdbi in a host's transactions.
 *
 * <p>{@link TransactionHost#tx()} gives one {@link Handle} per transaction, made by the user's own
 * Jdbi; it takes no connection before its first statement. {@code jdbi.withHandle}, {@code
 * useHandle}, {@code inTransaction}, {@code withExtension} and {@code onDemand} use the same one.
 * {@code handle.inTransaction} and a SqlObject's {@code @Transaction} are a NESTED block; outside
 * they begin a transaction. {@code handle.begin()}, {@code commit()} and {@code rollback()} are
 * refused; the last two mark the block they are called in, also if the refusal is swallowed. {@code
 * setReadOnly} and {@code setTransactionIsolationLevel} are refused. {@code handle.afterCommit} and
 * {@code afterRollback} run at the transaction's real end, after its connection is back.
 *
 * <p>Outside a transaction a block of Jdbi's own ({@code withHandle}, {@code useHandle}, {@code
 * withExtension}, {@code useExtension}, each call of an {@code onDemand} object) is one connection
 * from its first statement to its end. A transaction begun inside takes that connection and gives
 * it back. What {@code host.tx()} gives outside has a connection for each statement, while that is
 * open. What may be done outside is the host's {@link io.txhost.FallbackPolicy} to say: reads
 * alone, unless set otherwise. A handle that was got outside and is used inside joins. {@code
 * jdbi.open()} is Jdbi's own handle. It is refused inside a transaction, where no write is
 * permitted outside, and where it would never commit.
 *
 * <p>A Jdbi serves one host. Installing plugins and setting scopes and handlers comes first;
 * mappers and other configuration may be added at any time.
 *
 * <p><b>Threads:</b> call each method once, before the Jdbi is shared between threads, since Jdbi
 * itself publishes its scope unsafely. A handle belongs to one thread.
 */
public final class JdbiAdapter {
  private static final String ONE_CONNECTION = "org.jdbi.v3.core.SingleConnectionFactory";

  private JdbiAdapter() {}

  /**
   * An adapter whose connections are the Jdbi's own, its plugins' {@code customizeConnection}
   * included. Building the host makes the Jdbi join it.
   *
   * @throws TransactionException TXH-550 if this version of Jdbi is not known; TXH-557 if the Jdbi
   *     is made of a single connection. Building the host throws TXH-555 if the Jdbi serves
   *     another, and TXH-557 if it has a transaction handler of its own
   */
  public static TransactionAdapter<Handle> over(Jdbi jdbi) {
    JdbiInside inside = JdbiInside.find();
    if (inside.connectionFactory(jdbi).getClass().getName().equals(ONE_CONNECTION)) {
      throw Refusals.oneConnection();
    }
    return JdbcAdapter.over(new JdbiDataSource(jdbi, inside))
        .viewedAs(new HandleView(jdbi, inside, HandleView.ConnectionSource.JDBI));
  }

  /**
   * The host's own transactions, shown as handles. Connections come from the host; the Jdbi's own
   * connection factory is not asked, and should be for the same database.
   *
   * @throws TransactionException TXH-550 if this version of Jdbi is not known; TXH-555 if the Jdbi
   *     serves a host already; TXH-557 if it has a transaction handler of its own, or a plugin that
   *     customizes connections
   */
  public static TransactionHost<Handle> view(TransactionHost<Connection> host, Jdbi jdbi) {
    return host.viewedAs(
        new HandleView(
            Objects.requireNonNull(jdbi, "jdbi"),
            JdbiInside.find(),
            HandleView.ConnectionSource.HOST));
  }
}
