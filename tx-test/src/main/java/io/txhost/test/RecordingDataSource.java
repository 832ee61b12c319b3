package io.txhost.test;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes down, in order, what a database is told through it, and makes the next call of a kind fail
 * where a test wants it to. Put it over a pool: {@code CLOSE} then means that a connection went
 * back.
 *
 * <p>The words of the {@link #transcript()}:
 *
 * <ul>
 *   <li>{@code BEGIN}: the first statement or savepoint of a transaction is about to be sent, just
 *       before it. Turning auto-commit off is not told as such, as good drivers send nothing then;
 *       a textual {@code BEGIN} or {@code START TRANSACTION} is;
 *   <li>{@code SQL}: a statement was executed, a batch counts as one; {@link #statements()} has the
 *       texts;
 *   <li>{@code SET}: a statement that starts so, or {@link Connection#setTransactionIsolation}. It
 *       is no first statement: {@code BEGIN} comes with what follows;
 *   <li>{@code SAVEPOINT}, {@code RELEASE}, {@code ROLLBACK TO}, {@code COMMIT}, {@code ROLLBACK}:
 *       called or sent as text. {@code COMMIT} also where auto-commit is turned on inside a
 *       transaction, since that commits;
 *   <li>{@code CLOSE}: the connection was returned, once; {@code ABORT}: it was thrown away.
 *       Closing it after that is not told again.
 * </ul>
 *
 * A call that threw has {@code " failed"} behind it. What a driver sends by itself, for metadata
 * say, is not seen.
 *
 * <p>{@code unwrap} leads to what lies below, on the data source, its connections and their
 * statements.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
public final class RecordingDataSource implements DataSource {

  /** Calls that can be made to fail. */
  public enum Call {
    /** Taking a connection. */
    GET_CONNECTION,
    /** {@link Connection#setAutoCommit}. */
    SET_AUTO_COMMIT,
    /** {@link Connection#setReadOnly}. */
    SET_READ_ONLY,
    /** A {@code SET} statement, or {@link Connection#setTransactionIsolation}. */
    SET,
    /** A textual {@code BEGIN}. */
    BEGIN,
    /** Executing any other statement. */
    SQL,
    /** A savepoint. */
    SAVEPOINT,
    /** The release of one. */
    RELEASE,
    /** A rollback to one. */
    ROLLBACK_TO,
    /** A commit. */
    COMMIT,
    /** A rollback. */
    ROLLBACK,
    /** {@link Connection#abort}. */
    ABORT,
    /** {@link Connection#close}. */
    CLOSE;

    String word() {
      return name().replace('_', ' ');
    }
  }

  // what NothingLeftBehind looks at after a test; weak, since nobody closes a recorder
  private static final ThreadLocal<Set<RecordingDataSource>> MADE_HERE =
      ThreadLocal.withInitial(() -> Collections.newSetFromMap(new WeakHashMap<>()));

  private final DataSource below;
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  private final Set<RecordedConnection> out = ConcurrentHashMap.newKeySet();
  private final AtomicInteger taken = new AtomicInteger();
  private final ReentrantLock plansLock = new ReentrantLock();
  private final Map<Call, Queue<Plan>> plans = new EnumMap<>(Call.class);

  private RecordingDataSource(DataSource below) {
    this.below = Objects.requireNonNull(below, "below");
  }

  /**
   * A recorder over the data source. {@link NothingLeftBehind} watches it on the thread that made
   * it.
   */
  public static RecordingDataSource over(DataSource below) {
    RecordingDataSource made = new RecordingDataSource(below);
    MADE_HERE.get().add(made);
    return made;
  }

  static Collection<RecordingDataSource> madeHere() {
    return List.copyOf(MADE_HERE.get());
  }

  /** What the database was told since the last {@link #clear()}. */
  public List<String> transcript() {
    return events.stream().map(Event::toString).toList();
  }

  /** For assertions: as they are now, in order. */
  List<Event> events() {
    return List.copyOf(events);
  }

  /**
   * The transcript with the number of its connection before each word, such as {@code "2 COMMIT"}.
   */
  public List<String> numberedTranscript() {
    return events.stream().map(event -> event.connection + " " + event).toList();
  }

  /** The texts of the statements that were executed, whatever they are called in the transcript. */
  public List<String> statements() {
    return events.stream().map(event -> event.sql).filter(Objects::nonNull).toList();
  }

  /** The names of the savepoints that were set, or their numbers where they have no names. */
  public List<String> savepoints() {
    return events.stream().map(event -> event.savepoint).filter(Objects::nonNull).toList();
  }

  /** How many connections were handed out since the last {@link #clear()}. */
  public int connectionsTaken() {
    return taken.get();
  }

  /**
   * How many connections are out now: handed out and not closed. One that was aborted is out until
   * closed, too.
   */
  public int connectionsOut() {
    return out.size();
  }

  /**
   * Forgets the transcript and counts connections from 1 again. Those that are out stay counted as
   * out.
   */
  public void clear() {
    events.clear();
    taken.set(0);
  }

  /** The next such call fails, and is not made. Called again, the one after that fails too. */
  public void failNext(Call call, SQLException failure) {
    plan(call, new Plan(null, Objects.requireNonNull(failure, "failure"), false));
  }

  /** The next such call is made, but its answer is lost: it fails all the same. */
  public void loseAnswerOfNext(Call call, SQLException failure) {
    plan(call, new Plan(null, Objects.requireNonNull(failure, "failure"), true));
  }

  /** Runs something just before the next such call is made, on the thread that makes it. */
  public void beforeNext(Call call, Runnable action) {
    plan(call, new Plan(Objects.requireNonNull(action, "action"), null, false));
  }

  private void plan(Call call, Plan plan) {
    plansLock.lock();
    try {
      plans.computeIfAbsent(call, c -> new ArrayDeque<>()).add(plan);
    } finally {
      plansLock.unlock();
    }
  }

  private Plan planned(Call call) {
    plansLock.lock();
    try {
      Queue<Plan> queue = plans.get(call);
      Plan next = queue == null ? null : queue.poll();
      return next == null ? Plan.NONE : next;
    } finally {
      plansLock.unlock();
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return handOut(below::getConnection);
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return handOut(() -> below.getConnection(username, password));
  }

  private Connection handOut(Action<Connection> source) throws SQLException {
    Connection connection = carryOut(Call.GET_CONNECTION, source);
    RecordedConnection recorded = new RecordedConnection(this, connection, taken.incrementAndGet());
    out.add(recorded);
    return recorded.proxy();
  }

  /** Notes the call under its word and makes it, unless it is to fail. */
  <R extends @Nullable Object> R told(Event event, Call call, Action<R> action)
      throws SQLException {
    events.add(event);
    try {
      return carryOut(call, action);
    } catch (SQLException | RuntimeException | Error e) {
      event.failed = true;
      throw e;
    }
  }

  void noteBegin(int connection) {
    events.add(new Event(connection, Call.BEGIN.word(), null, null));
  }

  /** Makes the call, unless it is to fail. */
  <R extends @Nullable Object> R carryOut(Call call, Action<R> action) throws SQLException {
    Plan plan = planned(call);
    if (plan.before != null) {
      plan.before.run();
    }
    if (plan.failure == null) {
      return action.run();
    }
    if (plan.isMade) {
      action.run();
    }
    plan.failure.fillInStackTrace();
    throw plan.failure;
  }

  void returned(RecordedConnection connection) {
    out.remove(connection);
  }

  /** For the extension: who took what is still out. */
  Collection<RecordedConnection> stillOut() {
    return List.copyOf(out);
  }

  @Override
  public <I> I unwrap(Class<I> type) throws SQLException {
    return type.isInstance(this)
        ? type.cast(this)
        : type.isInstance(below) ? type.cast(below) : below.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || type.isInstance(below) || below.isWrapperFor(type);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return below.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) throws SQLException {
    below.setLogWriter(writer);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    below.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return below.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws java.sql.SQLFeatureNotSupportedException {
    return below.getParentLogger();
  }

  @Override
  public String toString() {
    return "recorder over " + below;
  }

  /** A call of the driver. */
  @FunctionalInterface
  interface Action<R extends @Nullable Object> {
    R run() throws SQLException;
  }

  /** What the next call of a kind meets. */
  private record Plan(@Nullable Runnable before, @Nullable SQLException failure, boolean isMade) {
    static final Plan NONE = new Plan(null, null, false);
  }

  /** One word of the transcript. */
  static final class Event {
    final int connection;
    final String word;
    final @Nullable String sql;
    volatile @Nullable String savepoint;
    volatile boolean failed;

    Event(int connection, String word, @Nullable String sql, @Nullable String savepoint) {
      this.connection = connection;
      this.word = word;
      this.sql = sql;
      this.savepoint = savepoint;
    }

    @Override
    public String toString() {
      return failed ? word + " failed" : word;
    }
  }
}
