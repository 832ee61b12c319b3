package io.txhost.jdbc;

import io.txhost.spi.CauseChain;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection, and waits no longer than a deadline leaves, however long the pool would.
 *
 * <p>The data source is asked on the caller's thread, since one that routes looks at that, and the
 * thread is interrupted at the deadline. Pools and drivers that look at nothing are asked on
 * another: some hear no interrupt, and none does while it connects. See
 * docs/decisions/0018-deadlines-that-hold.md.
 */
final class Patience {
  // by their exact names: what extends one may look at the thread
  private static final Set<String> LOOK_AT_NO_THREAD =
      Set.of(
          "com.alibaba.druid.pool.DruidDataSource",
          "com.mchange.v2.c3p0.ComboPooledDataSource",
          "com.mysql.cj.jdbc.MysqlDataSource",
          "com.zaxxer.hikari.HikariDataSource",
          "io.agroal.pool.DataSource",
          "oracle.ucp.jdbc.PoolDataSourceImpl",
          "org.apache.commons.dbcp2.BasicDataSource",
          "org.apache.tomcat.jdbc.pool.DataSource",
          "org.mariadb.jdbc.MariaDbDataSource",
          "org.postgresql.ds.PGSimpleDataSource",
          "org.vibur.dbcp.ViburDBCPDataSource");

  private Patience() {}

  /**
   * Takes one.
   *
   * @throws SQLException the data source's own, or one of ours at the deadline; nothing is taken
   *     then, and what a pool gives later goes back to it
   */
  static Connection take(DataSource dataSource, Duration left) throws SQLException {
    return LOOK_AT_NO_THREAD.contains(dataSource.getClass().getName())
        ? beside(dataSource, left)
        : here(dataSource, left);
  }

  private static Connection here(DataSource dataSource, Duration left) throws SQLException {
    Summons summons = new Summons();
    summons.begin();
    Future<?> alarm = Watchdog.in(left, summons::call);
    try {
      return dataSource.getConnection();
    } catch (SQLException | RuntimeException e) {
      if (!summons.isCalled()) {
        keepInterrupt(e);
      }
      throw e;
    } finally {
      alarm.cancel(false);
      summons.end();
    }
  }

  /** Some pools clear the interrupt that ended the wait: it was meant for the caller, too. */
  static void keepInterrupt(Exception failure) {
    if (CauseChain.of(failure).stream().anyMatch(InterruptedException.class::isInstance)) {
      Thread.currentThread().interrupt();
    }
  }

  private static Connection beside(DataSource dataSource, Duration left) throws SQLException {
    Errand errand = new Errand(dataSource);
    Watchdog.beside(errand);
    try {
      return errand.answer.get(left.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return errand.recall(new SQLException("No connection came before the deadline"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return errand.recall(new SQLException("Interrupted while waiting for a connection", e));
    } catch (ExecutionException e) {
      throw Failures.theDrivers(e.getCause());
    }
  }

  /** Takes a connection for another thread, which may stop waiting for it. */
  private static final class Errand implements Runnable {
    private final DataSource dataSource;
    private final @Nullable ClassLoader classes = Thread.currentThread().getContextClassLoader();
    private final Summons summons = new Summons();
    private final CompletableFuture<Connection> answer = new CompletableFuture<>();

    Errand(DataSource dataSource) {
      this.dataSource = dataSource;
    }

    @Override
    public void run() {
      if (!summons.begin()) {
        return;
      }
      Thread.currentThread().setContextClassLoader(classes);
      try {
        deliver(take());
      } catch (Throwable e) {
        answer.completeExceptionally(e);
      } finally {
        Thread.currentThread().setContextClassLoader(null);
      }
    }

    private Connection take() throws SQLException {
      try {
        return dataSource.getConnection();
      } finally {
        summons.end();
      }
    }

    private void deliver(Connection connection) throws SQLException {
      if (!answer.complete(connection)) {
        connection.close();
      }
    }

    /**
     * Ends the wait.
     *
     * @return the connection, if it has come meanwhile
     * @throws SQLException {@code why} otherwise, or the data source's own
     */
    Connection recall(SQLException why) throws SQLException {
      if (answer.completeExceptionally(why)) {
        summons.call();
        throw why;
      }
      try {
        return answer.join();
      } catch (CompletionException e) {
        throw Failures.theDrivers(e.getCause());
      }
    }
  }
}
