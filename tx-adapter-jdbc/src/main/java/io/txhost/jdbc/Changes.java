package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What was changed on a connection beside its auto-commit, and what it was before. Made with the
 * first change, which most transactions have none of. Each is noted before it is made: a failure
 * may have made it.
 */
final class Changes {
  private static final int CLOSE_ENOUGH_MILLIS = 50;

  private @Nullable Boolean readOnlyWas;
  private @Nullable Integer isolationWas;
  private @Nullable Integer networkTimeoutWas;
  private int networkTimeout;

  void readOnly(Connection connection) throws SQLException {
    readOnlyWas = false;
    connection.setReadOnly(true);
  }

  void isolation(Connection connection, int was, int level) throws SQLException {
    isolationWas = was;
    connection.setTransactionIsolation(level);
  }

  /** A shorter one that is there is kept. */
  void limitReads(Connection driver, int millis) throws SQLException {
    if (networkTimeoutWas == null) {
      networkTimeoutWas = driver.getNetworkTimeout();
    }
    boolean isShorter = networkTimeoutWas != 0 && networkTimeoutWas <= millis;
    if (!isShorter && Math.abs(networkTimeout - millis) > CLOSE_ENOUGH_MILLIS) {
      networkTimeout = millis;
      driver.setNetworkTimeout(Runnable::run, millis);
    }
  }

  void limitReadsNoMore(Connection driver) throws SQLException {
    if (networkTimeoutWas != null && networkTimeout != networkTimeoutWas) {
      networkTimeout = networkTimeoutWas;
      driver.setNetworkTimeout(Runnable::run, networkTimeoutWas);
    }
  }

  void undo(Connection connection) throws SQLException {
    if (readOnlyWas != null) {
      connection.setReadOnly(readOnlyWas);
    }
    if (isolationWas != null) {
      connection.setTransactionIsolation(isolationWas);
    }
  }

  /** The last to be undone: what comes before may send. */
  void undoLimit(@Nullable Connection driver) throws SQLException {
    if (driver != null && networkTimeoutWas != null) {
      driver.setNetworkTimeout(Runnable::run, networkTimeoutWas);
    }
  }
}
