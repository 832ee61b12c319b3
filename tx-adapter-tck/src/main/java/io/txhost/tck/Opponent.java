package io.txhost.tck;

import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a deadlock, on a connection and a thread of its own. It wins, and rolls back.
 */
final class Opponent implements AutoCloseable {
  private final Database database;
  private final Connection connection;
  private @Nullable CompletableFuture<Void> waiting;

  Opponent(Database database) throws SQLException {
    this.database = database;
    this.connection = database.dataSource().getConnection();
    connection.setAutoCommit(false);
    if (database.neverADeadlocksVictim().isPresent()) {
      run(database.neverADeadlocksVictim().get());
    }
  }

  static String updateOf(int id) {
    return "update item set label = 'y' where id = " + id;
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Takes the row for itself. */
  void takes(int id) throws SQLException {
    run(updateOf(id));
  }

  /** Asks for a row that another transaction has; returns when the database says that it waits. */
  void waitsFor(int id) throws SQLException {
    CompletableFuture<Void> asked =
        CompletableFuture.runAsync(() -> asks(id), task -> new Thread(task, "opponent").start());
    waiting = asked;
    try (Connection observer = database.dataSource().getConnection()) {
      while (Rows.askOn(observer, database.blockedQuery()).equals("0")) {
        if (asked.isDone()) {
          throw new IllegalStateException("row " + id + " was nobody's");
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
  }

  private void asks(int id) {
    try {
      run(updateOf(id));
    } catch (SQLException e) {
      throw new IllegalStateException("The opponent was to win", e);
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      CompletableFuture<Void> asked = waiting;
      if (asked != null) {
        asked.orTimeout(20, TimeUnit.SECONDS).join();
      }
      connection.rollback();
    }
  }
}
