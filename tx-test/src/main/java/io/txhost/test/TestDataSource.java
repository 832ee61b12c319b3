package io.txhost.test;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that a test can undo: inside a {@link TxTest} all its connections on the test's
 * thread are one connection in one transaction, which is rolled back after the test. Elsewhere, and
 * between tests, it is the data source below.
 *
 * <pre>{@code
 * static final DataSource POOL = TestDataSource.over(pool);
 * static final TransactionHost<Connection> HOST = TransactionHost.create(JdbcAdapter.over(POOL));
 * }</pre>
 *
 * <p>What a connection is asked for inside a test:
 *
 * <ul>
 *   <li>its transaction begins with a savepoint, a commit releases the savepoint, a rollback goes
 *       back to it. On PostgreSQL a commit first checks what is deferred;
 *   <li>with auto-commit, a statement that fails undoes itself alone;
 *   <li>read-only holds: PostgreSQL refuses writes itself, elsewhere they are refused here. An
 *       isolation is accepted, and the test's own is in force;
 *   <li>while one connection is in a transaction the next one is another of the data source's own:
 *       what that commits has escaped.
 * </ul>
 *
 * A {@link RecordingDataSource} over it shows what the application said, its {@code COMMIT}
 * included.
 *
 * <p><b>Threads:</b> safe for use by many. The pool below needs a connection for each test that
 * runs at the same time, beside those that the application takes on other threads.
 */
public final class TestDataSource implements DataSource {
  private static final Set<TestDataSource> MADE =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final DataSource below;

  private TestDataSource(DataSource below) {
    this.below = Objects.requireNonNull(below, "below");
  }

  /** One over the data source, which goes on serving whoever has it. */
  public static TestDataSource over(DataSource below) {
    TestDataSource made = new TestDataSource(below);
    MADE.add(made);
    return made;
  }

  static boolean isOneThere() {
    return !MADE.isEmpty();
  }

  DataSource below() {
    return below;
  }

  /**
   * A connection of the test's transaction where a test is, else one of the data source below.
   *
   * @throws SQLException if the data source has none
   */
  @Override
  public Connection getConnection() throws SQLException {
    return handOut(below::getConnection);
  }

  /**
   * The same; in the test's transaction it is the connection that was taken first, whoever asked.
   *
   * @throws SQLException if the data source has none
   */
  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return handOut(() -> below.getConnection(username, password));
  }

  private Connection handOut(Action<Connection> source) throws SQLException {
    TestRun run = TestRun.here();
    if (run == null) {
      return outsideOfTests(source);
    }
    TestConnection ofTest = run.connection(this);
    return run.commits() ? source.run() : new HandedOut(ofTest.session(source)).proxy();
  }

  private Connection outsideOfTests(Action<Connection> source) throws SQLException {
    TestRun run = TestRun.ofOtherThread();
    if (run != null && run.commits()) {
      run.connection(this); // to be cleaned
      return source.run();
    }
    return TestRun.isAnyOpen()
        ? new HandedOut(new RealSession(source.run(), this)).proxy()
        : source.run();
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

  /** By its kind: others say where they lead to, and as whom. */
  @Override
  public String toString() {
    return "test data source over " + below.getClass().getSimpleName();
  }

  /** Something asked of a driver. */
  @FunctionalInterface
  interface Action<R extends @Nullable Object> {
    R run() throws SQLException;
  }
}
