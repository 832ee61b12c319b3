package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.UnexpectedRollbackException;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Writer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only H2 shows. */
class H2Test extends JdbcFixture {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();
  private static final String SESSION_TIMEOUT =
      "select setting_value from information_schema.settings where setting_name = 'QUERY_TIMEOUT'";

  @Override
  Database openDatabase() {
    return Database.h2();
  }

  // read-only, which H2 does not have

  @ParameterizedTest // A4
  @ValueSource(
      strings = {
        "insert into item (id) values (1)",
        "/* x */ insert into item (id) values (1)",
        "update item set label = 'y'",
        "delete from item",
        "merge into item (id) key (id) values (1)",
        "select 1; insert into item (id) values (1)",
        "explain analyze delete from item"
      })
  void aReadOnlyTransactionRefusesWritesHoweverTheyAreExecuted(String sql) throws Exception {
    outside("insert into item (id, label) values (5, 'x')");
    host.withTransaction(
        OPTIONS.readOnly(true),
        () -> {
          try (Statement statement = host.tx().createStatement();
              PreparedStatement prepared = host.tx().prepareStatement(sql)) {
            isRefused(() -> statement.execute(sql));
            isRefused(() -> statement.executeUpdate(sql));
            isRefused(() -> statement.executeLargeUpdate(sql));
            isRefused(prepared::execute);
            statement.addBatch("select 1");
            statement.addBatch(sql);
            isRefused(statement::executeBatch);
            isRefused(statement::executeBatch);
            prepared.addBatch();
            isRefused(prepared::executeBatch);
            isRefused(prepared::executeLargeBatch);
          }
          assertThat(ask("select label from item")).isEqualTo("x");
        });

    assertThat(rows()).containsExactly(5);
  }

  private static void isRefused(SqlCall.Action action) {
    assertThatThrownBy(action::run)
        .isInstanceOf(SQLException.class)
        .hasFieldOrPropertyWithValue("SQLState", "25006")
        .hasMessageStartingWith("TXH-509");
  }

  @Test
  void aReadOnlyTransactionRefusesWritesThatAQueryHides() throws Exception { // A4
    host.withTransaction(
        OPTIONS.readOnly(true),
        () -> {
          String sql = "select id from final table (insert into item (id) values (1))";
          isRefused(() -> ask(sql));
          assertThat(ask("select insert('abc', 1, 1, 'x')")).isEqualTo("xbc");
        });

    assertThat(rows()).isEmpty();
  }

