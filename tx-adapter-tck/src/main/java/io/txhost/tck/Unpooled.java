package io.txhost.tck;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** No pool: each connection is a new one, of which a server takes only so many at once. */
final class Unpooled {
  private final DataSource driver;
  private final PoolOptions options;
  private final Semaphore free;

  Unpooled(DataSource driver, PoolOptions options) {
    this.driver = driver;
    this.options = options;
    this.free = new Semaphore(options.size());
  }

  int out() {
    return options.size() - free.availablePermits();
  }

  Connection lend() throws SQLException {
    waitForAFreeOne();
    AtomicBoolean isOut = new AtomicBoolean(true);
    try {
      Connection physical = driver.getConnection();
      if (!options.autoCommit()) {
        physical.setAutoCommit(false);
      }
      return LentConnection.of(
          physical,
          () -> {
            try {
              physical.close();
            } finally {
              takeBack(isOut);
            }
          },
          () -> takeBack(isOut));
    } catch (SQLException | RuntimeException e) {
      takeBack(isOut);
      throw e;
    }
  }

  private void waitForAFreeOne() throws SQLException {
    try {
      if (free.tryAcquire(options.connectionTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
    }
    throw new SQLTransientConnectionException(
        "all " + options.size() + " connections are out, and none came back in time");
  }

  /** Once: a connection that was aborted is closed too. */
  private void takeBack(AtomicBoolean isOut) {
    if (isOut.compareAndSet(true, false)) {
      free.release();
    }
  }
}
