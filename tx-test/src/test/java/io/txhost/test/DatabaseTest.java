package io.txhost.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Isolation;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DatabaseTest {

  enum Kind {
    H2,
    POSTGRES,
    MARIADB,
    MARIADB_THROUGH_MYSQLS_DRIVER;

    Database open() throws SQLException {
      return switch (this) {
        case H2 -> Database.h2();
        case POSTGRES -> Database.postgres();
        case MARIADB -> Database.mariaDb();
        case MARIADB_THROUGH_MYSQLS_DRIVER -> Database.mariaDbThroughMySqlDriver();
      };
    }
  }

  private static String ask(Database database, String query) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      return ContractFixture.askOn(connection, query);
    }
  }

  private static void run(Database database, String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @EnumSource
  void twoDatabasesAreTwo(Kind kind) throws SQLException {
    try (Database one = kind.open();
        Database other = kind.open()) {
      run(one, "create table item (id integer)");

      assertThat(ask(one, "select count(*) from item")).isEqualTo("0");
      assertThatThrownBy(() -> ask(other, "select count(*) from item"))
          .isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void itTellsTransactionsAndConnectionsApart(Kind kind) throws SQLException {
    try (Database database = kind.open()) {
      run(database, "create table item (id integer)");
      try (Connection one = database.dataSource().getConnection();
          Connection other = database.dataSource().getConnection()) {
        one.setAutoCommit(false);
        String first = transactionOf(database, one, 1);
        assertThat(transactionOf(database, one, 2)).isEqualTo(first);
        one.commit();
        assertThat(transactionOf(database, one, 3)).isNotEqualTo(first);
        assertThat(ContractFixture.askOn(one, database.connectionIdQuery()))
            .isNotEqualTo(ContractFixture.askOn(other, database.connectionIdQuery()));
      }
    }
  }

  private static String transactionOf(Database database, Connection connection, int id)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("insert into item values (" + id + ")");
    }
    return ContractFixture.askOn(connection, database.transactionIdQuery());
  }

  @ParameterizedTest
  @EnumSource
  void aSlowQueryTakesItsTimeAndCanBeCancelled(Kind kind) throws SQLException {
    try (Database database = kind.open();
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      long start = System.nanoTime();
      statement.executeQuery(database.slowQuery(Duration.ofMillis(300))).close();
      assertThat(ContractFixture.since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));

      statement.setQueryTimeout(1);
      start = System.nanoTime();
      assertThatThrownBy(() -> statement.executeQuery(database.slowQuery(Duration.ofSeconds(30))))
          .isInstanceOf(SQLException.class);
      assertThat(ContractFixture.since(start)).isLessThan(Duration.ofSeconds(15));
    }
  }

  @Test
  void thePostgresServerListensOnLoopbackOnly() throws SQLException {
    try (Database database = Database.postgres()) {
      assertThat(ask(database, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(ask(database, "show server_version")).startsWith("18");
    }
  }

  @Test
  void binariesThatAreNotThereAreNamed() {
    assertThatThrownBy(() -> Database.postgres(Path.of("nowhere.jar")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TXH-705")
        .hasMessageContaining("nowhere.jar");
  }

  @Test
  void theMariaDbServerListensOnLoopbackOnly() throws SQLException {
    try (Database database = Database.mariaDb()) {
      assertThat(ask(database, "select @@bind_address")).isEqualTo("127.0.0.1");
      assertThat(ask(database, "select version()")).startsWith("11.4").contains("MariaDB");
    }
  }

  /** Half a minute, on any JDK alike: so once in a build, and beside the other tests. */
  private static final CompletableFuture<Throwable> NOT_STARTING = new CompletableFuture<>();

  @BeforeAll
  static void startOneThatDoesNot() {
    Thread starting =
        new Thread(
            () ->
                NOT_STARTING.complete(catchThrowable(() -> Database.mariaDb("--no-such-setting"))),
            "starts no MariaDB");
    starting.setDaemon(true);
    starting.start();
  }

  @Test
  @Order(Integer.MAX_VALUE)
  @EnabledForJreRange(max = JRE.JAVA_24)
  void aMariaDbServerThatDoesNotStartSaysWhy() throws Exception {
    assertThat(NOT_STARTING.get(2, TimeUnit.MINUTES))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("TXH-705 MariaDB did not start: ")
        .hasCauseInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource
  void itTellsWhatIsInForceInsideATransaction(Kind kind) throws SQLException {
    try (Database database = kind.open();
        Connection connection = database.dataSource().getConnection()) {
      assertThat(database.isolations()).doesNotContain(Isolation.DEFAULT);
      for (Isolation isolation : EnumSet.of(Isolation.READ_COMMITTED, Isolation.SERIALIZABLE)) {
        connection.setTransactionIsolation(
            isolation == Isolation.SERIALIZABLE
                ? Connection.TRANSACTION_SERIALIZABLE
                : Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);

        assertThat(ContractFixture.askOn(connection, database.isolationQuery()))
            .isEqualTo(database.reported(isolation));
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "MARIADB.*", mode = EnumSource.Mode.MATCH_ALL)
  void itTellsWhatAOneShotSetsWhichTheSessionsVariablesDoNot(Kind kind) throws SQLException {
    try (Database database = kind.open();
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set transaction isolation level serializable");
      statement.execute("start transaction read only");

      assertThat(ContractFixture.askOn(connection, database.isolationQuery()))
          .isEqualTo("SERIALIZABLE");
      assertThat(ContractFixture.askOn(connection, database.readOnlyQuery().orElseThrow()))
          .isEqualTo("on");
      statement.execute("commit");
      statement.execute("start transaction");
      assertThat(ContractFixture.askOn(connection, database.isolationQuery()))
          .isEqualTo(database.reported(Isolation.DEFAULT));
      assertThat(ContractFixture.askOn(connection, database.readOnlyQuery().orElseThrow()))
          .isEqualTo("off");
    }
  }

  @ParameterizedTest
  @EnumSource(names = "POSTGRES|MARIADB.*", mode = EnumSource.Mode.MATCH_ANY)
  void whoIsNeverADeadlocksVictimWinsThoughItsOpponentClosesTheRing(Kind kind) throws SQLException {
    try (Database database = kind.open();
        Connection other = database.dataSource().getConnection();
        Statement statement = other.createStatement()) {
      run(database, "create table item (id integer primary key, label varchar(40))");
      run(database, "insert into item values (1, 'x'), (2, 'x')");
      other.setAutoCommit(false);
      try (Opponent opponent = new Opponent(database)) {
        opponent.takes(1);
        statement.execute("insert into item values (3, 'x')");
        statement.execute(Opponent.updateOf(2));
        opponent.waitsFor(2);

        assertThatThrownBy(() -> statement.execute(Opponent.updateOf(1)))
            .isInstanceOf(SQLException.class)
            .satisfies(e -> assertThat(((SQLException) e).getSQLState()).startsWith("40"));
        other.rollback();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingDropsTheDatabaseThoughAConnectionIsOpen(Kind kind) throws SQLException {
    Database database = kind.open();
    try (Connection connection = database.dataSource().getConnection()) {
      database.close();
      assertThatThrownBy(() -> ContractFixture.askOn(connection, "select 1"))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void aPoolIsAsItsOptionsSay() throws SQLException {
    PoolOptions options =
        PoolOptions.defaults().size(1).autoCommit(false).connectionTimeout(Duration.ofSeconds(2));
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, options)) {
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.getAutoCommit()).isFalse();
        assertThat(pool.connectionsOut()).isEqualTo(1);
        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);
      }
      assertThat(pool.connectionsOut()).isZero();
      assertThat(pool.unwrap(com.zaxxer.hikari.HikariDataSource.class).getMaximumPoolSize())
          .isEqualTo(1);
    }
  }

  @Test
  void withoutAPoolEachConnectionIsNewAndStillThereAreOnlySoMany() throws SQLException {
    PoolOptions options =
        PoolOptions.defaults().pooled(false).size(1).connectionTimeout(Duration.ofMillis(250));
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, options)) {
      Connection first = pool.getConnection();
      String id = ContractFixture.askOn(first, database.connectionIdQuery());
      assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);
      assertThat(pool.connectionsOut()).isEqualTo(1);
      first.close();
      first.close();
      assertThat(first.isClosed()).isTrue();
      assertThat(pool.connectionsOut()).isZero();

      try (Connection second = pool.getConnection()) {
        assertThat(second.getAutoCommit()).isTrue();
        assertThat(ContractFixture.askOn(second, database.connectionIdQuery())).isNotEqualTo(id);
      }
    }
  }

  @Test
  void withoutAPoolAnAbortedConnectionIsOutNoMore() throws SQLException {
    PoolOptions options = PoolOptions.defaults().pooled(false).size(1).autoCommit(false);
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, options)) {
      Connection aborted = pool.getConnection();
      assertThat(aborted.getAutoCommit()).isFalse();
      aborted.abort(Runnable::run);
      aborted.close();

      pool.getConnection().close();
      assertThat(pool.connectionsOut()).isZero();
    }
  }
}
