package io.txhost.jooq;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.ConnectionProvider;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a Configuration that joins: at each execution the active transaction's, else
 * one outside, which is the execution's own until its end.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class HostConnections implements ConnectionProvider {
  private static final Logger LOG = System.getLogger("io.txhost.jooq");

  private final AtomicReference<@Nullable TransactionHost<? extends Connection>> host =
      new AtomicReference<>();
  private volatile @Nullable Watch watch;

  /** Serves the host, if none is served yet. */
  void serve(TransactionHost<? extends Connection> served) {
    TransactionHost<? extends Connection> other = host.compareAndExchange(null, served);
    if (other != null) {
      throw Refusals.taken(served, other);
    }
  }

  /** The Configuration is as it must stay. */
  void watchedBy(Watch watching) {
    watching.keep();
    watch = watching;
  }

  TransactionHost<? extends Connection> host() {
    TransactionHost<? extends Connection> served = host.get();
    if (served == null) {
      throw Refusals.noHost();
    }
    return served;
  }

  /** What sees to it that the Configuration stays as it must. */
  Watch watch() {
    Watch watching = watch;
    if (watching == null) {
      throw Refusals.noHost();
    }
    return watching;
  }

  /** Refuses a Configuration that was changed since it joined. */
  void refuseIfChanged() {
    Watch watching = watch;
    if (watching != null) {
      watching.refuseIfChanged();
      watching.keep();
    }
  }

  @Override
  public Connection acquire() {
    TransactionHost<? extends Connection> served = host();
    refuseIfChanged();
    Connection connection = served.tx();
    return served.isTransactionActive()
        ? connection
        : new Outside(this, JdbcAdapter.block(connection));
  }

  /**
   * By identity: a cursor may give its connection back late, on another thread, or where another
   * transaction is active. A failure is logged: jOOQ would drop it after a statement, and lose the
   * user's exception for it in {@code dsl.connection}.
   */
  @Override
  public void release(Connection connection) {
    if (connection instanceof Outside outside) {
      try {
        outside.close();
      } catch (SQLException | RuntimeException failure) {
        LOG.log(Level.WARNING, Refusals.notClosed(host()), failure);
      }
    }
  }

  /** Whether it is one that this gave outside a transaction. */
  boolean gaveOutside(Connection connection) {
    return connection instanceof Outside outside && outside.of == this;
  }

  /** Whether it was given outside a transaction, and was last used where another was active. */
  static boolean comesFromElsewhere(Connection connection, @Nullable Transaction now) {
    return connection instanceof Outside outside && outside.comesFromElsewhere(now);
  }

  @Override
  public String toString() {
    TransactionHost<? extends Connection> served = host.get();
    return "connections of " + (served == null ? "no host yet" : served);
  }

  /** Tells what is to be closed from a transaction's connection, which is not. */
  private static final class Outside extends DefaultConnection {
    private final HostConnections of;
    private @Nullable Transaction usedIn;

    Outside(HostConnections of, Connection connection) {
      super(connection);
      this.of = of;
    }

    boolean comesFromElsewhere(@Nullable Transaction now) {
      boolean isElsewhere = usedIn != now;
      usedIn = now;
      return isElsewhere;
    }
  }
}
