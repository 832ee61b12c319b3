package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.mysql.cj.jdbc.MysqlDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * How often a transaction turns from client to server on MariaDB, on a warm pool: the table in the
 * design, with one of the drivers and one kind of pool.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
abstract class MariaDbRoundTrips {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();
  private static final String FROM_TABLE = "select count(*) from item";

  enum Driver {
    MARIADB,
    MYSQL
  }

  private final Driver driver;
  private final boolean autoCommit;
  private Database database;
  private LoopbackProxy counter;
  private String url;

  MariaDbRoundTrips(Driver driver, boolean autoCommit) {
    this.driver = driver;
    this.autoCommit = autoCommit;
  }

  @BeforeAll
  void open() throws Exception {
    database = driver == Driver.MARIADB ? Database.mariaDb() : Database.mariaDbThroughMySqlDriver();
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id integer primary key)");
      url = connection.getMetaData().getURL();
    }
    int port = URI.create(url.substring("jdbc:".length())).getPort();
    counter = LoopbackProxy.before(port);
    url = url.replace(":" + port + "/", ":" + counter.port() + "/");
  }

  @AfterAll
  void close() throws Exception {
    counter.close();
    database.close();
  }

  private DataSource counted() throws SQLException {
    if (driver == Driver.MARIADB) {
      return new MariaDbDataSource(url);
    }
    MysqlDataSource counted = new MysqlDataSource();
    counted.setURL(url);
    return counted;
  }

  private HikariDataSource pool() throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setDataSource(counted());
    config.setMaximumPoolSize(1);
    config.setAutoCommit(autoCommit);
    return new HikariDataSource(config);
  }

  @FunctionalInterface
  private interface Program {
    void run(TransactionHost<Connection> host) throws SQLException;
  }

  /** The turns of the program's third run. */
  private int turnsOf(Program program) throws SQLException {
    try (HikariDataSource pool = pool()) {
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
      host.withTransaction(() -> query(host));
      program.run(host);
      program.run(host);
      counter.reset();
      program.run(host);
      return counter.turns();
    }
  }

  private static void query(TransactionHost<Connection> host) throws SQLException {
    query(host, FROM_TABLE);
  }

  private static void query(TransactionHost<Connection> host, String sql) throws SQLException {
    try (PreparedStatement statement = host.tx().prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      assertThat(result.next()).isTrue();
    }
  }

  private int onOrOff(int on, int off) {
    return autoCommit ? on : off;
  }

  @Test
  void aTransactionWithoutAStatementSendsNothing() throws Exception {
    int turns =
        turnsOf(
            host ->
                host.withTransaction(
                    OPTIONS.isolation(Isolation.SERIALIZABLE).readOnly(true),
                    () -> {
                      assertThat(host.tx().getAutoCommit()).isFalse();
                      host.withTransaction(Propagation.NESTED, host::tx);
                      host.tx().prepareStatement(FROM_TABLE).close();
                    }));

    assertThat(turns).isZero();
  }

  @Test
  void oneStatementTakesThreeOrTwo() throws Exception {
    assertThat(turnsOf(host -> host.withTransaction(() -> query(host)))).isEqualTo(onOrOff(3, 2));
    assertThat(turnsOf(host -> host.withTransaction(() -> query(host, "select 1"))))
        .isLessThanOrEqualTo(onOrOff(3, 2));
  }

  @Test
  void oneStatementRolledBackTakesThreeOrTwo() throws Exception {
    int turns =
        turnsOf(
            host ->
                assertThat(
                        catchThrowable(
                            () ->
                                host.withTransaction(
                                    () -> {
                                      query(host);
                                      throw new IllegalStateException("user");
                                    })))
                    .isNotNull());

    assertThat(turns).isEqualTo(onOrOff(3, 2));
  }

  @Test
  void oneStatementReadOnlyTakesThree() throws Exception {
    for (String sql : new String[] {FROM_TABLE, "select 1"}) {
      assertThat(
              turnsOf(host -> host.withTransaction(OPTIONS.readOnly(true), () -> query(host, sql))))
          .as(sql)
          .isEqualTo(3);
    }
  }

  @Test
  void serializableTakesFourOrThreeReadOnlyOrNot() throws Exception {
    for (boolean readOnly : new boolean[] {false, true}) {
      TransactionOptions options = OPTIONS.isolation(Isolation.SERIALIZABLE).readOnly(readOnly);
      for (String sql : new String[] {FROM_TABLE, "select 1"}) {
        assertThat(turnsOf(host -> host.withTransaction(options, () -> query(host, sql))))
            .as(sql + (readOnly ? " read-only" : ""))
            .isEqualTo(onOrOff(4, 3));
      }
    }
  }

  @Test
  void aNestedBlockOfOneStatementThatIsKeptMakesItSixOrFive() throws Exception {
    int turns =
        turnsOf(
            host ->
                host.withTransaction(
                    () -> {
                      query(host);
                      host.withTransaction(Propagation.NESTED, () -> query(host));
                    }));

    assertThat(turns).isEqualTo(onOrOff(6, 5));
  }

  @Test
  void aNestedBlockOfOneStatementThatIsUndoneMakesItSixOrFive() throws Exception {
    int turns =
        turnsOf(
            host ->
                host.withTransaction(
                    () -> {
                      query(host);
                      assertThat(catchThrowable(() -> undone(host))).isNotNull();
                    }));

    assertThat(turns).isEqualTo(onOrOff(6, 5));
  }

  private static void undone(TransactionHost<Connection> host) throws SQLException {
    host.withTransaction(
        Propagation.NESTED,
        () -> {
          query(host);
          throw new IllegalStateException("user");
        });
  }

  @Test
  void aDeadlineThatDoesNotStrikeCostsNothing() throws Exception {
    TransactionOptions options = OPTIONS.timeout(Duration.ofSeconds(20));

    assertThat(turnsOf(host -> host.withTransaction(options, () -> query(host))))
        .isEqualTo(onOrOff(3, 2));
  }

  @Test
  void aFailureOfOneStatementIsNotAskedAbout() throws Exception {
    int turns =
        turnsOf(
            host ->
                host.withTransaction(
                    () -> {
                      query(host);
                      assertThat(catchThrowable(() -> query(host, "select no_such from item")))
                          .isInstanceOf(SQLException.class);
                      query(host);
                    }));

    assertThat(turns).isEqualTo(onOrOff(5, 4));
  }

  @Test
  void aCallTakesTwoForTheMark() throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create or replace procedure quiet() do 1");
    }
    int turns =
        turnsOf(
            host ->
                host.withTransaction(
                    () -> {
                      query(host);
                      try (Statement statement = host.tx().createStatement()) {
                        statement.execute("call quiet()");
                      }
                      query(host);
                    }));

    assertThat(turns).isEqualTo(onOrOff(7, 6));
  }

  @Test
  void aStatementOutsideTakesOneOrThree() throws Exception {
    // with auto-commit off it is turned on and off again
    assertThat(turnsOf(MariaDbRoundTrips::query)).isEqualTo(onOrOff(1, 3));
  }

  @Test
  void theFirstTransactionOfAllAsksOnceForTheIsolation() throws Exception {
    try (HikariDataSource pool = pool()) {
      pool.getConnection().close();
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
      counter.reset();

      host.withTransaction(() -> query(host));

      assertThat(counter.turns()).isEqualTo(onOrOff(4, 3));
    }
  }
}
