package io.txhost.jdbc;

import io.txhost.spi.FallbackSignals;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the pool's that a library has to itself outside, from its first need to its end.
 * It goes back in the state it came in, and what is uncommitted then is rolled back.
 *
 * <p>Used by one thread at a time.
 */
final class OwnSession implements Guard {

  /** Changes one thing of a connection's state. */
  interface Setter<V extends @Nullable Object> {
    void set(Connection connection, V value) throws SQLException;
  }

  private record Change(SqlCall.Action undo, SqlFunction<Connection, @Nullable Void> again) {}

  private static final String WHO = "a library's own";

  private final ConnectionSource source;
  private final FallbackSignals<Connection> signals;
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final Set<ClosedAtEnd> open = ConcurrentHashMap.newKeySet();
  private @Nullable Held held;
  private boolean autoCommit = true;

  /** The most that was sent since the last commit or rollback. */
  private Sql.Kind sent = Sql.Kind.NOTHING;

  private boolean ended;

  OwnSession(ConnectionSource source, FallbackSignals<Connection> signals) {
    this.source = source;
    this.signals = signals;
  }

  /** The driver's connection, taken now if none was. */
  Connection driver() throws SQLException {
    return held().connection();
  }

  private Held held() throws SQLException {
    refuseAfterTheEnd();
    Held now = held;
    if (now == null) {
      now = take();
      held = now;
    }
    return now;
  }

  private Held take() throws SQLException {
    Held taken =
        Held.take(
            source,
            new OutsideTaker(signals, "a library's own connection"),
            signals.remainingTime());
    if (!autoCommit) {
      try {
        taken.connection().setAutoCommit(false);
      } catch (SQLException | RuntimeException | Error e) {
        taken.isUnfit(e);
        taken.giveBack();
        throw e;
      }
    }
    return taken;
  }

  @Nullable Connection taken() {
    return held == null ? null : held.connection();
  }

  boolean autoCommit() {
    return autoCommit;
  }

  /** Whether the library is in the middle of a transaction: it has written or locked something. */
  boolean isUnderWay() {
    return !autoCommit && sent.needsTransaction();
  }

  // ---- its transactions

  void setAutoCommit(boolean wanted) throws SQLException {
    refuseAfterTheEnd();
    if (wanted != autoCommit) {
      Connection driver = taken();
      if (driver != null) {
        driver.setAutoCommit(wanted);
      }
      autoCommit = wanted;
      isOver();
    }
  }

  /** With auto-commit on there is nothing left to commit. */
  void commit() throws SQLException {
    refuseAfterTheEnd();
    Connection driver = taken();
    if (driver != null && !autoCommit) {
      SqlLog.told(WHO, "COMMIT");
      driver.commit();
    }
    isOver();
  }

  void rollback() throws SQLException {
    refuseAfterTheEnd();
    if (autoCommit && sent.mayWrite()) {
      throw Refusals.asSql(Enlistment.committedAlready());
    }
    Connection driver = taken();
    if (driver != null && !autoCommit) {
      SqlLog.told(WHO, "ROLLBACK");
      driver.rollback();
    }
    isOver();
  }

  private void isOver() {
    sent = Sql.Kind.NOTHING;
  }

  void abort() {
    Held now = held;
    if (now != null) {
      now.isUnfit(new IllegalStateException("aborted by the library that had it"));
    }
  }

  // ---- its state

  /** Changes the state, until the end. */
  <V extends @Nullable Object> void change(
      String name, SqlFunction<Connection, V> get, Setter<V> set, V value) throws SQLException {
    Connection driver = driver();
    Change before = changes.get(name);
    SqlCall.Action undo;
    if (before == null) {
      V was = get.apply(driver);
      undo = () -> set.set(driver, was);
    } else {
      undo = before.undo();
    }
    // noted before it is changed: a failure may have changed it
    changes.put(
        name,
        new Change(
            undo,
            connection -> {
              set.set(connection, value);
              return null;
            }));
    set.set(driver, value);
  }

  /** Changes another's in the same way. */
  void repeatChangesOn(Connection other) throws SQLException {
    for (Change change : changes.values()) {
      change.again().apply(other);
    }
  }

  /** Gives the connection back, as it came. */
  void end() {
    ended = true;
    Held last = held;
    if (last != null && !last.isGivenBack()) {
      try {
        leave(last);
      } finally {
        last.giveBack();
      }
    }
  }

  /** Nothing more is sent on one that is thrown away. */
  private void leave(Held last) {
    if (!last.isUnfit()) {
      try {
        closeOpen();
        restore(last.connection());
      } catch (SQLException | RuntimeException e) {
        last.isUnfit(e);
      }
    }
  }

  private void restore(Connection driver) throws SQLException {
    if (!autoCommit) {
      driver.rollback(); // what is uncommitted, and what asking has begun
      driver.setAutoCommit(true);
    }
    List<SqlCall.Action> undo = new ArrayList<>();
    changes.values().forEach(change -> undo.add(change.undo()));
    Collections.reverse(undo);
    for (SqlCall.Action each : undo) {
      each.run();
    }
  }

  private void closeOpen() throws SQLException {
    List<ClosedAtEnd> closing = List.copyOf(open);
    open.clear();
    Stream<SqlCall.Action> actions = closing.stream().map(each -> each::closeAtEnd);
    SqlCall.Action.all(actions);
  }

  // ---- what is executed

  /** Makes a statement, which is closed no later than at the end. */
  <S extends ClosedAtEnd> S create(SqlFunction<Connection, S> make) throws SQLException {
    S made = make.apply(driver());
    open.add(made);
    return made;
  }

  @Override
  public void beforeSending(Timed limit, Sql sql) throws SQLException {
    Held now = held();
    if (sql.kind() != Sql.Kind.NOTHING) {
      if (signals.active() != null) {
        throw Refusals.asSql(Enlistment.inItsOwnTransaction());
      }
      if (autoCommit) {
        signals.refuseFallenOut("A statement that commits by itself");
      }
      sent = sent.or(sql.kind());
    }
    int seconds =
        ConnectionTaking.secondsLeft(
            signals.remainingTime(), FallbackConnection.WHO, "the statement was not sent");
    SqlLog.told(WHO, sql);
    now.beforeSending(limit, seconds);
  }

  @Override
  public void sent(Sql sql) {
    // seen by nobody but the library
  }

  @Override
  public void failedSending(Sql sql, Throwable failure) {
    theOne().failedSending(failure);
  }

  @Override
  public void afterSending(Timed limit, Sql sql) {
    theOne().afterSending(limit);
  }

  private void refuseAfterTheEnd() throws SQLException {
    if (ended) {
      throw Refusals.closedConnection();
    }
  }

  @Override
  public void check() {
    // what is closed, the driver refuses
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  @Override
  public Sql read(String sql) {
    return theOne().read(sql);
  }

  private Held theOne() {
    Held now = held;
    if (now == null) {
      throw new IllegalStateException("no statement was made");
    }
    return now;
  }

  @Override
  public void beforeFetching() {
    // what is closed, the driver refuses
  }

  @Override
  public void failedFetching(Throwable failure) {
    // seen by nobody but the library
  }

  @Override
  public void afterFetching() {
    // nobody waits
  }

  @Override
  public void escaping() {
    sent = sent.or(Sql.Kind.WRITES); // perhaps
  }

  @Override
  public void close(ClosedAtEnd child) throws SQLException {
    open.remove(child);
    child.closeAtEnd();
  }
}
