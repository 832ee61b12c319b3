package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.spi.CauseChain;
import io.txhost.spi.TransactionAdapter;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the contract's tests stand on: one database a class; a pool, a recorder and a host a test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class ContractFixture<T> {
  private Database database;
  private @Nullable Connection observer;
  private @Nullable Pool pool;

  @SuppressWarnings("NullAway.Init") // before each test
  private RecordingDataSource recorder;

  @SuppressWarnings("NullAway.Init")
  private TransactionHost<T> host;

  /** Makes the database that the class's tests run on. Closed after the last. */
  protected abstract Database openDatabase() throws Exception;

  /**
   * The pool of each test, where a test asks for no other size. Override to turn auto-commit off.
   */
  protected PoolOptions poolOptions() {
    return PoolOptions.defaults();
  }

  /** The adapter under test, over the data source. */
  protected abstract TransactionAdapter<T> adapterOver(DataSource dataSource);

  /** Executes a statement without parameters and a result, and closes what it opened. */
  protected abstract void execute(T resource, String sql) throws Exception;

  /**
   * Runs a query and gives the first column of its first row as text, null if that is null. Closes
   * what it opened.
   */
  protected abstract @Nullable String queryForString(T resource, String sql) throws Exception;

  /**
   * Makes the statement ready as far as the library can without executing it, then closes or
   * forgets it.
   */
  protected abstract void prepare(T resource, String sql) throws Exception;

  /**
   * Uses whatever the resource offers that needs no statement: reads its auto-commit and read-only
   * state, say, and makes a query object that it drops. Called in a transaction that must not take
   * a connection.
   */
  protected abstract void touch(T resource) throws Exception;

  /** Asks the resource for the database's product name. */
  protected abstract String productName(T resource) throws Exception;

  /**
   * Makes a statement fail in the library or the driver before anything is sent: by leaving out a
   * parameter, say.
   */
  protected abstract void failBeforeSending(T resource) throws Exception;

  /**
   * The resource's own calls that would end a transaction behind the host's back, by name: {@code
   * commit}, {@code rollback}, {@code abort} ... Each is refused inside a transaction, which it
   * marks, and outside.
   */
  protected abstract Map<String, ResourceCall<T>> rawTransactionCalls();

  /**
   * The resource's own calls that would change what is the host's to say, by name: {@code
   * setReadOnly}, isolation, the schema ... Each is refused inside a transaction, and outside.
   *
   * @implSpec there are none
   */
  protected Map<String, ResourceCall<T>> changesOfState() {
    return Map.of();
  }

  /**
   * A new host over the data source, and every way to run a statement in its transactions: its
   * typed views, a data source that joins, a library's own entry points.
   *
   * @implSpec the host's {@code tx()} alone
   */
  protected List<HostView> viewsOfOneHost(DataSource dataSource) {
    TransactionHost<T> own = TransactionHost.create(adapterOver(dataSource));
    return List.of(new HostView("tx()", own, sql -> execute(own.tx(), sql)));
  }

  /**
   * A call on a resource.
   *
   * @param <T> the resource
   */
  @FunctionalInterface
  public interface ResourceCall<T> {
    /** Makes it. */
    void on(T resource) throws Exception;
  }

  /** Executes a statement in whatever transaction is active. */
  @FunctionalInterface
  public interface StatementRunner {
    /** Executes it. */
    void execute(String sql) throws Exception;
  }

  /**
   * One way to use a host.
   *
   * @param name for people
   * @param host the host as this view sees it, for opening boundaries
   * @param runner runs a statement through the view
   */
  public record HostView(String name, TransactionHost<?> host, StatementRunner runner) {}

  @BeforeAll
  void openTheDatabase() throws Exception {
    database = openDatabase();
    observer = database.dataSource().getConnection();
    run("create table item (id integer primary key, label varchar(40))");
  }

  @AfterAll
  void closeTheDatabase() throws Exception {
    try {
      if (observer != null) { // openTheDatabase may have failed
        observer.close();
      }
    } finally {
      if (database != null) {
        database.close();
      }
    }
  }

  @BeforeEach
  void startAfresh() throws Exception {
    run("delete from item");
    useAPool(poolOptions());
  }

  @AfterEach
  void nothingIsOut() {
    Pool ended = pool;
    pool = null;
    if (ended != null) {
      try (ended) {
        assertThat(ended.connectionsOut()).as("connections out of the pool").isZero();
      }
    }
  }

  /** Replaces the pool, the recorder and the host. */
  protected final void useAPool(PoolOptions options) {
    nothingIsOut();
    Pool opened = Pool.on(database, options);
    pool = opened;
    use(opened);
  }

  /** Replaces the recorder and the host. */
  final void use(DataSource dataSource) {
    recorder = RecordingDataSource.over(dataSource);
    host = TransactionHost.create(adapterOver(recorder));
  }

  /** The class's database. */
  protected final Database database() {
    return database;
  }

  /** The test's host, over {@link #recorder()}. */
  protected final TransactionHost<T> host() {
    return host;
  }

  /** What the host's adapter is given: a recorder over the test's pool. */
  protected final RecordingDataSource recorder() {
    return recorder;
  }

  /** The test's pool. */
  protected final Pool pool() {
    return Objects.requireNonNull(pool);
  }

  /** The active transaction. */
  protected final Transaction current() {
    return host.currentTransaction().orElseThrow();
  }

  // ---- what the tests do with the host

  /** A statement that writes one row. */
  protected static String insertOf(int id) {
    return "insert into item (id, label) values (" + id + ", 'x')";
  }

  /** Writes one row with what {@code tx()} gives. */
  protected final void insert(int id) throws Exception {
    execute(host.tx(), insertOf(id));
  }

  /** Runs a query with what {@code tx()} gives; null as {@code "null"}. */
  protected final String ask(String query) throws Exception {
    return String.valueOf(queryForString(host.tx(), query));
  }

  protected final String connectionId() throws Exception {
    return ask(database.connectionIdQuery());
  }

  /**
   * Registers a hook of each kind on the active transaction, which writes into the log that it was
   * called.
   */
  protected final void registerHooks(List<String> log) {
    Transaction transaction = current();
    transaction.afterCommit(() -> log.add("afterCommit"));
    transaction.afterRollback(() -> log.add("afterRollback"));
    transaction.afterCompletion(outcome -> log.add(outcome.name()));
  }

  /**
   * Lets the clock reach the deadline of the active transaction: the only thing here that takes its
   * time.
   */
  final void awaitDeadline() {
    while (!current().remainingTime().orElseThrow().isZero()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  // ---- what the database says, asked on a connection of the fixture's own

  /** Runs a statement on the fixture's own connection, which the host never sees. */
  protected final void run(String sql) throws SQLException {
    try (Statement statement = observer().createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection observer() {
    return Objects.requireNonNull(observer);
  }

  /** The ids that are committed. */
  protected final List<Integer> rows() throws SQLException {
    try (Statement statement = observer().createStatement();
        ResultSet result = statement.executeQuery("select id from item order by id")) {
      List<Integer> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getInt(1));
      }
      return rows;
    }
  }

  static String askOn(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }

  // ---- failures

  /** Something that runs in a boundary. */
  @FunctionalInterface
  interface Block {
    void run() throws Exception;
  }

  /** Runs what may be refused or not: the test asks what becomes of the transaction. */
  static void tryTo(Block block) {
    if (catchThrowable(block::run) instanceof AssertionError failed) {
      throw failed;
    }
  }

  /** The failure, its causes, and whatever is suppressed in any of them. */
  static Set<Throwable> everythingIn(Throwable failure) {
    Set<Throwable> all = new LinkedHashSet<>();
    collect(failure, all);
    return all;
  }

  private static void collect(Throwable failure, Set<Throwable> into) {
    for (Throwable each : CauseChain.of(failure)) {
      if (into.add(each)) {
        for (Throwable suppressed : each.getSuppressed()) {
          collect(suppressed, into);
        }
      }
    }
  }

  static void assertSays(@Nullable Throwable failure, String words) {
    assertThat(everythingIn(Objects.requireNonNull(failure, "a failure")))
        .as("what is said by %s and all its causes", failure)
        .anySatisfy(each -> assertThat(each).hasMessageContaining(words));
  }
}