  @Test
  void aReadOnlyTransactionRefusesChangedRows() throws Exception { // A4
    outside("insert into item (id, label) values (1, 'before')");
    host.withTransaction(
        OPTIONS.readOnly(true),
        () -> {
          try (Statement statement =
                  host.tx()
                      .createStatement(
                          ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
              ResultSet row = statement.executeQuery("select id, label from item")) {
            row.next();
            row.updateString(2, "after");
            isRefused(row::updateRow);
            isRefused(row::deleteRow);
          }
        });

    assertThat(ask("select label from item")).isEqualTo("before");
  }

  // what commits

  @ParameterizedTest // A24
  @ValueSource(
      strings = {
        "create table made (id integer)",
        "truncate table item",
        "alter table item add column x integer",
        "analyze",
        "comment on table item is 'x'",
        "insert into item (id) values (2); create table made (id integer)",
        "execute immediate 'commit'",
        "runscript from 'nothing.sql'"
      })
  void whatWouldCommitIsNotSentAndNothingIsKept(String sql) throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThat(catchThrowable(() -> update(sql)))
                          .isInstanceOf(SQLException.class)
                          .hasCauseInstanceOf(TransactionException.class)
                          .hasMessageStartingWith("TXH-505")
                          .hasMessageContaining("withoutTransaction");
                      assertThat(catchThrowable(() -> insert(3))).hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @ParameterizedTest // 12, 5
  @ValueSource(
      strings = {
        "create table made (id integer, transactional boolean)",
        "create table transactional (id integer)",
        "create local temporary table made (transactional boolean)",
        "set max_memory_undo 50000",
        "set trace_max_file_size 16"
      })
  void whatOnlyLooksAsIfItDidNotCommitIsRefused(String sql) throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          update(sql);
                        })))
        .hasMessageStartingWith("TXH-505");

    assertThat(rows()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set @x = 1",
        "set lock_timeout 1000",
        "set schema public",
        "create local temporary table made (id integer) transactional",
        "call 1",
        "explain select 1",
        "show tables",
        "values (1)",
        "checkpoint"
      })
  void whatIsSentDoesNotCommit(String sql) throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          try (Statement statement = host.tx().createStatement()) {
                            statement.execute(sql);
                          }
                          throw new IllegalStateException("user");
                        })))
        .isInstanceOf(IllegalStateException.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void whatCommitsRunsOutside() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          host.withoutTransaction(() -> update("create table if not exists made (id integer)"));
        });

    outside("drop table made");
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void whatABatchDidBeforeItFailedIsCommittedWhereTheFailureIsSwallowed() throws Exception {
    host.withTransaction(
        () -> {
          try (Statement statement = host.tx().createStatement()) {
            statement.addBatch("insert into item (id) values (1)");
            statement.addBatch("insert into item (id) values (1)");
            assertThat(catchThrowable(statement::executeBatch)).isInstanceOf(SQLException.class);
          }
        });

    assertThat(recorder.transcript()).endsWith("COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1);
  }

  // deadlocks

  @Test
  void aDeadlockThatWasSwallowedIsNoCommitAndNoSavepointBringsItBack() throws Exception { // A24
    outside("insert into item (id, label) values (1, 'x'), (2, 'x')");
    CountDownLatch bothHaveOne = new CountDownLatch(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Throwable> first = threads.submit(() -> lockInOrder(bothHaveOne, 1, 2));
      Future<Throwable> second = threads.submit(() -> lockInOrder(bothHaveOne, 2, 1));

      Throwable failed = first.get() != null ? first.get() : second.get();
      assertThat(first.get() == null || second.get() == null).isTrue();
      assertThat(failed)
          .isInstanceOf(UnexpectedRollbackException.class)
          .cause()
          .hasFieldOrPropertyWithValue("SQLState", "40001");
    } finally {
      threads.shutdown();
    }
    assertThat(ask("select count(distinct label) from item where label <> 'x'")).isEqualTo("1");
    assertThat(rows()).hasSize(3);
  }

  /** The failure of the boundary, null if it committed. */
  private Throwable lockInOrder(CountDownLatch bothHaveOne, int first, int second) {
    return catchThrowable(
        () ->
            host.withTransaction(
                () -> {
                  insert(first * 10);
                  Savepoint mine = host.tx().setSavepoint();
                  update("update item set label = 'by " + first + "' where id = " + first);
                  bothHaveOne.countDown();
                  bothHaveOne.await();
                  Throwable failure =
                      catchThrowable(
                          () ->
                              update(
                                  "update item set label = 'by "
                                      + first
                                      + "' where id = "
                                      + second));
                  if (failure != null) {
                    assertThat(catchThrowable(() -> host.tx().rollback(mine)))
                        .isInstanceOf(SQLException.class);
                  }
                }));
  }

  // state of the session

  @Test
  void theDeadlineOfOneTransactionIsNotTheSessionsAfterwards() throws Exception { // A18
    usePool(PoolOptions.defaults().size(1));
    host.withTransaction(OPTIONS.timeout(Duration.ofSeconds(5)), () -> insert(1));

    assertThat(ask(SESSION_TIMEOUT)).isEqualTo("0");
  }

  @Test
  void aStatementsTimeoutIsNotItsSiblingsNorTheSessionsAfterwards() throws Exception {
    usePool(PoolOptions.defaults().size(1));
    host.withTransaction(
        OPTIONS,
        () -> {
          try (Statement limited = host.tx().createStatement()) {
            isLimited(limited);
            assertThat(ask(SESSION_TIMEOUT)).as("its sibling's").isEqualTo("0");
            isLimited(limited);
          }
        });
    assertThat(ask(SESSION_TIMEOUT)).as("the next one's").isEqualTo("0");
  }

  @Test
  void aStatementsTimeoutOutsideOfATransactionIsNotTheSessionsAfterwards() throws Exception {
    usePool(PoolOptions.defaults().size(1));
    try (Connection connection = host.tx();
        Statement limited = connection.createStatement()) {
      isLimited(limited);
    }
    assertThat(ask(SESSION_TIMEOUT)).isEqualTo("0");
  }

  private static void isLimited(Statement limited) throws SQLException {
    limited.setQueryTimeout(7);
    assertThat(limited.getQueryTimeout()).isEqualTo(7);
    for (int again = 0; again < 2; again++) {
      try (ResultSet result = limited.executeQuery(SESSION_TIMEOUT)) {
        result.next();
        assertThat(result.getString(1)).isEqualTo("7000");
      }
    }
    assertThatThrownBy(() -> limited.setQueryTimeout(-1)).isInstanceOf(SQLException.class);
    assertThat(limited.getQueryTimeout()).isEqualTo(7);
  }

  @Test
  void isolationIsTheSessionsInsideOnlyAlsoWithANestedBlock() throws Exception { // A4
    usePool(PoolOptions.defaults().size(1).autoCommit(false));
    host.withTransaction(
        OPTIONS.isolation(Isolation.SNAPSHOT),
        () -> {
          insert(1);
          host.withTransaction(Propagation.NESTED, () -> insert(2));
          assertThat(ask(database.isolationQuery())).isEqualTo("SNAPSHOT");
        });

    try (Connection next = pool.getConnection()) {
      assertThat(next.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aConnectionThatWasThrownAwayIsNotHandedOutAgain() throws Exception { // A12
    pool.close();
    com.zaxxer.hikari.HikariDataSource hikari = new com.zaxxer.hikari.HikariDataSource();
    hikari.setDataSource(database.dataSource());
    hikari.setMaximumPoolSize(1);
    try (hikari) {
      use(hikari);
      recorder.failNext(
          io.txhost.test.RecordingDataSource.Call.ROLLBACK, new SQLException("lost", "08006"));
      assertThat(
              catchThrowable(
                  () ->
                      host.withTransaction(
                          () -> {
                            insert(1);
                            throw new IllegalStateException("user");
                          })))
          .isInstanceOf(IllegalStateException.class);

      host.withTransaction(() -> insert(2));
    }
    assertThat(rows()).containsExactly(2);
  }

  @Test
  void aLargeParameterOfAQueryIsNoWriteInAReadOnlyTransaction() throws Exception {
    host.<Void, Exception>withTransaction(
        TransactionOptions.defaults().readOnly(true),
        () -> {
          try (PreparedStatement select = host.tx().prepareStatement("select cast(? as blob)")) {
            select.setBlob(1, new ByteArrayInputStream(new byte[] {1, 2}));
            try (ResultSet rows = select.executeQuery()) {
              assertThat(rows.next()).isTrue();
              assertThat(rows.getBlob(1).length()).isEqualTo(2);
            }
          }
          return null;
        });
  }

  @Test
  void aStreamThatIsClosedAndWrittenToLosesNothing() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          Writer writer = host.tx().createClob().setCharacterStream(1);
          writer.write("x");
          writer.close();
          assertThat(catchThrowable(() -> writer.write("y"))).isInstanceOf(IOException.class);
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }
}
