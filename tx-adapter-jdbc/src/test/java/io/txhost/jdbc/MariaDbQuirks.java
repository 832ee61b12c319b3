package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.Sql.Kind;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.RecordingDataSource.Call;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** What only MariaDB shows, through one of its drivers, on one kind of pool. */
abstract class MariaDbQuirks extends JdbcFixture {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();

  enum Driver {
    MARIADB,
    MYSQL
  }

  private final Driver driver;
  private final boolean autoCommit;

  MariaDbQuirks(Driver driver, boolean autoCommit) {
    this.driver = driver;
    this.autoCommit = autoCommit;
  }

  @Override
  Database openDatabase() throws SQLException {
    return driver == Driver.MARIADB ? Database.mariaDb() : Database.mariaDbThroughMySqlDriver();
  }

  @Override
  PoolOptions poolOptions() {
    return PoolOptions.defaults().size(1).autoCommit(autoCommit);
  }

  /** The database through a driver that is told something. */
  private DataSource with(String parameter) throws SQLException {
    String url;
    try (Connection connection = database.dataSource().getConnection()) {
      url = connection.getMetaData().getURL();
    }
    String told = url + (url.contains("?") ? "&" : "?user=root&") + parameter;
    if (driver == Driver.MARIADB) {
      return new MariaDbDataSource(told);
    }
    MysqlDataSource dataSource = new MysqlDataSource();
    dataSource.setURL(told);
    return dataSource;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  private static void swallow(Step step) {
    assertThat(catchThrowable(step::run)).isInstanceOf(Exception.class);
  }

  private static void maybeSwallow(Step step) {
    if (catchThrowable(step::run) instanceof AssertionError failed) {
      throw failed;
    }
  }

  /** An insert, the step, whatever it throws, and an insert that must not arrive. */
  private void loses(Step step) throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      maybeSwallow(step);
                      assertThat(catchThrowable(() -> insert(2))).isNotNull();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).doesNotContain(2);
    host.withTransaction(() -> insert(3));
    assertThat(rows()).contains(3);
  }

  private void keeps(Step step) throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          step.run();
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  // which dialect

  @Test
  void mariaDbIsKnownWhateverTheDriverCallsIt() throws Exception {
    for (DataSource each :
        new DataSource[] {database.dataSource(), with("useMysqlMetadata=true")}) {
      try (Connection connection = each.getConnection()) {
        assertThat(Dialect.of(connection.getMetaData())).isInstanceOf(MariaDbDialect.class);
      }
    }
  }

  @Test
  void aServerOfMySqlItselfIsNotTakenForIt() throws Exception {
    DatabaseMetaData metaData =
        (DatabaseMetaData)
            Proxy.newProxyInstance(
                MariaDbQuirks.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (self, method, given) ->
                    switch (method.getName()) {
                      case "getDatabaseProductName" -> "MySQL";
                      case "getDatabaseProductVersion" -> "9.5.0";
                      default -> method.getReturnType() == boolean.class ? true : null;
                    });

    Dialect dialect = Dialect.of(metaData);
    assertThat(dialect).isInstanceOf(GenericDialect.class);
    assertThat(dialect.read("/*! insert into item (id) values (1) */").kind())
        .isEqualTo(Sql.Kind.WRITES); // MySQL executes it
    assertThat(dialect.read("select 1 # it's\n; delete from item").kind())
        .isEqualTo(Sql.Kind.WRITES);
  }

  // lost transactions

  @ParameterizedTest
  @EnumSource
  void afterABeginThatMetWhatNobodyExpectedNothingIsAutoCommitted(Unexpected kind)
      throws Exception {
    assumeTrue(autoCommit, "the BEGIN is no statement where auto-commit is off");
    Throwable thrown = breakNext(Call.BEGIN, kind);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      assertThat(catchThrowable(() -> insert(1))).isSameAs(thrown);
                      assertThat(catchThrowable(() -> insert(2)))
                          .hasMessageStartingWith("TXH-504")
                          .hasCause(thrown);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(thrown);

    assertThat(recorder.transcript()).containsExactly("BEGIN failed", "ABORT");
    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(3)); // the pool of one has another
    assertThat(rows()).containsExactly(3);
  }

  @ParameterizedTest // A24
  @ValueSource(
      strings = {
        "commit",
        "COMMIT AND CHAIN",
        "rollback",
        "begin",
        "begin work",
        "start transaction",
        "set autocommit = 1",
        "set @x = 1, session autocommit = 0",
        "set @@session.autocommit = 1",
        "set transaction read only",
        "set session transaction isolation level serializable",
        "set completion_type = 1",
        "set tx_isolation = 'SERIALIZABLE'",
        "set statement max_statement_time = 9 for commit",
        "/*! commit */",
        "/*!50000 commit */",
        "/*M!100100 commit */",
        "# a comment\ncommit",
        "-- a comment\ncommit",
        "/* /* */ commit",
        "xa start 'x'",
        "select 1; commit",
        "select 'it\\'s'; commit",
        "create table made (id integer)",
        "create or replace table made (id integer)",
        "alter table item add x integer",
        "drop table if exists made",
        "truncate table item",
        "rename table item to made",
        "create index made on item (label)",
        "analyze table item",
        "lock tables item write",
        "unlock tables",
        "flush tables",
        "grant select on *.* to x",
        "set password = ''",
        "/*! create table made (id integer) */"
      })
  void whatEndsTheTransactionIsNotSent(String sql) throws Exception {
    loses(() -> update(sql));

    assertThat(recorder.statements()).doesNotContain(sql);
    assertThat(rows()).containsExactly(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1 -- commit",
        "select 1 # commit",
        "select 'it\\'s; commit'",
        "select \"it\\\"s; commit\"",
        "select 1 as `; commit`",
        "set @commit = 1",
        "set @autocommit = 1",
        "create temporary table made (id integer)",
        "create or replace temporary table made (id integer)",
        "drop temporary table if exists made",
        "set statement max_statement_time = 9 for select 1",
        "prepare stop from 'commit'",
        "drop prepare if_any",
        "deallocate prepare if_any",
        "analyze select 1",
        "analyze format = json select 1",
        "explain select 1",
        "do 1",
        "checksum table item",
        "handler item open",
        "savepoint x",
        "rollback to savepoint txhost",
        "release savepoint txhost"
      })
  void whatDoesNotEndTheTransactionIsSentAndTheTransactionGoesOn(String sql) throws Exception {
    keeps(
        () -> {
          update("savepoint txhost");
          try (Statement statement = host.tx().createStatement()) {
            maybeSwallow(() -> statement.execute(sql)); // DROP PREPARE finds none
          }
          update("drop temporary table if exists made");
        });

    assertThat(recorder.statements()).contains(sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit",
        "insert into item (id) values (7); commit",
        "commit; insert into item (id) values (7)",
        "rollback; insert into item (id) values (7)",
        "start transaction; insert into item (id) values (7)",
        "create or replace table made (id integer)",
        "commit; insert into item (id) values (8); insert into item (id) values (8)",
        "commit; signal sqlstate '42000'"
      })
  void whatAProcedureHidesIsFoundBeforeTheNextStatement(String body) throws Exception { // A24
    outside("create or replace procedure hiding() begin " + body + "; end");

    loses(() -> update("call hiding()"));
  }

  @Test
  void whatAProcedureHidesIsFoundBeforeTheCommit() throws Exception {
    outside("create or replace procedure hiding() begin commit; set @x = 1; end");

    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          update("call hiding()");
                        })))
        .isInstanceOf(TransactionException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"execute immediate 'commit'", "execute stop"})
  void whatIsExecutedByNameIsFoundToo(String sql) throws Exception { // A24
    loses(
        () -> {
          update("prepare stop from 'commit'");
          update(sql);
        });
  }

  @Test
  void whatACallableStatementHidesIsFoundToo() throws Exception { // A24
    outside("create or replace procedure hiding() commit");
    loses(
        () -> {
          try (CallableStatement call = host.tx().prepareCall("{call hiding()}")) {
            call.execute();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table made (id integer)",
        "create or replace table made (id integer)",
        "alter table item add x integer",
        "drop table if exists nothing",
        "truncate table item",
        "create index made on item (label)",
        "drop index if exists nothing on item",
        "create or replace view made as select 1",
        "create sequence if not exists counting",
        "create or replace procedure made() do 1",
        "analyze table item",
        "check table item",
        "optimize table item",
        "repair table item",
        "cache index item in default",
        "load index into cache item",
        "lock tables item write",
        "flush tables",
        "reset query cache",
        "backup stage end",
        "rename table if exists nothing to made",
        "set password = ''",
        "set default role none",
        "start transaction",
        "begin",
        "xa recover",
        "install soname 'nothing'",
        "set autocommit = 1",
        "select 1",
        "create temporary table made (id integer)",
        "drop temporary table if exists made",
        "set statement max_statement_time = 9 for select 1",
        "set @x = 1",
        "set names utf8mb4",
        "set role none",
        "prepare stop from 'commit'",
        "deallocate prepare nothing",
        "drop prepare nothing",
        "analyze select 1",
        "explain select 1",
        "do 1",
        "checksum table item",
        "handler item open",
        "load data local infile 'nothing' into table item",
        "show tables",
        "describe item",
        "help 'x'",
        "kill query 999999999",
        "use mysql",
        "signal sqlstate '42000'",
        "savepoint x",
        "get diagnostics @n = number"
      })
  void whatIsTakenForHarmlessIsSoOnTheServer(String sql) throws Exception {
    Kind kind = new MariaDbDialect().read(sql).kind();
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("insert into item (id) values (1)");
      statement.execute("savepoint before_it");
      maybeSwallow(() -> statement.execute(sql)); // a commit comes first, also where it fails
      boolean isKept = catchThrowable(() -> statement.execute("rollback to before_it")) == null;

      assertThat(isKept || kind.compareTo(Kind.COMMITS) >= 0).as("%s is %s", sql, kind).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call harmless()",
        "execute immediate 'insert into item (id) values (7)'",
        "begin not atomic insert into item (id) values (7); end"
      })
  void whatHidesNothingGoesOn(String sql) throws Exception {
    outside("create or replace procedure harmless() insert into item (id) values (7)");
    host.withTransaction(
        () -> {
          update(sql);
          insert(1);
        });

    assertThat(rows()).containsExactly(1, 7);
  }

  @Test
  void aProcedureThatFailsAndHidesNothingCostsNothing() throws Exception {
    outside("create or replace procedure harmless() signal sqlstate '45000'");
    keeps(() -> swallow(() -> update("call harmless()")));
  }

  @Test
  void whatHidesNothingGoesOnAlsoAtTheEndOfANestedBlock() throws Exception {
    outside("create or replace procedure harmless() insert into item (id) values (7)");
    host.withTransaction(
        () -> {
          insert(1);
          host.withTransaction(Propagation.NESTED, () -> update("call harmless()"));
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2, 7);
  }

  @Test
  void whatEndsTheTransactionAtTheEndOfANestedBlockLosesTheWhole() throws Exception { // A24
    outside("create or replace procedure hiding() begin commit; start transaction; end");
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          swallow(
                              () ->
                                  host.withTransaction(
                                      Propagation.NESTED, () -> update("call hiding()")));
                          swallow(() -> insert(2));
                        })))
        .isInstanceOf(TransactionException.class);

    assertThat(rows()).doesNotContain(2);
  }

  @Test
  void aStatementThatGaveUpWaitingForALockCostsItselfOnly() throws Exception { // A24
    outside("insert into item (id, label) values (7, 'x')");
    try (Connection other = database.dataSource().getConnection();
        Statement holding = other.createStatement()) {
      other.setAutoCommit(false);
      holding.execute("update item set label = 'y' where id = 7");

      host.withTransaction(
          () -> {
            insert(1);
            swallow(
                () ->
                    update(
                        "set statement innodb_lock_wait_timeout = 1 for"
                            + " update item set label = 'z' where id = 7"));
            insert(2);
          });
      other.rollback();
    }

    assertThat(rows()).containsExactly(1, 2, 7);
  }

  @Test
  void aRowThatChangedUnderASnapshotLosesTheTransaction() throws Exception { // A24, 1020
    outside("insert into item (id, label) values (7, 'x')");
    loses(
        () -> {
          update("set innodb_snapshot_isolation = on");
          assertThat(ask("select label from item where id = 7")).isEqualTo("x");
          outside("update item set label = 'y' where id = 7");
          assertThatThrownBy(() -> update("update item set label = 'z' where id = 7"))
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1020));
        });

    assertThat(rows()).containsExactly(3, 7);
  }

  @Test
  void aDoubtThatNothingFollowsIsSettledBeforeTheCommit() throws Exception {
    outside("insert into item (id, label) values (7, 'x')");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      update("set innodb_snapshot_isolation = on");
                      insert(1);
                      ask("select label from item where id = 7");
                      outside("update item set label = 'y' where id = 7");
                      swallow(() -> update("update item set label = 'z' where id = 7"));
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .isInstanceOfSatisfying(
            SQLException.class, lost -> assertThat(lost.getErrorCode()).isEqualTo(1020));

    assertThat(rows()).containsExactly(7);
  }

  @Test
  void aStatementThatIsLostOnTheDriversOwnConnectionIsNoCommit() throws Exception {
    Throwable end =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      Connection drivers = host.tx().unwrap(driversConnection());
                      try (Statement statement = drivers.createStatement()) {
                        statement.execute("rollback");
                      }
                    }));

    assertThat(end)
        .isInstanceOf(TransactionException.class)
        .cause()
        .hasMessageStartingWith("TXH-527");
    assertThat(recorder.connectionsOut()).isZero();
    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  private Class<? extends Connection> driversConnection() {
    return driver == Driver.MARIADB
        ? org.mariadb.jdbc.Connection.class
        : com.mysql.cj.jdbc.JdbcConnection.class;
  }

  @Test
  void aFailureInsideANestedBlockIsUndoneWithItWithoutAsking() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          swallow(
              () ->
                  host.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        insert(7);
                        update("signal sqlstate '45000'");
                      }));
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
    assertThat(recorder.statements()).noneMatch(sql -> sql.contains("in_transaction"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSavepointOfTheUsersOwnUndoesAFailure(boolean isNamed) throws Exception {
    keeps(
        () -> {
          Savepoint mine = isNamed ? host.tx().setSavepoint("mine") : host.tx().setSavepoint();
          insert(7);
          swallow(() -> update("signal sqlstate '45000'"));
          host.tx().rollback(mine);
        });
    assertThat(recorder.savepoints()).hasSize(1).doesNotContainNull();
  }

  @Test
  void severalStatementsInOneTextAreReadEach() throws Exception {
    use(io.txhost.test.RecordingDataSource.over(with("allowMultiQueries=true")));
    loses(
        () -> update("insert into item (id) values (7); commit; insert into item (id) values (8)"));
    assertThat(rows()).containsExactly(3);

    host.withTransaction(
        () -> {
          swallow(
              () -> update("insert into item (id) values (7); insert into item (id) values (7)"));
          insert(8);
        });
    assertThat(rows()).containsExactly(3, 7, 8);
  }

  // behind an opaque pool

  @Test
  void whereTheDriverIsOutOfReachItIsTheSameWithMoreRoundTrips() throws Exception {
    use(new Opaque(with("maxRows=0")));
    outside(
        "create or replace procedure hiding() begin commit; insert into item (id) values (7); end");
    loses(() -> update("call hiding()"));
    assertThat(rows()).containsExactly(1, 3);
    outside("delete from item");

    keeps(() -> swallow(() -> update("signal sqlstate '45000'")));
  }

  // isolation and access mode

  @Test
  void aOneShotThatNoTableUsedUpIsGoneWithTheCommit() throws Exception { // A25
    for (boolean readOnly : new boolean[] {false, true}) {
      host.withTransaction(
          OPTIONS.isolation(Isolation.SERIALIZABLE).readOnly(readOnly), () -> ask("select 1"));

      host.withTransaction(
          () -> {
            assertThat(ask(database.isolationQuery()))
                .isEqualTo(database.reported(Isolation.DEFAULT));
            assertThat(ask(database.readOnlyQuery().orElseThrow())).isEqualTo("off");
          });
    }
  }

  @Test
  void aOneShotIsStillInForceAfterStatementsThatBeginNothing() throws Exception { // A4
    host.withTransaction(
        OPTIONS.isolation(Isolation.SERIALIZABLE).readOnly(true),
        () -> {
          ask("select 1");
          ask("select count(*) from information_schema.tables where table_schema = database()");
          ask("select count(*) from mysql.general_log");
          assertThat(ask(database.isolationQuery())).isEqualTo("SERIALIZABLE");
          assertThat(ask(database.readOnlyQuery().orElseThrow())).isEqualTo("on");
        });
  }

  @Test
  void theServerItselfRefusesAWriteInAReadOnlyTransaction() throws Exception { // A4
    outside("create or replace procedure writing() insert into item (id) values (7)");
    for (String sql : new String[] {"insert into item (id) values (1)", "call writing()"}) {
      assertThatThrownBy(() -> host.withTransaction(OPTIONS.readOnly(true), () -> update(sql)))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1792));
    }

    assertThat(rows()).isEmpty();
  }

  @Test
  void theSessionsOwnIsolationCountsAsTheDefault() throws Exception { // B6
    assertThat(JdbcAdapter.over(pool).effective(Isolation.DEFAULT))
        .isEqualTo(Isolation.READ_COMMITTED); // unknown yet
    host.withTransaction(() -> ask("select 1"));
    host.withTransaction(
        () -> {
          assertThat(host.tx().getTransactionIsolation())
              .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
          host.withTransaction(OPTIONS.isolation(Isolation.REPEATABLE_READ), () -> insert(1));
        });
  }

  // timeouts

  @Test
  void aTimeoutOfTheUsersOwnCostsItsStatementOnly() throws Exception {
    keeps(
        () -> {
          try (Statement statement = host.tx().createStatement()) {
            statement.setQueryTimeout(1);
            assertThatThrownBy(
                    () -> statement.executeQuery(database.slowQuery(Duration.ofSeconds(20))))
                .isInstanceOf(SQLException.class)
                .satisfies(e -> assertThat(SqlStates.isTimeout((SQLException) e)).isTrue());
          }
        });
  }

  // results that stream

  @Test
  void anotherStatementWhileRowsStreamLosesNothingSilently() throws Exception {
    Throwable end =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      try (Statement statement = streaming();
                          ResultSet rows =
                              statement.executeQuery("select seq from seq_1_to_1000")) {
                        assertThat(rows.next()).isTrue();
                        maybeSwallow(() -> insert(2));
                        int read = 1;
                        while (rows.next()) {
                          read++;
                        }
                        assertThat(read).isEqualTo(1000);
                      }
                      insert(3);
                    }));

    assertThat(end).isNull();
    assertThat(rows()).contains(1, 3);
    boolean refusedByDriver = driver == Driver.MYSQL;
    assertThat(rows().contains(2)).isEqualTo(!refusedByDriver);
  }

  @Test
  void theCommitComesAfterWhateverStreams() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          Statement left = streaming();
          assertThat(left.executeQuery("select seq from seq_1_to_1000").next()).isTrue();
        });

    assertThat(rows()).containsExactly(1);
  }

  private Statement streaming() throws SQLException {
    Statement statement =
        host.tx().createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    statement.setFetchSize(driver == Driver.MYSQL ? Integer.MIN_VALUE : 10);
    return statement;
  }

  // connections that break

  @Test
  void aConnectionKilledInsideATransactionLosesItAndIsReplaced() throws Exception {
    loses(
        () -> {
          kill(ask(database.connectionIdQuery()));
          swallow(() -> insert(2));
        });
    assertThat(rows()).containsExactly(3);
  }

  @Test
  void aConnectionKilledBeforeTheCommitMakesItsOutcomeUnknown() throws Exception { // A13
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      String id = ask(database.connectionIdQuery());
                      recorder.beforeNext(Call.COMMIT, () -> kill(id));
                    }))
        .isInstanceOf(CommitOutcomeUnknownException.class);

    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  /** And waits until it is gone. */
  private void kill(String id) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("kill connection " + id);
      while (!ask(
              connection, "select count(*) from information_schema.processlist where id = " + id)
          .equals("0")) {
        LockSupport.parkNanos(100_000);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test // A18
  void aJoinersDeadlineLimitsNoReadThatFollowsIt() throws Exception {
    host.withTransaction(
        () -> {
          ask("select 1");
          assertThat(host.tx().getNetworkTimeout()).isZero();
          host.withTransaction(
              OPTIONS.timeout(Duration.ofSeconds(20)),
              () -> {
                ask("select 1");
                assertThat(host.tx().getNetworkTimeout()).isPositive();
              });
          ask("select 1");
          assertThat(host.tx().getNetworkTimeout()).as("of what follows").isZero();
        });
  }
}
