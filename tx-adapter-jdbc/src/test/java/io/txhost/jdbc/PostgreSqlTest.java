package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.TransactionalCallable;
import io.txhost.UnexpectedRollbackException;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.RecordingDataSource.Call;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** What only PostgreSQL shows. */
class PostgreSqlTest extends JdbcFixture {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();

  @Override
  Database openDatabase() throws SQLException {
    return Database.postgres();
  }

  // lost transactions

  @Test
  void aFailureWhileRowsAreFetchedLosesTheTransaction() throws Exception { // A24
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThat(catchThrowable(this::failWhileFetching))
                          .isInstanceOf(SQLException.class);
                      assertThat(catchThrowable(() -> insert(2))).hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCauseInstanceOf(SQLException.class);

    assertThat(rows()).isEmpty();
  }

  private void failWhileFetching() throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.setFetchSize(10);
      ResultSet result =
          statement.executeQuery("select 1 / (50 - n) from generate_series(1, 100) n");
      while (result.next()) {
        assertThat(result.getInt(1)).isNotNegative();
      }
    }
  }

  /** The server is left in the midst of a message: it waits for the rest of it. */
  @Test
  void aParameterThatFailsWhileItIsReadKeepsNothingAndTheNextTransactionNeedNotWait()
      throws Exception {
    useOneConnectionAndATableOfStreams();
    RuntimeException users = new IllegalStateException("user's stream");

    promptly(
        () -> {
          assertThat(
                  catchThrowable(
                      () ->
                          host.withTransaction(
                              () -> {
                                insert(1);
                                insertStream(failingAfter(10, users));
                              })))
              .isSameAs(users);
          assertThat(pool.connectionsOut()).isZero();
          host.withTransaction(OPTIONS.timeout(Duration.ofSeconds(10)), () -> insert(2));
        });

    assertThat(rows()).containsExactly(2);
    assertThat(ask("select count(*) from streamed")).isEqualTo("0");
  }

  @Test
  void norNeedItWaitWhereTheFailureWasSwallowedWithRowsStillToBeRead() throws Exception {
    useOneConnectionAndATableOfStreams();
    RuntimeException users = new IllegalStateException("user's stream");

    promptly(
        () -> {
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          () -> {
                            Statement statement = host.tx().createStatement();
                            statement.setFetchSize(10);
                            ResultSet rows =
                                statement.executeQuery("select * from generate_series(1, 1000)");
                            assertThat(rows.next()).isTrue();
                            assertThat(catchThrowable(() -> insertStream(failingAfter(10, users))))
                                .isSameAs(users);
                            assertThat(catchThrowable(() -> drain(rows)))
                                .hasMessageStartingWith("TXH-504")
                                .hasCause(users);
                            rows.close();
                            statement.close();
                          }))
              .isInstanceOf(UnexpectedRollbackException.class)
              .hasCause(users);
          assertThat(pool.connectionsOut()).isZero();
          host.withTransaction(OPTIONS.timeout(Duration.ofSeconds(10)), () -> insert(2));
        });

    assertThat(rows()).containsExactly(2);
  }

  /** A stream that reads out of another transaction, whose deadline passes, throws one of ours. */
  @Test
  void norWhereTheParametersFailureIsAnotherTransactions() throws Exception {
    useOneConnectionAndATableOfStreams();
    RuntimeException anothers = new TransactionTimedOutException("another's", null);

    promptly(
        () -> {
          assertThat(
                  catchThrowable(
                      () -> host.withTransaction(() -> insertStream(failingAfter(10, anothers)))))
              .isSameAs(anothers);
          host.withTransaction(OPTIONS.timeout(Duration.ofSeconds(10)), () -> insert(2));
          assertThat(
                  catchThrowable(
                      () ->
                          host.withoutTransaction(() -> insertStream(failingAfter(10, anothers)))))
              .isSameAs(anothers);
          host.withTransaction(OPTIONS.timeout(Duration.ofSeconds(10)), () -> insert(3));
        });

    assertThat(rows()).containsExactly(2, 3);
  }

  @Test
  void aParameterThatFailsOutsideATransactionLetsNobodyWaitEither() throws Exception {
    useOneConnectionAndATableOfStreams();
    RuntimeException users = new IllegalStateException("user's stream");

    promptly(
        () -> {
          assertThat(
                  catchThrowable(
                      () -> host.withoutTransaction(() -> insertStream(failingAfter(10, users)))))
              .isSameAs(users);
          assertThat(pool.connectionsOut()).isZero();
          host.withoutTransaction(() -> insert(1));
          host.withTransaction(OPTIONS.timeout(Duration.ofSeconds(10)), () -> insert(2));
        });

    assertThat(rows()).containsExactly(1, 2);
    assertThat(ask("select count(*) from streamed")).isEqualTo("0");
  }

  private void useOneConnectionAndATableOfStreams() throws SQLException {
    outside("drop table if exists streamed");
    outside("create table streamed (content bytea)");
    usePool(PoolOptions.defaults().size(1));
  }

  /** On a thread that is left alone if it does not come back: nothing ends a read of a socket. */
  private static void promptly(Executable work) {
    assertTimeoutPreemptively(Duration.ofSeconds(40), work);
  }

  private void insertStream(InputStream content) throws SQLException {
    try (PreparedStatement insert = host.tx().prepareStatement("insert into streamed values (?)")) {
      insert.setBinaryStream(1, content, 1_000);
      insert.executeUpdate();
    }
  }

  private static InputStream failingAfter(int bytes, RuntimeException failure) {
    return new InputStream() {
      private int read;

      @Override
      public int read() {
        if (read++ < bytes) {
          return 'x';
        }
        throw failure;
      }
    };
  }

  @Test
  void aFailedFetchInANestedBlockOfAQueryBegunOutsideItLosesTheWhole() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      try (Statement statement = host.tx().createStatement()) {
                        statement.setFetchSize(10);
                        ResultSet result =
                            statement.executeQuery(
                                "select 1 / (50 - n) from generate_series(1, 100) n");
                        assertThat(
                                catchThrowable(
                                    () ->
                                        host.withTransaction(
                                            Propagation.NESTED, () -> drain(result))))
                            .isInstanceOf(SQLException.class);
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).isEmpty();
  }

  private static void drain(ResultSet result) throws SQLException {
    while (result.next()) {
      assertThat(result.getInt(1)).isNotNegative();
    }
  }

  @Test
  void aFailureOnTheDriversOwnConnectionIsNoCommitAlthoughNobodySawIt() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      Connection drivers = host.tx().unwrap(org.postgresql.jdbc.PgConnection.class);
                      try (Statement statement = drivers.createStatement()) {
                        assertThat(catchThrowable(() -> statement.execute("select nothing")))
                            .isNotNull();
                      }
                    }))
        .isInstanceOf(TransactionException.class);

    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  @Test
  void aCommitOnTheDriversOwnConnectionIsNoticed() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      host.tx().unwrap(org.postgresql.jdbc.PgConnection.class).commit();
                    }))
        .isInstanceOf(CommitOutcomeUnknownException.class);

    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void whereTheDriversStateIsOutOfReachAnyAnswerOfTheServerLosesTheTransaction() throws Exception {
    use(new Opaque(database.dataSource()));
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThat(catchThrowable(() -> insert(1))).isInstanceOf(SQLException.class);
                      assertThat(catchThrowable(() -> insert(2))).hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);
    assertThat(rows()).isEmpty();

    host.withTransaction(
        () -> {
          insert(1);
          try (PreparedStatement statement =
              host.tx().prepareStatement("insert into item (id) values (?)")) {
            assertThat(catchThrowable(statement::execute)).isInstanceOf(SQLException.class);
          }
        });
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aFailedDescriptionOfAStatementLosesTheTransaction() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      try (PreparedStatement statement =
                          host.tx().prepareStatement("select ? from nowhere")) {
                        assertThat(catchThrowable(statement::getParameterMetaData)).isNotNull();
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void aSavepointOfTheUsersOwnBringsALostTransactionBack() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          Savepoint mine = host.tx().setSavepoint("mine");
          assertThat(catchThrowable(() -> insert(1))).isInstanceOf(SQLException.class);
          assertThat(catchThrowable(() -> insert(2))).hasMessageStartingWith("TXH-504");
          assertThat(host.tx().isValid(30)).isTrue();
          host.tx().rollback(mine);
          insert(3);
        });

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test
  void emptyTextsAndCommentsLoseNothing() throws Exception {
    host.withTransaction(
        () -> {
          update("");
          update(";");
          update("-- nothing");
          insert(1);
          update("/* nothing */ ;");
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aCursorThatAFunctionReturnsIsOurs() throws Exception {
    outside(
        "create or replace function items() returns refcursor language plpgsql as"
            + " $$ declare c refcursor; begin open c for select 7; return c; end $$");
    host.withTransaction(
        () -> {
          try (var call = host.tx().prepareCall("{? = call items()}")) {
            call.registerOutParameter(1, Types.REF_CURSOR);
            call.execute();
            try (ResultSet cursor = (ResultSet) call.getObject(1)) {
              assertThat(cursor.getStatement()).isSameAs(call);
              assertThat(cursor.next()).isTrue();
            }
          }
        });
  }

  @Test
  void aChangedRowIsUndoneWithTheNestedBlockItWasChangedIn() throws Exception {
    outside("insert into item (id, label) values (1, 'before')");
    host.withTransaction(
        () -> {
          try (Statement statement =
                  host.tx()
                      .createStatement(
                          ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE);
              ResultSet row = statement.executeQuery("select id, label from item")) {
            row.next();
            assertThat(
                    catchThrowable(
                        () ->
                            host.withTransaction(
                                Propagation.NESTED,
                                () -> {
                                  row.updateString(2, "after");
                                  row.updateRow();
                                  throw new IllegalStateException("user");
                                })))
                .isInstanceOf(IllegalStateException.class);
          }
        });

    assertThat(ask("select label from item")).isEqualTo("before");
  }

  @Test
  void copyThroughTheDriversConnectionIsPartOfTheTransaction() throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          host.tx()
                              .unwrap(PGConnection.class)
                              .getCopyAPI()
                              .copyIn("copy item (id) from stdin", new StringReader("1\n2\n"));
                          assertThat(ask("select count(*) from item")).isEqualTo("2");
                          throw new IllegalStateException("user");
                        })))
        .isInstanceOf(IllegalStateException.class);

    assertThat(rows()).isEmpty();
  }

  // read-only

  @Test
  void readOnlyIsInForceAlsoWhereTheDriverIsToldToIgnoreIt() throws Exception { // A4
    PGSimpleDataSource server = database.dataSource().unwrap(PGSimpleDataSource.class);
    server.setReadOnlyMode("ignore");
    try {
      usePool(PoolOptions.defaults());
      assertThatThrownBy(() -> host.withTransaction(OPTIONS.readOnly(true), () -> insert(1)))
          .isInstanceOf(SQLException.class)
          .hasFieldOrPropertyWithValue("SQLState", "25006");
    } finally {
      server.setReadOnlyMode("transaction");
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void readOnlyIsNotUndoneByAStatement() throws Exception { // A4
    for (String sql :
        new String[] {"set transaction read write", "set transaction_read_only = off"}) {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      OPTIONS.readOnly(true),
                      () -> {
                        update(sql);
                        insert(1);
                      }))
          .isInstanceOf(SQLException.class)
          .hasMessageStartingWith("TXH-503");
    }

    assertThat(rows()).isEmpty();
  }

  @Test
  void readOnlyGoesBackAlsoWhereTheDriverKeepsItForTheSession() throws Exception { // A4
    PGSimpleDataSource server = database.dataSource().unwrap(PGSimpleDataSource.class);
    server.setReadOnlyMode("always");
    try {
      usePool(PoolOptions.defaults().size(1));
      assertThatThrownBy(() -> host.withTransaction(OPTIONS.readOnly(true), () -> insert(1)))
          .isInstanceOf(SQLException.class);
      host.withoutTransaction(() -> insert(2));
      host.withTransaction(() -> insert(3));
    } finally {
      server.setReadOnlyMode("transaction");
    }
    assertThat(rows()).containsExactly(2, 3);
  }

  // isolation

  @Test
  void thePoolsOwnIsolationCountsAsTheDefault() throws Exception { // B6
    HikariDataSource hikari = new HikariDataSource();
    hikari.setDataSource(database.dataSource());
    hikari.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
    try (hikari) {
      TransactionHost<Connection> strict = TransactionHost.create(JdbcAdapter.over(hikari));
      strict.withTransaction(
          () -> {
            assertThat(ask(strict.tx(), database.isolationQuery())).isEqualTo("serializable");
            assertThat(strict.tx().getTransactionIsolation())
                .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            strict.withTransaction(
                OPTIONS.isolation(Isolation.SERIALIZABLE), () -> ask(strict.tx(), "select 1"));
          });
    }
  }

  // connections that break

  @Test
  void aConnectionKilledInsideATransactionLosesItAndIsReplaced() throws Exception {
    usePool(PoolOptions.defaults().size(1));
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      kill(ask("select pg_backend_pid()"));
                      assertThat(catchThrowable(() -> insert(2))).isInstanceOf(SQLException.class);
                      assertThat(catchThrowable(() -> insert(3))).hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(4));
    assertThat(rows()).containsExactly(4);
  }

  @Test
  void aConnectionKilledBeforeTheCommitMakesItsOutcomeUnknown() throws Exception { // A13
    usePool(PoolOptions.defaults().size(1));
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      String pid = ask("select pg_backend_pid()");
                      recorder.beforeNext(Call.COMMIT, () -> kill(pid));
                    }))
        .isInstanceOf(CommitOutcomeUnknownException.class);

    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  @Test
  void aConnectionKilledBeforeTheRollbackLeavesTheUsersExceptionInFront() throws Exception { // A12
    usePool(PoolOptions.defaults().size(1));
    IllegalStateException fromUser = new IllegalStateException("user");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      kill(ask("select pg_backend_pid()"));
                      throw fromUser;
                    }))
        .isSameAs(fromUser)
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .satisfies(s -> assertThat(s).hasMessageStartingWith("TXH-507")));

    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  /** And waits until it is gone. */
  private void kill(String pid) {
    try (Connection connection = database.dataSource().getConnection()) {
      assertThat(ask(connection, "select pg_terminate_backend(" + pid + ", 60000)")).isEqualTo("t");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDeferredConstraintIsRefusedAtTheCommitAndTheConnectionIsFit() throws Exception { // A13
    usePool(PoolOptions.defaults().size(1));
    outside("drop table if exists claim");
    outside("create table claim (id integer unique deferrable initially deferred)");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      update("insert into claim values (1)");
                      update("insert into claim values (1)");
                    }))
        .isInstanceOf(TransactionCommitException.class)
        .isNotInstanceOf(CommitOutcomeUnknownException.class);

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "COMMIT failed", "ROLLBACK", "CLOSE");
    host.withTransaction(() -> insert(1));
    assertThat(rows()).containsExactly(1);
  }

  // what the driver hands out

  @Test
  void aLargeObjectKeptPastItsTransactionReachesNoOther() throws Exception {
    List<Blob> kept = new ArrayList<>();
    List<InputStream> stream = new ArrayList<>();
    try {
      host.<Void, SQLException>withoutTransaction(
          () -> execute("create table large (content oid)"));
      host.<Void, SQLException>withTransaction(
          () -> {
            try (PreparedStatement insert =
                host.tx().prepareStatement("insert into large values (?)")) {
              insert.setBlob(1, new ByteArrayInputStream(new byte[] {1, 2, 3}));
              insert.executeUpdate();
            }
            return null;
          });
      host.<Void, Exception>withTransaction(
          () -> {
            Blob blob = large();
            assertThat(blob.getBytes(1, 3)).containsExactly(1, 2, 3);
            kept.add(blob);
            stream.add(blob.getBinaryStream());
            return null;
          });
      host.<Void, Exception>withTransaction(
          () -> {
            assertThatThrownBy(() -> kept.get(0).setBytes(1, new byte[] {9}))
                .isInstanceOf(TransactionCompletedException.class);
            assertThatThrownBy(() -> stream.get(0).read())
                .isInstanceOf(TransactionCompletedException.class);
            stream.get(0).close();
            kept.get(0).free();
            assertThat(large().getBytes(1, 3)).containsExactly(1, 2, 3);
            try (OutputStream out = large().setBinaryStream(1)) {
              out.write(7);
            }
            return null;
          });
      host.<Void, SQLException>withTransaction(
          () -> {
            assertThat(large().getBytes(1, 3)).containsExactly(7, 2, 3);
            return null;
          });
    } finally {
      host.<Void, SQLException>withoutTransaction(() -> execute("drop table if exists large"));
    }
  }

  private Blob large() throws SQLException {
    try (Statement statement = host.tx().createStatement();
        ResultSet rows = statement.executeQuery("select content from large")) {
      assertThat(rows.next()).isTrue();
      return rows.getBlob(1);
    }
  }

  private Void execute(String sql) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.execute(sql);
    }
    return null;
  }

  @Test
  void whatIsFilledBeforeTheFirstStatementLosesNothingAndComesAfterTheIsolation() throws Exception {
    TransactionOptions serializable = OPTIONS.isolation(Isolation.SERIALIZABLE);
    host.<Void, Exception>withTransaction(
        serializable,
        () -> {
          SQLXML xml = host.tx().createSQLXML();
          xml.setString("<a/>");
          try (PreparedStatement select = host.tx().prepareStatement("select ?::xml, ?::int[]")) {
            select.setSQLXML(1, xml);
            select.setArray(2, host.tx().createArrayOf("int4", new Object[] {1}));
            select.executeQuery().close();
          }
          try (Statement statement = host.tx().createStatement();
              ResultSet rows = statement.executeQuery("show transaction isolation level")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("serializable");
          }
          return null;
        });
  }

  @Test
  void aLargeObjectIsAWriteToARaceToo() throws Exception { // D11
    TransactionalCallable<String, Exception> loser =
        () -> {
          PreparedStatement insert = host.tx().prepareStatement("select ?");
          insert.setBlob(1, new ByteArrayInputStream(new byte[] {1}));
          throw new SQLException("out of the race");
        };
    assertThatThrownBy(
            () -> host.<Object, Exception>withTransaction(() -> host.anyInParallel(List.of(loser))))
        .hasMessage("out of the race");
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      assertThatThrownBy(() -> host.anyInParallel(List.of(loser)))
                          .hasMessage("out of the race");
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageContaining("TXH-125");
  }
}
