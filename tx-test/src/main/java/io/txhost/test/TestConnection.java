package io.txhost.test;

import io.txhost.test.Session.Asking;
import io.txhost.test.TestDataSource.Action;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a test's transaction, of one data source. It is taken with the first
 * session that uses it.
 *
 * <p><b>Threads:</b> the test's and its structured children's, one call at a time as their adapter
 * sees to it; {@link #end} may come while a thread that the test gave up is inside a call.
 */
final class TestConnection {
  private final TestRun run;
  private final TestDataSource source;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Connection taken;
  private @Nullable SessionInTest demarcating;
  private int callsUnderWay;
  private boolean ended;
  private boolean isPostgres;
  private boolean definingCommits;

  TestConnection(TestRun run, TestDataSource source) {
    this.run = run;
    this.source = source;
  }

  TestRun run() {
    return run;
  }

  TestDataSource source() {
    return source;
  }

  /** A session on it, or on a connection of its own while another has its transaction here. */
  Session session(Action<Connection> another) throws SQLException {
    lock.lock();
    try {
      refuseEnded();
      if (demarcating != null) {
        return new RealSession(another.run(), source);
      }
      if (taken == null) {
        begin(another.run());
      }
      return new SessionInTest(this);
    } finally {
      lock.unlock();
    }
  }

  private void begin(Connection connection) throws SQLException {
    taken = connection;
    connection.setAutoCommit(false);
    isPostgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    definingCommits = connection.getMetaData().dataDefinitionCausesTransactionCommit();
  }

  /**
   * Has the session's transaction here.
   *
   * @return false if another's is here
   */
  boolean demarcates(SessionInTest session) throws SQLException {
    lock.lock();
    try {
      refuseEnded();
      if (demarcating != null && demarcating != session) {
        return false;
      }
      demarcating = session;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void demarcatesNoMore(SessionInTest session) {
    lock.lock();
    try {
      if (demarcating == session) {
        demarcating = null;
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isPostgres() {
    return isPostgres;
  }

  /** Whether a statement that defines something commits what came before it. */
  boolean definingCommits() {
    return definingCommits;
  }

  // ---- calls

  <R extends @Nullable Object> R call(Asking<R> call) throws SQLException {
    Connection connection = enter();
    try {
      return call.of(connection);
    } finally {
      leave();
    }
  }

  private Connection enter() throws SQLException {
    lock.lock();
    try {
      refuseEnded();
      callsUnderWay++;
      return Objects.requireNonNull(taken);
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      callsUnderWay--;
    } finally {
      lock.unlock();
    }
  }

  private void refuseEnded() throws SQLException {
    if (ended) {
      throw new SQLNonTransientConnectionException(
          "TXH-726 The test is over, and its connection of "
              + source
              + " was given back: whoever still uses it was not waited for",
          "08003");
    }
  }

  boolean isInCall() {
    lock.lock();
    try {
      return callsUnderWay > 0;
    } finally {
      lock.unlock();
    }
  }

  Savepoint begin() throws SQLException {
    return call(Connection::setSavepoint);
  }

  void keep(Savepoint savepoint) throws SQLException {
    if (isPostgres) {
      checkDeferred();
    }
    call(
        connection -> {
          connection.releaseSavepoint(savepoint);
          return savepoint;
        });
  }

  void undo(Savepoint savepoint) throws SQLException {
    call(
        connection -> {
          connection.rollback(savepoint);
          connection.releaseSavepoint(savepoint);
          return savepoint;
        });
  }

  /** As COMMIT would; what is deferred afterwards is what was before. */
  private void checkDeferred() throws SQLException {
    Savepoint before = begin();
    run("set constraints all immediate");
    undo(before);
  }

  void run(String sql) throws SQLException {
    call(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }

  // ---- its end

  /** Throws the connection away: the test's transaction is over with it. */
  void abort() throws SQLException {
    Connection lost = over();
    if (lost != null) {
      lost.abort(Runnable::run);
      lost.close();
    }
  }

  /** Rolls back and gives the connection back; what went wrong is returned. */
  Optional<Leftover> end() {
    boolean isInCall = isInCall();
    Connection connection = over();
    if (connection == null) {
      return Optional.empty();
    }
    try {
      if (isInCall) {
        connection.abort(Runnable::run);
      } else {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      connection.close();
      return isInCall ? Optional.of(stillInCall()) : Optional.empty();
    } catch (SQLException e) {
      return Optional.of(notUndone(e));
    }
  }

  private @Nullable Connection over() {
    lock.lock();
    try {
      Connection connection = taken;
      ended = true;
      taken = null;
      return connection;
    } finally {
      lock.unlock();
    }
  }

  private Leftover stillInCall() {
    return new Leftover(
        "TXH-727 The test is over, and another thread was still inside a call on its connection of "
            + source
            + ". The connection was thrown away, so the database rolls back. Wait for the thread in"
            + " the test",
        Optional.empty());
  }

  private Leftover notUndone(SQLException failure) {
    return new Leftover(
        "TXH-727 The test's transaction on "
            + source
            + " could not be rolled back, or its connection not be given back: see the suppressed"
            + " failure",
        Optional.of(failure));
  }
}
