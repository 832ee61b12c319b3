package io.txhost.jdbi;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.spi.ResourceView;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Shows a host's connections as handles that the user's own Jdbi made: with its configuration as it
 * is then, its plugins and its statement builder.
 */
final class HandleView implements ResourceView<Connection, Handle> {
  private final Jdbi jdbi;
  private final JdbiInside inside;
  private final ConnectionSource source;
  private volatile @Nullable Joining joining;
  private volatile @Nullable TransactionHost<? extends Connection> base;

  /** Where the physical connections come from: that decides whose {@code customizeConnection}. */
  enum ConnectionSource {
    JDBI,
    HOST
  }

  HandleView(Jdbi jdbi, JdbiInside inside, ConnectionSource source) {
    this.jdbi = jdbi;
    this.inside = inside;
    this.source = source;
  }

  /** Makes the Jdbi join the host. Once, before either is used. */
  @Override
  public void attached(TransactionHost<Handle> shown, TransactionHost<? extends Connection> on) {
    refuseCustomizedConnections();
    base = on;
    joining = Joining.install(jdbi, this, shown);
  }

  TransactionHost<Handle> host() {
    Joining current = joining;
    if (current == null) {
      throw Refusals.noHost(jdbi);
    }
    return current.host();
  }

  /** The host whose connections are shown. */
  TransactionHost<? extends Connection> base() {
    TransactionHost<? extends Connection> current = base;
    if (current == null) {
      throw Refusals.noHost(jdbi);
    }
    return current;
  }

  JdbiInside jdbiInside() {
    return inside;
  }

  @Override
  public Handle inside(Connection connection) {
    Transaction active = host().currentTransaction().orElse(null);
    return make(new OfTransaction(this, connection, active == null ? null : active.name()));
  }

  /** The active transaction's name, for messages. */
  static String nameOf(TransactionHost<?> host) {
    return named(host.currentTransaction().map(Transaction::name).orElse(null));
  }

  /** A transaction by its name, null if there is none. */
  static String named(@Nullable String transaction) {
    return transaction == null ? "no transaction" : "transaction '" + transaction + "'";
  }

  @Override
  public Handle outside(Connection fallback) {
    return make(new Outside(this, fallback));
  }

  /** A handle for a block of Jdbi's own, which ends where the handle is closed. */
  Handle block() {
    return make(new OfBlock(this));
  }

  private Handle make(HandleConnection connection) {
    Joining current = joining;
    if (current != null) {
      current.refuseIfReplaced();
    }
    refuseCustomizedConnections();
    HandleTransactions transactions = new HandleTransactions(this, connection);
    try {
      Handle handle =
          inside.createHandle(
              jdbi,
              connection::handleClosed,
              transactions,
              statementBuilder(connection),
              connection);
      transactions.made();
      return customized(handle, connection);
    } catch (SQLException failure) {
      throw new ConnectionException(failure);
    }
  }

  private StatementBuilder statementBuilder(HandleConnection connection) {
    StatementBuilderFactory factory = jdbi.getStatementBuilderFactory();
    return connection.mayCacheStatements() || factory == DefaultStatementBuilder.FACTORY
        ? factory.createStatementBuilder(connection)
        : new UncachedStatementBuilder(factory);
  }

  private Handle customized(Handle made, HandleConnection connection) throws SQLException {
    try {
      for (JdbiPlugin plugin : inside.plugins(jdbi)) {
        customize(plugin, made, connection.pluginCalls());
      }
      connection.pluginCalls().made();
      return made;
    } catch (SQLException | RuntimeException | Error failure) {
      closeAfter(failure, made); // a plugin may have taken a connection
      throw failure;
    }
  }

  private static void customize(JdbiPlugin plugin, Handle made, PluginCalls calls)
      throws SQLException {
    PostgresLobs lobs = PostgresLobs.of(plugin);
    calls.withoutLobs(lobs.areThere());
    if (plugin.customizeHandle(made) != made) {
      throw Refusals.replacedHandle(plugin);
    }
    calls.withoutLobs(false);
    lobs.replaceIn(made);
  }

  private static void closeAfter(Throwable failure, Handle made) {
    try {
      made.close();
    } catch (RuntimeException closing) {
      failure.addSuppressed(closing);
    }
  }

  private void refuseCustomizedConnections() {
    if (source == ConnectionSource.HOST) {
      List<JdbiPlugin> plugins = inside.plugins(jdbi);
      for (JdbiPlugin plugin : plugins) {
        if (CUSTOMIZES_CONNECTIONS.get(plugin.getClass())) {
          throw Refusals.customizesConnections(plugin);
        }
      }
    }
  }

  private static final ClassValue<Boolean> CUSTOMIZES_CONNECTIONS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> plugin) {
          try {
            return plugin.getMethod("customizeConnection", Connection.class).getDeclaringClass()
                != JdbiPlugin.class;
          } catch (NoSuchMethodException e) {
            throw new IllegalStateException(plugin + " is no plugin", e);
          }
        }
      };

  /** Closes the handle. A failure is logged, since what ended the transaction must not see it. */
  @Override
  public void completed(Handle handle, Transaction.Outcome outcome) {
    if (HandleConnection.of(handle) instanceof OfTransaction connection) {
      connection.end();
    }
    try {
      handle.close();
    } catch (RuntimeException failure) {
      System.getLogger("io.txhost.jdbi")
          .log(System.Logger.Level.WARNING, "Closing a handle failed; its " + outcome, failure);
    }
  }

  @Override
  public String toString() {
    return "Jdbi";
  }
}
