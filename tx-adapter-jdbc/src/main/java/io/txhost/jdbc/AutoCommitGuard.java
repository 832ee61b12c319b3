package io.txhost.jdbc;

import io.txhost.TransactionException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Outside a transaction: one statement, or one result set of metadata, on an auto-commit connection
 * of its own, which goes back when it is closed. One that is forgotten gives it back when it is
 * collected, and that is logged.
 */
final class AutoCommitGuard implements Guard {
  private static final Logger LOG = System.getLogger("io.txhost.jdbc");
  private static final Cleaner CLEANER = Cleaner.create();

  private final AutoCommitConnection connection;
  private final Known known;
  private final Held held;
  private @Nullable ClosedAtEnd child;
  private Cleaner.@Nullable Cleanable watch;

  private AutoCommitGuard(AutoCommitConnection connection, Borrowed borrowed, Known known) {
    this.connection = connection;
    this.known = known;
    this.held = new Held(borrowed);
  }

  /**
   * Takes a connection.
   *
   * @throws SQLException the pool's or the driver's own; nothing is held then
   */
  static AutoCommitGuard take(AutoCommitConnection connection, ConnectionSource source)
      throws SQLException {
    Borrowed borrowed = source.borrow();
    try {
      Known known = source.learn(borrowed.connection());
      borrowed.autoCommit(true);
      return new AutoCommitGuard(connection, borrowed, known);
    } catch (SQLException e) {
      borrowed.giveBack();
      throw e;
    } catch (RuntimeException | Error e) { // nobody knows how far the driver got
      borrowed.discard(e);
      throw e;
    }
  }

  /** Makes what keeps the connection until it is closed; gives it back if that fails. */
  <C extends ClosedAtEnd> C keepFor(SqlFunction<Connection, C> make) throws SQLException {
    try {
      C made = make.apply(held.borrowed.connection());
      child = made;
      connection.opened(this);
      watch = CLEANER.register(made, held::forgotten);
      return made;
    } catch (SQLException | RuntimeException | Error e) {
      held.giveBack();
      throw e;
    }
  }

  /** Asks, and gives the connection back. */
  <R extends @Nullable Object> R ask(SqlFunction<Connection, R> question) throws SQLException {
    try {
      return question.apply(held.borrowed.connection());
    } finally {
      held.giveBack();
    }
  }

  /** The view it was made by is closed. */
  void close() throws SQLException {
    try {
      if (child != null) {
        child.closeAtEnd();
      }
    } finally {
      giveBack();
    }
  }

  /** A result set of the statement that has the connection is only closed. */
  @Override
  public void close(ClosedAtEnd closing) throws SQLException {
    try {
      closing.closeAtEnd();
    } finally {
      if (closing == child) {
        connection.closed(this);
        giveBack();
      }
    }
  }

  private void giveBack() {
    held.giveBack();
    if (watch != null) {
      watch.clean(); // finds nothing to do, and is forgotten
    }
  }

  @Override
  public void check() {
    // what is closed, the driver refuses
  }

  @Override
  public boolean hasEnded() {
    return held.isGivenBack.get();
  }

  @Override
  public Sql read(String sql) {
    return known.dialect().read(sql);
  }

  @Override
  public <R extends @Nullable Object> R execute(TimeLimit limit, Sql sql, SqlCall<R> call)
      throws SQLException {
    if (sql.kind() == Sql.Kind.CONTROLS) {
      throw Refusals.controlText(AutoCommitConnection.WHO);
    }
    SqlLog.told("auto-commit", sql);
    limit.apply(0);
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      if (!(e instanceof TransactionException) || !sql.mayBeLocal()) {
        held.unfit = e; // nobody knows how far the driver got
      }
      throw e;
    } finally {
      held.restore(limit);
    }
  }

  @Override
  public <R extends @Nullable Object> R fetch(SqlCall<R> call) throws SQLException {
    return call.run();
  }

  @Override
  public void escaping() {
    // nothing but this statement is on its connection
  }

  /** The connection, apart from whatever holds it, so that being forgotten can be noticed. */
  private static final class Held {
    private final Borrowed borrowed;
    private final AtomicBoolean isGivenBack = new AtomicBoolean();

    /** Why the connection is thrown away. */
    private volatile @Nullable Throwable unfit;

    Held(Borrowed borrowed) {
      this.borrowed = borrowed;
    }

    void restore(TimeLimit limit) {
      try {
        limit.restore();
      } catch (SQLException | RuntimeException e) {
        unfit = e;
      }
    }

    void giveBack() {
      if (isGivenBack.compareAndSet(false, true)) {
        Throwable because = unfit;
        if (because == null) {
          borrowed.giveBack();
        } else {
          borrowed.discard(because);
        }
      }
    }

    void forgotten() {
      if (!isGivenBack.get()) {
        LOG.log(
            Level.WARNING,
            "TXH-511 A statement outside a transaction was never closed and kept its connection"
                + " until it was collected. Close statements, or the connection that host.tx()"
                + " gave.");
        giveBack();
      }
    }
  }
}
