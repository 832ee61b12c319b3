package io.txhost.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Isolation;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
  private static final String UPDATE = "update item set label = 'y' where id = ";

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
      return askOn(connection, query);
    }
  }

  private static String askOn(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }

  private static void run(Database database, String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      execute(connection, sql);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
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
        assertThat(askOn(one, database.connectionIdQuery()))
            .isNotEqualTo(askOn(other, database.connectionIdQuery()));
      }
    }
  }

  private static String transactionOf(Database database, Connection connection, int id)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("insert into item values (" + id + ")");
    }
    return askOn(connection, database.transactionIdQuery());
  }

  @ParameterizedTest
  @EnumSource
  void aSlowQueryTakesItsTimeAndCanBeCancelled(Kind kind) throws SQLException {
    try (Database database = kind.open();
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      long start = System.nanoTime();
      statement.executeQuery(database.slowQuery(Duration.ofMillis(300))).close();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(300));

      statement.setQueryTimeout(1);
      start = System.nanoTime();
      assertThatThrownBy(() -> statement.executeQuery(database.slowQuery(Duration.ofSeconds(30))))
          .isInstanceOf(SQLException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
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

        assertThat(askOn(connection, database.isolationQuery()))
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

      assertThat(askOn(connection, database.isolationQuery())).isEqualTo("SERIALIZABLE");
      assertThat(askOn(connection, database.readOnlyQuery().orElseThrow())).isEqualTo("on");
      statement.execute("commit");
      statement.execute("start transaction");
      assertThat(askOn(connection, database.isolationQuery()))
          .isEqualTo(database.reported(Isolation.DEFAULT));
      assertThat(askOn(connection, database.readOnlyQuery().orElseThrow())).isEqualTo("off");
    }
  }

  @ParameterizedTest
  @EnumSource(names = "POSTGRES|MARIADB.*", mode = EnumSource.Mode.MATCH_ANY)
  void whoIsNeverADeadlocksVictimWinsThoughItsOpponentClosesTheRing(Kind kind) throws SQLException {
    try (Database database = kind.open();
        Connection winner = database.dataSource().getConnection();
        Connection other = database.dataSource().getConnection()) {
      run(database, "create table item (id integer primary key, label varchar(40))");
      run(database, "insert into item values (1, 'x'), (2, 'x')");
      winner.setAutoCommit(false);
      other.setAutoCommit(false);
      if (database.neverADeadlocksVictim().isPresent()) {
        execute(winner, database.neverADeadlocksVictim().get());
      }
      execute(winner, UPDATE + 1);
      execute(other, "insert into item values (3, 'x')");
      execute(other, UPDATE + 2);
      CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> wins(winner));
      awaitBlocked(database, waits);

      assertThatThrownBy(() -> execute(other, UPDATE + 1))
          .isInstanceOf(SQLException.class)
          .satisfies(e -> assertThat(((SQLException) e).getSQLState()).startsWith("40"));
      other.rollback();
      waits.orTimeout(20, TimeUnit.SECONDS).join();
    }
  }

  private static void wins(Connection connection) {
    try {
      execute(connection, UPDATE + 2);
      connection.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitBlocked(Database database, CompletableFuture<Void> waits)
      throws SQLException {
    while (ask(database, database.blockedQuery()).equals("0")) {
      assertThat(waits).as("row 2 was nobody's").isNotDone();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingDropsTheDatabaseThoughAConnectionIsOpen(Kind kind) throws SQLException {
    Database database = kind.open();
    try (Connection connection = database.dataSource().getConnection()) {
      database.close();
      assertThatThrownBy(() -> askOn(connection, "select 1")).isInstanceOf(SQLException.class);
    }
  }
}
