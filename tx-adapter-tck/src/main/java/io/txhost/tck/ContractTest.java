package io.txhost.tck;

import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.test.Database;
import io.txhost.test.RecordingDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What the tests of a part of the contract, and an adapter's own, stand on: an adapter, a database
 * a class; a pool, a recorder and a host a test.
 */
interface ContractTest<T> {

  /** The adapter under test. */
  AdapterUnderTest<T> underTest();

  /** The class's database. */
  Database database();

  /** The pool of each test, where a test asks for no other size. */
  PoolOptions poolOptions();

  /** The test's pool. */
  Pool pool();

  /** What the host's adapter is given: a recorder over the test's pool. */
  RecordingDataSource recorder();

  /** The test's host, over {@link #recorder()}. */
  TransactionHost<T> host();

  /** Replaces the pool, the recorder and the host. */
  void useAPool(PoolOptions options);

  /** Replaces the recorder and the host. */
  void use(DataSource dataSource);

  /** Runs a statement on a connection that the host never sees. */
  void run(String sql) throws SQLException;

  /** The ids that are committed. */
  List<Integer> rows() throws SQLException;

  /** Looks at the connection as the next borrower would, and writes with it. Then returns it. */
  void theNextBorrowerHasNoneOfIt(Connection next) throws SQLException;

  // ---- what the tests do with the host

  /** Executes a statement with the resource. */
  default void execute(T resource, String sql) throws Exception {
    underTest().execute(resource, sql);
  }

  /** Runs a query with the resource. */
  default @Nullable String queryForString(T resource, String sql) throws Exception {
    return underTest().queryForString(resource, sql);
  }

  /** Runs a query with what {@code tx()} gives; null as {@code "null"}. */
  default String ask(String query) throws Exception {
    return String.valueOf(queryForString(host().tx(), query));
  }

  /** Writes one row with what {@code tx()} gives. */
  default void insert(int id) throws Exception {
    execute(host().tx(), insertOf(id));
  }

  /** Which connection it is. */
  default String connectionId() throws Exception {
    return ask(database().connectionIdQuery());
  }

  /** The active transaction. */
  default Transaction current() {
    return host().currentTransaction().orElseThrow();
  }

  /**
   * Registers a hook of each kind on the active transaction, which writes into the log that it was
   * called.
   */
  default void registerHooks(List<String> log) {
    Transaction transaction = current();
    transaction.afterCommit(() -> log.add("afterCommit"));
    transaction.afterRollback(() -> log.add("afterRollback"));
    transaction.afterCompletion(outcome -> log.add(outcome.name()));
  }

  /**
   * Lets the clock reach the deadline of the active transaction: the only thing here that takes its
   * time.
   */
  default void awaitDeadline() {
    while (!current().remainingTime().orElseThrow().isZero()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Writes one row in a transaction of its own. */
  default void theNextTransactionWorks() throws Exception {
    host().withTransaction(() -> insert(99));
    assertThat(rows()).contains(99);
  }
}
