package io.txhost.jooq;

import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionAdapter;
import java.sql.Connection;
import java.util.Objects;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DefaultConfiguration;

/**
 * jOOQ in a host's transactions.
 *
 * <p>Inside a transaction {@link TransactionHost#tx()} is a {@link DSLContext} of that transaction
 * alone: used after its end, while it is set aside, or on another thread it refuses. It takes no
 * connection before its first statement. Records are not bound to it: one that was fetched or made
 * there joins whatever is active where it is stored, refreshed or deleted.
 *
 * <p>Outside, {@code tx()} is the one shared {@code DSLContext} of the host's Configuration, as
 * {@link #dsl} is: with no transaction active it reads, and writes as far as the host's policy
 * permits. One execution with its listeners has one connection there, and so has a block of {@code
 * dsl.connection(..)}; a boundary begun inside takes that connection and gives it back. Kept and
 * used inside a transaction the shared context joins, and so does every other {@code DSLContext},
 * DAO and record of that Configuration, and what was made by them outside.
 *
 * <p>{@code dsl.transaction(..)} and {@code transactionResult(..)} are a NESTED block inside, and
 * begin a transaction of the host outside; jOOQ's isolation and read-only properties are heeded.
 * {@code transactionAsync(..)} begins one of its own on the other thread. A {@code
 * TransactionListener} that throws leaves none open. {@code dsl.batched(..)} delays statements only
 * in the transaction that it began in. Refused are {@code transactionPublisher(..)}, and the SQL
 * statements that begin or end transactions.
 *
 * <p>A Configuration is changed before its host is built, never after: one whose connections,
 * transactions, executors or caches were replaced is refused at its next use (TXH-568). A derived
 * one with other connections is its owner's, and joins nothing.
 *
 * <p><b>Threads:</b> call each method once per Configuration, before that is shared between
 * threads, since jOOQ publishes it unsafely. What {@code tx()} gives inside belongs to the
 * transaction's thread; the shared {@code DSLContext} serves every thread.
 */
public final class JooqAdapter {
  private JooqAdapter() {}

  /**
   * An adapter over a pool, with a Configuration of its own.
   *
   * @param dataSource best a pool; serves every thread at once
   * @throws TransactionException TXH-560 if the dialect is DEFAULT, which is none
   */
  public static TransactionAdapter<DSLContext> over(DataSource dataSource, SQLDialect dialect) {
    return over(dataSource, configuration(dialect));
  }

  /**
   * An adapter over a pool, with the user's Configuration: its settings, listeners, mappers and
   * whatever else it has. Building the host makes it join: its connection provider is replaced, so
   * every {@code DSLContext} that was made of it joins too. To leave it as it is hand over {@code
   * configuration.derive()}.
   *
   * @param dataSource best a pool; serves every thread at once
   * @throws TransactionException TXH-560 if its dialect is DEFAULT, which is none; TXH-561 if it
   *     serves a host already; TXH-562 if it has a transaction provider or an R2DBC connection
   *     factory of its own. Building the host throws the same if it was changed by then
   */
  public static TransactionAdapter<DSLContext> over(
      DataSource dataSource, Configuration configuration) {
    return JdbcAdapter.over(dataSource).viewedAs(new DslView(checked(configuration)));
  }

  /**
   * The host's own transactions, shown as {@code DSLContext}s of a Configuration of their own.
   *
   * @throws TransactionException TXH-560 if the dialect is DEFAULT, which is none
   */
  public static TransactionHost<DSLContext> view(
      TransactionHost<Connection> host, SQLDialect dialect) {
    return view(host, configuration(dialect));
  }

  /**
   * The host's own transactions, shown as {@code DSLContext}s of the user's Configuration, whose
   * connection provider is replaced: see {@link #over(DataSource, Configuration)}.
   *
   * @param host of connections whose {@code close()} ends nothing inside, such as one over {@link
   *     JdbcAdapter#over}
   * @throws TransactionException TXH-560 if its dialect is DEFAULT, which is none; TXH-561 if it
   *     serves a host already; TXH-562 if it has a transaction provider or an R2DBC connection
   *     factory of its own
   */
  public static TransactionHost<DSLContext> view(
      TransactionHost<Connection> host, Configuration configuration) {
    return host.viewedAs(new DslView(checked(configuration)));
  }

  /**
   * The shared {@code DSLContext} of the host: joins the active transaction at each statement, and
   * without one does what the host's fallback policy says. For libraries and for code that keeps a
   * {@code DSLContext}.
   *
   * @throws TransactionException TXH-567 if the host is not this adapter's
   */
  public static DSLContext dsl(TransactionHost<DSLContext> host) {
    DSLContext outside = host.withoutTransaction(host::tx);
    if (outside instanceof HostDsl) {
      return outside;
    }
    throw Refusals.notOurs(host);
  }

  private static Configuration configuration(SQLDialect dialect) {
    return new DefaultConfiguration().set(Objects.requireNonNull(dialect, "dialect"));
  }

  private static Configuration checked(Configuration configuration) {
    Joining.check(Objects.requireNonNull(configuration, "configuration"));
    return configuration;
  }
}
