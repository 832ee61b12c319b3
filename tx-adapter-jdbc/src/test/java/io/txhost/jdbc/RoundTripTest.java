package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * How often a transaction turns from client to server on PostgreSQL, on a warm pool: the table in
 * the design.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
class RoundTripTest {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();

  private Database database;
  private LoopbackProxy counter;

  @BeforeAll
  void open() throws Exception {
    database = Database.postgres();
    PGSimpleDataSource server = database.dataSource().unwrap(PGSimpleDataSource.class);
    counter = LoopbackProxy.before(server.getPortNumbers()[0]);
  }

  @AfterAll
  void close() throws Exception {
    counter.close();
    database.close();
  }

  private HikariDataSource pool(boolean autoCommit) throws SQLException {
    PGSimpleDataSource server = database.dataSource().unwrap(PGSimpleDataSource.class);
    PGSimpleDataSource counted = new PGSimpleDataSource();
    counted.setServerNames(new String[] {"127.0.0.1"});
    counted.setPortNumbers(new int[] {counter.port()});
    counted.setDatabaseName(server.getDatabaseName());
    counted.setUser(server.getUser());
    counted.setPassword(server.getPassword());
    HikariConfig config = new HikariConfig();
    config.setDataSource(counted);
    config.setMaximumPoolSize(1);
    config.setAutoCommit(autoCommit);
    return new HikariDataSource(config);
  }

  @FunctionalInterface
  private interface Program {
    void run(TransactionHost<Connection> host) throws SQLException;
  }

  /**
   * The turns of the program's third run: the pool, the adapter and the driver know all that they
   * ask for once.
   */
  private int turnsOf(boolean autoCommit, Program program) throws SQLException {
    try (HikariDataSource pool = pool(autoCommit)) {
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
    try (PreparedStatement statement = host.tx().prepareStatement("select 1");
        ResultSet result = statement.executeQuery()) {
      assertThat(result.next()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTransactionWithoutAStatementSendsNothing(boolean autoCommit) throws Exception {
    int turns =
        turnsOf(
            autoCommit,
            host ->
                host.withTransaction(
                    OPTIONS.isolation(Isolation.SERIALIZABLE).readOnly(true),
                    () -> {
                      assertThat(host.tx().getAutoCommit()).isFalse();
                      host.tx().getTransactionIsolation();
                      host.withTransaction(Propagation.NESTED, host::tx);
                    }));

    assertThat(turns).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTransactionThatOnlyPreparedAStatementSendsNothing(boolean autoCommit) throws Exception {
    int turns =
        turnsOf(
            autoCommit,
            host ->
                host.withTransaction(
                    OPTIONS.isolation(Isolation.SERIALIZABLE),
                    () -> host.tx().prepareStatement("select 1").close()));

    assertThat(turns).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneStatementTakesTwo(boolean autoCommit) throws Exception {
    assertThat(turnsOf(autoCommit, host -> host.withTransaction(() -> query(host)))).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneStatementRolledBackTakesTwo(boolean autoCommit) throws Exception {
    int turns =
        turnsOf(
            autoCommit,
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

    assertThat(turns).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneStatementReadOnlyTakesTwo(boolean autoCommit) throws Exception {
    int turns =
        turnsOf(
            autoCommit, host -> host.withTransaction(OPTIONS.readOnly(true), () -> query(host)));

    assertThat(turns).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void serializableTakesThreeReadOnlyOrNot(boolean autoCommit) throws Exception {
    for (boolean readOnly : new boolean[] {false, true}) {
      TransactionOptions options = OPTIONS.isolation(Isolation.SERIALIZABLE).readOnly(readOnly);
      int turns = turnsOf(autoCommit, host -> host.withTransaction(options, () -> query(host)));

      assertThat(turns).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNestedBlockOfOneStatementThatIsKeptMakesItFive(boolean autoCommit) throws Exception {
    int turns =
        turnsOf(
            autoCommit,
            host ->
                host.withTransaction(
                    () -> {
                      query(host);
                      host.withTransaction(Propagation.NESTED, () -> query(host));
                    }));

    assertThat(turns).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNestedBlockOfOneStatementThatIsUndoneMakesItFive(boolean autoCommit) throws Exception {
    int turns =
        turnsOf(
            autoCommit,
            host ->
                host.withTransaction(
                    () -> {
                      query(host);
                      assertThat(catchThrowable(() -> undone(host))).isNotNull();
                    }));

    assertThat(turns).isEqualTo(5);
  }

  private static void undone(TransactionHost<Connection> host) throws SQLException {
    host.withTransaction(
        Propagation.NESTED,
        () -> {
          query(host);
          throw new IllegalStateException("user");
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeadlineCostsNothing(boolean autoCommit) throws Exception {
    TransactionOptions options = OPTIONS.timeout(java.time.Duration.ofSeconds(20));

    assertThat(turnsOf(autoCommit, host -> host.withTransaction(options, () -> query(host))))
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStatementOutsideTakesOne(boolean autoCommit) throws Exception {
    assertThat(turnsOf(autoCommit, RoundTripTest::query)).isEqualTo(1);
  }

  @Test
  void theFirstTransactionOfAllAsksOnceForTheIsolation() throws Exception {
    try (HikariDataSource pool = pool(true)) {
      pool.getConnection().close();
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
      counter.reset();

      host.withTransaction(() -> query(host));

      assertThat(counter.turns()).isEqualTo(3);
    }
  }
}
