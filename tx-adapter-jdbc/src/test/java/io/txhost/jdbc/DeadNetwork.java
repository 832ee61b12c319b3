package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Transaction.Outcome;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** B16: a network that swallows everything, in the middle of a transaction with a deadline. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class DeadNetwork {
  static final Duration DEADLINE = Duration.ofMillis(400);
  static final TransactionOptions OPTIONS = TransactionOptions.defaults().timeout(DEADLINE);
  private static final Duration LATEST = DEADLINE.plusMillis(1_500);

  ServerDatabase database;
  LoopbackProxy proxy;
  private HikariDataSource pool;
  TransactionHost<Connection> host;

  abstract ServerDatabase openDatabase() throws SQLException;

  @BeforeAll
  void openTheDatabase() throws Exception {
    database = openDatabase();
    startAfresh();
    try { // once without a clock: classes are loaded, which may take longer than a network
      assertThat(catchThrowable(() -> host.withTransaction(OPTIONS, this::insertIntoADeadNetwork)))
          .isNotNull();
    } finally {
      stop();
    }
  }

  private void insertIntoADeadNetwork() throws SQLException {
    proxy.swallow();
    insert(2);
  }

  @AfterAll
  void closeTheDatabase() throws SQLException {
    if (database != null) {
      database.close();
    }
  }

  @BeforeEach
  void startAfresh() throws Exception {
    directly("drop table if exists item");
    directly("create table item (id integer primary key)");
    proxy = LoopbackProxy.before(database.port());
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSourceAt(proxy.port()));
    config.setMaximumPoolSize(1);
    config.setMinimumIdle(0); // else it connects at once, into the dead network
    pool = new HikariDataSource(config);
    host = TransactionHost.create(JdbcAdapter.over(pool));
    host.withTransaction(
        TransactionOptions.defaults().timeout(Duration.ofMinutes(1)), () -> insert(1));
  }

  @AfterEach
  void stop() throws Exception {
    pool.close();
    proxy.close();
  }

  void insert(int id) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeUpdate("insert into item (id) values (" + id + ")");
    }
  }

  /** What came of it, in time. */
  Throwable timed(Work work) {
    long begun = System.nanoTime();
    Throwable thrown = catchThrowable(() -> host.withTransaction(OPTIONS, work::run));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LATEST);
    return thrown;
  }

  interface Work {
    void run() throws Exception;
  }

  /** The pool has a sound connection again. */
  void assertNothingIsLeft(Integer... rows) throws Exception {
    proxy.passAgain();
    host.withTransaction(() -> insert(9));
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.getNetworkTimeout()).isZero();
    }
    directly("delete from item where id = 9");
    assertThat(rows()).containsExactly(rows);
  }

  /** Nothing of the deadline is on what the next borrower gets. */
  private void assertTheNextHasTheTimeItTakes() throws SQLException {
    host.withTransaction(
        () -> {
          try (Statement statement = host.tx().createStatement();
              ResultSet slow =
                  statement.executeQuery(database.slowQuery(DEADLINE.plusMillis(1_400)))) {
            assertThat(slow.next()).isTrue();
          }
        });
  }

  @Test
  void aStatementEndsSoonAfterTheDeadline() throws Exception {
    Throwable thrown =
        timed(
            () -> {
              insert(2);
              proxy.swallow();
              insert(3);
            });

    assertThat(thrown).isInstanceOf(SQLException.class);
    assertThat(List.of(thrown.getSuppressed()))
        .anyMatch(TransactionTimedOutException.class::isInstance);
    assertNothingIsLeft(1);
  }

  @Test
  void aStatementWithATimeoutOfItsOwnDoesToo() throws Exception {
    Throwable thrown =
        timed(
            () -> {
              try (PreparedStatement statement =
                  host.tx().prepareStatement("insert into item (id) values (?)")) {
                statement.setInt(1, 2);
                statement.executeUpdate();
                statement.setInt(1, 3);
                statement.setQueryTimeout(1);
                proxy.swallow();
                statement.executeUpdate();
              }
            });

    assertThat(thrown).isInstanceOf(SQLException.class);
    assertNothingIsLeft(1);
  }

  @Test
  void aCommitEndsAsUnknown() throws Exception {
    AtomicReference<Outcome> outcome = new AtomicReference<>();

    Throwable thrown =
        timed(
            () -> {
              insert(2);
              host.currentTransaction().orElseThrow().afterCompletion(outcome::set);
              host.currentTransaction().orElseThrow().beforeCommit(proxy::swallow);
            });

    assertThat(thrown).isInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(outcome).hasValue(Outcome.UNKNOWN);
    assertNothingIsLeft(1);
  }

  @Test
  void aRollbackEndsAsRolledBack() throws Exception {
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    IllegalStateException users = new IllegalStateException("user");

    Throwable thrown =
        timed(
            () -> {
              insert(2);
              host.currentTransaction().orElseThrow().afterCompletion(outcome::set);
              proxy.swallow();
              throw users;
            });

    assertThat(thrown).isSameAs(users);
    assertThat(outcome).hasValue(Outcome.ROLLED_BACK);
    assertNothingIsLeft(1);
  }

  @Test
  void aSavepointEndsSoonAfterTheDeadline() throws Exception {
    Throwable thrown =
        timed(
            () -> {
              insert(2);
              proxy.swallow();
              host.tx().setSavepoint();
            });

    assertThat(thrown).isInstanceOf(SQLException.class);
    assertNothingIsLeft(1);
  }

  @Test
  void aSlowStatementOnALivingNetworkIsCancelledAndTheConnectionStays() throws Exception {
    String before = ofTheConnection();

    Throwable thrown =
        timed(
            () -> {
              insert(2);
              try (Statement statement = host.tx().createStatement()) {
                statement.executeQuery(database.slowQuery(Duration.ofSeconds(20)));
              }
            });

    assertThat(thrown).isInstanceOf(SQLException.class);
    assertThat(List.of(thrown.getSuppressed()))
        .anyMatch(TransactionTimedOutException.class::isInstance);
    assertThat(ofTheConnection()).isEqualTo(before);
    assertNothingIsLeft(1);
    assertTheNextHasTheTimeItTakes();
  }

  private String ofTheConnection() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return JdbcFixture.ask(connection, database.connectionIdQuery());
    }
  }

  // on a connection of its own

  void directly(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<Integer> rows() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select id from item order by id")) {
      List<Integer> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getInt(1));
      }
      return rows;
    }
  }
}
