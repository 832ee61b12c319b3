package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.txhost.CannotBeginTransactionException;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Isolation;
import io.txhost.PoolDeadlockException;
import io.txhost.Propagation;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.UnexpectedRollbackException;
import io.txhost.tck.PoolOptions;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What connections and statements inside a transaction do, beyond the shared contract, on every
 * database.
 */
abstract class StatementsInside extends JdbcFixture {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();

  // the objects are ours, all the way round

  @Test
  void whateverIsReachedFromAStatementLeadsBackToOurConnection() throws Exception {
    host.withTransaction(
        () -> {
          Connection connection = host.tx();
          try (Statement statement = connection.createStatement();
              ResultSet result = statement.executeQuery("select 1");
              ResultSet tables = connection.getMetaData().getTables(null, null, "item", null)) {
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(result.getStatement()).isSameAs(statement);
            assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            assertThat(tables.getStatement()).isNull();
          }
        });
  }

  @Test
  void unwrapLeadsToTheDriversOwnObjects() throws Exception {
    Class<?> driver = driverConnection();
    host.withTransaction(
        () -> {
          assertThat(host.tx().isWrapperFor(driver)).isTrue();
          assertThat(host.tx().unwrap(driver)).isNotInstanceOf(GuardedConnection.class);
          assertThat(host.tx().unwrap(Connection.class)).isSameAs(host.tx());
          try (Statement statement = host.tx().createStatement()) {
            assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
          }
        });
  }

  abstract Class<? extends Connection> driverConnection();

  @Test
  void whatIsDoneOnTheDriversOwnConnectionIsCommittedAndRolledBackWithTheRest() throws Exception {
    host.withTransaction(() -> onTheDriversOwn("insert into item (id) values (1)"));
    assertThat(rows()).containsExactly(1);

    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          onTheDriversOwn("insert into item (id) values (2)");
                          throw new IllegalStateException("user");
                        })))
        .isInstanceOf(IllegalStateException.class);
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aNestedBlockUndoesAlsoWhatIsDoneOnADriversConnectionGotBeforeIt() throws Exception {
    host.withTransaction(
        () -> {
          Connection drivers = host.tx().unwrap(driverConnection());
          assertThat(
                  catchThrowable(
                      () ->
                          host.withTransaction(
                              Propagation.NESTED,
                              () -> {
                                try (Statement statement = drivers.createStatement()) {
                                  statement.execute("insert into item (id) values (1)");
                                }
                                throw new IllegalStateException("user");
                              })))
              .isInstanceOf(IllegalStateException.class);
          insert(2);
        });

    assertThat(rows()).containsExactly(2);
  }

  private void onTheDriversOwn(String sql) throws SQLException {
    try (Statement statement = host.tx().unwrap(driverConnection()).createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void everyWayToExecuteRunsInTheTransaction() throws Exception {
    String sql = "insert into item (id) values (?)";
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          Connection connection = host.tx();
                          try (Statement plain = connection.createStatement();
                              PreparedStatement prepared = connection.prepareStatement(sql);
                              CallableStatement callable = connection.prepareCall(sql)) {
                            plain.execute("insert into item (id) values (1)");
                            plain.executeUpdate("insert into item (id) values (2)");
                            plain.executeLargeUpdate("insert into item (id) values (3)");
                            plain.addBatch("insert into item (id) values (4)");
                            plain.addBatch("insert into item (id) values (5)");
                            assertThat(plain.executeBatch()).containsExactly(1, 1);
                            assertThat(plain.executeBatch()).isEmpty();
                            prepared.setInt(1, 6);
                            prepared.execute();
                            prepared.setInt(1, 7);
                            prepared.executeUpdate();
                            for (int id = 8; id <= 9; id++) {
                              prepared.setInt(1, id);
                              prepared.addBatch();
                            }
                            assertThat(prepared.executeBatch()).containsExactly(1, 1);
                            callable.setInt(1, 10);
                            callable.execute();
                          }
                          assertThat(ask("select count(*) from item")).isEqualTo("10");
                          throw new IllegalStateException("user");
                        })))
        .isInstanceOf(IllegalStateException.class);
    assertThat(rows()).isEmpty();
  }

  @Test
  void generatedKeysAndMetadataComeThrough() throws Exception {
    host.withTransaction(
        () -> {
          try (PreparedStatement insert =
              host.tx()
                  .prepareStatement(
                      "insert into item (id) values (?)", new String[] {keyColumn()})) {
            assertThat(insert.getParameterMetaData().getParameterCount()).isEqualTo(1);
            insert.setInt(1, 7);
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
              assertThat(keys.next()).isTrue();
              assertThat(keys.getInt(1)).isEqualTo(7);
            }
          }
          DatabaseMetaData metaData = host.tx().getMetaData();
          assertThat(metaData.getDatabaseProductName()).isNotBlank();
          assertThat(metaData.getSQLKeywords()).isNotNull();
          try (ResultSet columns = metaData.getColumns(null, null, tableName(), null)) {
            assertThat(columns.next()).isTrue();
          }
        });
    assertThat(rows()).containsExactly(7);
  }

  String keyColumn() {
    return "id";
  }

  String tableName() {
    return "item";
  }

  @Test
  void isolationHoldsAlsoWhereMetadataIsAskedForFirst() throws Exception {
    String inForce =
        host.withTransaction(
            OPTIONS.isolation(Isolation.SERIALIZABLE),
            () -> {
              host.tx().prepareStatement("select 1").close();
              assertThat(host.tx().isValid(30)).isTrue();
              host.tx().getMetaData().getTables(null, null, "x", null).close();
              host.tx().getSchema();
              Array array = host.tx().createArrayOf("varchar", new Object[] {"x"});
              assertThat(array).isNotNull();
              return ask(database.isolationQuery());
            });

    assertThat(inForce).isEqualTo(database.reported(Isolation.SERIALIZABLE));
  }

  @ParameterizedTest
  @EnumSource
  void theConnectionTellsItsIsolationWithoutTakingOne(Isolation isolation) throws Exception {
    host.withTransaction(() -> ask("select 1"));
    recorder.clear();
    host.withTransaction(
        OPTIONS.isolation(isolation).readOnly(true),
        () -> {
          int told = host.tx().getTransactionIsolation();
          assertThat(Levels.of(told)).isEqualTo(expectedLevel(isolation));
          assertThat(host.tx().isReadOnly()).isTrue();
          assertThat(host.tx().getAutoCommit()).isFalse();
          assertThat(host.tx().isValid(30)).isTrue();
        });

    assertThat(recorder.connectionsTaken()).isZero();
  }

  abstract Isolation expectedLevel(Isolation asked);

  // the user's own savepoints

  @Test
  void aSavepointOfTheUsersOwnUndoesAFailureAndTheTransactionCommits() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          Savepoint mine = host.tx().setSavepoint();
          assertThat(catchThrowable(() -> insert(1))).isInstanceOf(SQLException.class);
          host.tx().rollback(mine);
          insert(2);
        });

    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN", "SQL", "SAVEPOINT", "SQL failed", "ROLLBACK TO", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aNamedSavepointOfTheUsersOwnIsReleased() throws Exception {
    host.withTransaction(
        () -> {
          Savepoint mine = host.tx().setSavepoint("mine");
          assertThat(mine.getSavepointName()).isEqualTo("mine");
          insert(1);
          host.tx().releaseSavepoint(mine);
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aUsersSavepointInsideANestedBlockComesAfterTheBlocksOwn() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(
                  catchThrowable(
                      () ->
                          host.withTransaction(
                              Propagation.NESTED,
                              () -> {
                                Savepoint mine = host.tx().setSavepoint();
                                insert(2);
                                host.tx().releaseSavepoint(mine);
                                throw new IllegalStateException("user");
                              })))
              .isInstanceOf(IllegalStateException.class);
        });

    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN",
            "SQL",
            "SAVEPOINT",
            "SAVEPOINT",
            "SQL",
            "RELEASE",
            "ROLLBACK TO",
            "COMMIT",
            "CLOSE");
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void manyUndoneBlocksAreReleasedTogetherAndTakeNoSavepointOfTheUsersAlong() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          undoBlocks(10);
          Savepoint mine = host.tx().setSavepoint();
          insert(2);
          undoBlocks(40);
          host.tx().rollback(mine);
          insert(3);
        });

    assertThat(recorder.transcript()).containsOnlyOnce("COMMIT");
    assertThat(recorder.transcript().stream().filter("RELEASE"::equals)).hasSize(2);
    assertThat(rows()).containsExactly(1, 3);
  }

  private void undoBlocks(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(
              catchThrowable(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            insert(99);
                            throw new IllegalStateException("user");
                          })))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void nestedBlocksThatEndedBeforeTheFirstStatementAreNotSentWithIt() throws Exception { // A15
    host.withTransaction(
        () -> {
          host.withTransaction(Propagation.NESTED, host::tx);
          assertThat(
                  catchThrowable(
                      () ->
                          host.withTransaction(
                              Propagation.NESTED,
                              () -> {
                                throw new IllegalStateException("user");
                              })))
              .isNotNull();
          insert(1);
        });

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE");
  }

  @Test
  void aSavepointThatCannotBeSetAtOnceForAnEscapedConnectionIsForgotten() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          host.tx().unwrap(driverConnection());
          recorder.failNext(Call.SAVEPOINT, new SQLException("no", "0A000"));
          assertThat(
                  catchThrowable(() -> host.withTransaction(Propagation.NESTED, () -> insert(2))))
              .hasMessageStartingWith("TXH-508");
          insert(3);
        });

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "SAVEPOINT failed", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 3);
  }

  @Test
  void anErrorOfTheDriverLosesTheTransaction() throws Exception {
    recorder.beforeNext(
        Call.SQL,
        () -> {
          throw new OutOfMemoryError("driver");
        });

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        assertThat(catchThrowable(() -> insert(1)))
                            .isInstanceOf(OutOfMemoryError.class)))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsSentAfterWhatNobodyExpectedOfTheDriverNotEvenARollback(Unexpected kind)
      throws Exception {
    usePool(PoolOptions.defaults().size(1));
    Throwable thrown = breakNext(Call.SQL, kind);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      assertThat(catchThrowable(() -> insert(1))).isSameAs(thrown);
                      assertThat(catchThrowable(() -> insert(2)))
                          .isInstanceOf(TransactionException.class)
                          .hasMessageStartingWith("TXH-504")
                          .hasCause(thrown);
                      assertThat(catchThrowable(() -> host.tx().prepareStatement("select 1")))
                          .hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(thrown);

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL failed", "ABORT");
    assertTheNextBorrowerWorks();
  }

  @ParameterizedTest
  @EnumSource
  void whatNobodyExpectedOfTheDriverLeavesTheBoundaryUnchanged(Unexpected kind) throws Exception {
    usePool(PoolOptions.defaults().size(1));
    AtomicReference<Throwable> thrown = new AtomicReference<>();

    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          thrown.set(breakNext(Call.SQL, kind));
                          insert(2);
                        })))
        .isSameAs(thrown.get());

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "SQL failed", "ABORT");
    assertTheNextBorrowerWorks();
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatMetItWhileItWasPreparedIsThrownAway(Unexpected kind) throws Exception {
    usePool(PoolOptions.defaults().size(1));
    Throwable thrown = breakNext(Call.SET_AUTO_COMMIT, kind);

    assertThat(catchThrowable(() -> host.withTransaction(() -> insert(1)))).isSameAs(thrown);

    assertThat(recorder.transcript()).containsExactly("ABORT");
    assertTheNextBorrowerWorks();
  }

  /** What is sent before the first statement is the isolation, where it is not the driver's. */
  @ParameterizedTest
  @EnumSource
  void norIsAnythingSentAfterABeginThatMetIt(Unexpected kind) throws Exception {
    usePool(PoolOptions.defaults().size(1));
    AtomicReference<Throwable> thrown = new AtomicReference<>();

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    OPTIONS.isolation(Isolation.SERIALIZABLE),
                    () -> {
                      Statement statement = host.tx().createStatement();
                      boolean isSentFirst = !recorder.transcript().contains("SET");
                      thrown.set(breakNext(isSentFirst ? Call.SET : Call.SQL, kind));
                      assertThat(catchThrowable(() -> statement.execute("select 1")))
                          .isSameAs(thrown.get());
                      assertThat(catchThrowable(() -> insert(2)))
                          .hasMessageStartingWith("TXH-504")
                          .hasCause(thrown.get());
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(recorder.transcript())
        .endsWith("ABORT")
        .containsAnyOf("SET failed", "SQL failed")
        .doesNotContain("SQL", "ROLLBACK", "COMMIT", "CLOSE");
    assertTheNextBorrowerWorks();
  }

  @ParameterizedTest
  @MethodSource("aroundABlock")
  void norIsAnythingSentAfterASavepointThatMetIt(Call failing, Unexpected kind) throws Exception {
    usePool(PoolOptions.defaults().size(1));
    Throwable thrown = breakNext(failing, kind);
    IllegalStateException users = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      Throwable out =
                          catchThrowable(
                              () ->
                                  host.withTransaction(
                                      Propagation.NESTED,
                                      () -> {
                                        insert(2);
                                        if (failing == Call.ROLLBACK_TO) {
                                          throw users;
                                        }
                                      }));
                      assertThat(out).isSameAs(failing == Call.ROLLBACK_TO ? users : thrown);
                      assertThat(catchThrowable(() -> insert(3)))
                          .isInstanceOf(TransactionException.class)
                          .hasCause(thrown);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(recorder.transcript())
        .startsWith("BEGIN", "SQL")
        .endsWith(failing.name().replace('_', ' ') + " failed", "ABORT")
        .doesNotContain("ROLLBACK", "COMMIT", "CLOSE");
    assertTheNextBorrowerWorks();
  }

  static Stream<Arguments> aroundABlock() {
    return Stream.of(Call.SAVEPOINT, Call.ROLLBACK_TO, Call.RELEASE)
        .flatMap(
            call ->
                Stream.of(Unexpected.values()).map(unexpected -> Arguments.of(call, unexpected)));
  }

  @ParameterizedTest
  @EnumSource
  void norAfterTheSavepointThatABlockSetsAtOnceForAnEscapedConnection(Unexpected kind)
      throws Exception {
    usePool(PoolOptions.defaults().size(1));
    Throwable thrown = breakNext(Call.SAVEPOINT, kind);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      host.tx().unwrap(driverConnection());
                      assertThat(
                              catchThrowable(
                                  () -> host.withTransaction(Propagation.NESTED, () -> insert(2))))
                          .isSameAs(thrown);
                      assertThat(catchThrowable(() -> insert(3))).hasCause(thrown);
                      assertThat(
                              catchThrowable(
                                  () -> host.withTransaction(Propagation.NESTED, () -> insert(4))))
                          .isNotNull();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "SAVEPOINT failed", "ABORT");
    assertTheNextBorrowerWorks();
  }

  @ParameterizedTest
  @EnumSource
  void aSavepointOfTheUsersOwnBringsNothingBackThen(Unexpected kind) throws Exception {
    usePool(PoolOptions.defaults().size(1));

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      Savepoint early = host.tx().setSavepoint();
                      Savepoint late = host.tx().setSavepoint();
                      Throwable thrown = breakNext(Call.ROLLBACK_TO, kind);
                      assertThat(catchThrowable(() -> host.tx().rollback(late))).isSameAs(thrown);
                      assertThat(catchThrowable(() -> host.tx().rollback(early)))
                          .hasMessageStartingWith("TXH-504")
                          .hasCause(thrown);
                      assertThat(catchThrowable(() -> host.tx().releaseSavepoint(early)))
                          .hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SAVEPOINT", "SAVEPOINT", "ROLLBACK TO failed", "ABORT");
    assertTheNextBorrowerWorks();
  }

  @ParameterizedTest
  @EnumSource
  void aBlockInWhichItWasSwallowedIsNeitherReleasedNorUndone(Unexpected kind) throws Exception {
    usePool(PoolOptions.defaults().size(1));

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      host.tx().unwrap(driverConnection());
                      assertThat(
                              catchThrowable(
                                  () ->
                                      host.withTransaction(
                                          Propagation.NESTED,
                                          () -> {
                                            Throwable thrown = breakNext(Call.SQL, kind);
                                            assertThat(catchThrowable(() -> insert(2)))
                                                .isSameAs(thrown);
                                          })))
                          .isNotNull();
                      assertThat(
                              catchThrowable(
                                  () -> host.withTransaction(Propagation.NESTED, () -> insert(3))))
                          .isNotNull();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "SAVEPOINT", "SQL failed", "ABORT");
    assertTheNextBorrowerWorks();
  }

  private void assertTheNextBorrowerWorks() throws Exception {
    assertThat(recorder.connectionsOut()).isZero();
    assertThat(pool.connectionsOut()).isZero();
    host.withTransaction(() -> insert(9));
    assertThat(rows()).containsExactly(9);
  }

  @ParameterizedTest
  @EnumSource(names = {"COMMIT", "ROLLBACK", "SET_AUTO_COMMIT", "CLOSE"})
  void anErrorOnTheWayOutLeavesNoConnectionOut(Call failing) throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          recorder.beforeNext(
                              failing,
                              () -> {
                                throw new OutOfMemoryError("driver");
                              });
                          if (failing == Call.ROLLBACK) {
                            throw new IllegalStateException("user");
                          }
                        })))
        .isNotNull();

    assertThat(recorder.connectionsOut()).isZero();
    host.withTransaction(() -> insert(2));
    assertThat(rows()).contains(2);
  }

  @Test
  void aSavepointThatCannotBeSetLosesNothingThatWasBefore() throws Exception {
    recorder.failNext(Call.SAVEPOINT, new SQLException("no", "0A000"));
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(
                  catchThrowable(() -> host.withTransaction(Propagation.NESTED, () -> insert(2))))
              .isInstanceOf(SQLException.class);
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aBlockThatCannotBeUndoneLosesTheWholeTransaction() throws Exception {
    recorder.failNext(Call.ROLLBACK_TO, new SQLException("no such savepoint", "3B001"));

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      undoBlocks(1);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).isEmpty();
  }

  // after the end

  @Test
  void whatWasKeptRefusesAfterTheEndAndSaysOfWhichTransactionItIs() throws Exception {
    List<Runnable> uses = new ArrayList<>();
    List<AutoCloseable> kept = new ArrayList<>();
    host.withTransaction(
        OPTIONS.name("orders.place"),
        () -> {
          Connection connection = host.tx();
          PreparedStatement statement = connection.prepareStatement("select 1");
          ResultSet result = statement.executeQuery();
          kept.addAll(List.of(result, statement, connection));
          uses.add(() -> unchecked(connection::createStatement));
          uses.add(() -> unchecked(() -> connection.prepareStatement("select 1")));
          uses.add(() -> unchecked(connection::getAutoCommit));
          uses.add(
              () -> unchecked(() -> connection.getMetaData().getTables(null, null, "x", null)));
          uses.add(() -> unchecked(connection::setSavepoint));
          uses.add(() -> unchecked(() -> connection.unwrap(driverConnection())));
          uses.add(() -> unchecked(() -> connection.setAutoCommit(false)));
          uses.add(() -> unchecked(statement::executeQuery));
          uses.add(() -> unchecked(() -> statement.setMaxRows(1)));
          uses.add(() -> unchecked(result::next));
        });
    recorder.clear();

    for (Runnable use : uses) {
      assertThatThrownBy(use::run)
          .isInstanceOf(TransactionCompletedException.class)
          .hasMessageContaining("'orders.place'")
          .hasMessageContaining("host.tx()");
    }
    for (AutoCloseable each : kept) {
      each.close();
    }
    ((Connection) kept.get(2)).abort(Runnable::run); // nothing is left to abort, JDBC says
    assertThat(recorder.transcript()).isEmpty();
    assertThat(recorder.connectionsTaken()).isZero();
    assertThat(((Connection) kept.get(2)).isClosed()).isTrue();
    assertThat(((Connection) kept.get(2)).isValid(1)).isFalse();
    assertThat(((Statement) kept.get(1)).isClosed()).isTrue();
    assertThat(((ResultSet) kept.get(0)).isClosed()).isTrue();
  }

  private static void unchecked(SqlCall.Action action) {
    try {
      action.run();
    } catch (SQLException e) {
      throw new AssertionError("the driver was reached", e);
    }
  }

  @Test
  void closingTheConnectionEndsNothing() throws Exception {
    host.withTransaction(
        () -> {
          try (Connection connection = host.tx()) {
            insert(1);
            assertThat(connection.isClosed()).isFalse();
          }
          assertThat(host.tx().isClosed()).isFalse();
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  // failures on the way in and out

  @Test
  void aConnectionThatCannotBeHadIsNamedAndNoPasswordIs() {
    pool.close();

    assertThatThrownBy(() -> host.withTransaction(() -> insert(1)))
        .isInstanceOf(CannotBeginTransactionException.class)
        .hasCauseInstanceOf(SQLException.class)
        .hasMessageContaining("RecordingDataSource")
        .hasMessageNotContaining("password");
  }

  @Test
  void aPoolThatWaitsForItselfIsNamed() throws Exception {
    usePool(PoolOptions.defaults().size(1).connectionTimeout(Duration.ofSeconds(2)));

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      host.withTransaction(Propagation.REQUIRES_NEW, () -> insert(2));
                    }))
        .isInstanceOf(PoolDeadlockException.class)
        .hasMessageContaining("holds 1")
        .hasCauseInstanceOf(SQLException.class);

    assertThat(rows()).isEmpty();
    host.withTransaction(() -> insert(3));
    assertThat(rows()).containsExactly(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"SET_AUTO_COMMIT", "GET_CONNECTION"})
  void aFailureBeforeTheFirstStatementLeavesNothingOut(Call failing) throws Exception {
    recorder.failNext(failing, new SQLException("no", "08001"));

    assertThatThrownBy(() -> host.withTransaction(() -> insert(1)))
        .isInstanceOf(CannotBeginTransactionException.class);

    assertThat(recorder.connectionsOut()).isZero();
    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  @Test
  void aConnectionThatCannotBeReturnedChangesNoOutcome() throws Exception {
    recorder.failNext(Call.CLOSE, new SQLException("no", "08006"));

    host.withTransaction(() -> insert(1));

    assertThat(rows()).containsExactly(1);
    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void anUncheckedFailureOfTheCommitIsUnknownToo() throws Exception {
    recorder.beforeNext(
        Call.COMMIT,
        () -> {
          throw new IllegalStateException("driver");
        });

    assertThatThrownBy(() -> host.withTransaction(() -> insert(1)))
        .isInstanceOf(CommitOutcomeUnknownException.class)
        .hasCauseInstanceOf(IllegalStateException.class);

    host.withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  void anAnswerToTheCommitThatMeansARollbackIsReportedAsOne(Refusal refusal) throws Exception {
    SQLException answer = new SQLException("refused", refusal.state, refusal.code);
    recorder.failNext(Call.COMMIT, answer);

    TransactionCommitException failure =
        catchThrowableOfType(
            TransactionCommitException.class, () -> host.withTransaction(() -> insert(1)));

    assertThat(failure).isNotInstanceOf(CommitOutcomeUnknownException.class).hasCause(answer);
    assertThat(rows()).isEmpty();
  }

  enum Refusal {
    CONSTRAINT("23503", 0),
    SERIALIZATION("40001", 0),
    INTEGRITY("40002", 0),
    DEADLOCK("40P01", 0),
    FAILED("25P02", 0),
    MARIA_DB("HY000", 1213);

    final String state;
    final int code;

    Refusal(String state, int code) {
      this.state = state;
      this.code = code;
    }
  }

  @ParameterizedTest
  @EnumSource(NoAnswer.class)
  void anythingElseThatTheCommitMeetsIsUnknown(NoAnswer noAnswer) throws Exception {
    recorder.loseAnswerOfNext(Call.COMMIT, new SQLException("lost", noAnswer.state));

    assertThatThrownBy(() -> host.withTransaction(() -> insert(1)))
        .isInstanceOf(CommitOutcomeUnknownException.class);

    assertThat(rows()).containsExactly(1);
  }

  enum NoAnswer {
    BROKEN("08006"),
    UNRESOLVED("08007"),
    NOT_KNOWN("40003"),
    SHUTDOWN("57P01"),
    NONE(null);

    final String state;

    NoAnswer(String state) {
      this.state = state;
    }
  }

  @Test
  void aDeadlockThatWasSwallowedSendsNothingMoreAndIsNoCommit() throws Exception { // A24
    SQLException deadlock = new SQLException("deadlock", "HY000", 1213);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      recorder.failNext(Call.SQL, deadlock);
                      assertThat(catchThrowable(() -> insert(2))).isSameAs(deadlock);
                      assertThat(catchThrowable(() -> insert(3)))
                          .isInstanceOf(TransactionException.class)
                          .hasMessageStartingWith("TXH-504")
                          .hasCause(deadlock);
                      assertThat(catchThrowable(() -> host.tx().prepareStatement("select 1")))
                          .hasMessageStartingWith("TXH-504");
                      assertThat(catchThrowable(() -> host.tx().setSavepoint()))
                          .hasMessageStartingWith("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(deadlock);

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "SQL failed", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test
  void aTextualCommitIsNotSent() throws Exception { // A24
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      update("insert into item (id) values (2); commit");
                    }))
        .isInstanceOf(SQLException.class)
        .hasCauseInstanceOf(TransactionException.class)
        .hasMessageStartingWith("TXH-503")
        .hasMessageNotContaining("insert");

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test
  void aTextualCommitInANestedBlockIsUndoneWithIt() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          assertThat(
                  catchThrowable(
                      () -> host.withTransaction(Propagation.NESTED, () -> update("commit"))))
              .isInstanceOf(SQLException.class);
          insert(2);
        });

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  // timeouts

  @Test
  void theUsersShorterTimeoutIsKeptAndALongerOneComesBack() throws Exception {
    host.withTransaction(
        OPTIONS.timeout(Duration.ofSeconds(30)),
        () -> {
          try (Statement statement = host.tx().createStatement()) {
            statement.setQueryTimeout(5);
            statement.executeQuery("select 1").close();
            assertThat(statement.getQueryTimeout()).isEqualTo(5);
            statement.setQueryTimeout(100);
            statement.executeQuery("select 1").close();
            assertThat(statement.getQueryTimeout()).isEqualTo(100);
            statement.setQueryTimeout(0);
            statement.executeQuery("select 1").close();
            assertThat(statement.getQueryTimeout()).isZero();
          }
        });
  }

  @Test
  void theUsersShorterTimeoutStrikesAndIsNotTakenForTheDeadline() throws Exception {
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () ->
                host.withTransaction(
                    OPTIONS.timeout(Duration.ofSeconds(30)),
                    () -> {
                      try (Statement statement = host.tx().createStatement()) {
                        statement.setQueryTimeout(1);
                        statement.executeQuery(database.slowQuery(Duration.ofSeconds(20))).next();
                      }
                    }));

    assertThat(SqlStates.isTimeout(failure)).isTrue();
    assertThat(failure.getSuppressed()).isEmpty();
  }

  // the data source for others

  @Test
  void aDataSourceForOthersJoinsInsideAndAutoCommitsOutsideWherePermitted() throws Exception {
    DataSource joining = JdbcAdapter.dataSource(host);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      try (Connection connection = joining.getConnection();
                          Statement statement = connection.createStatement()) {
                        assertThat(connection).isSameAs(host.tx());
                        statement.execute("insert into item (id) values (1)");
                      }
                      throw new IllegalStateException("user");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(rows()).isEmpty();

    host.withoutTransaction(
        () -> {
          try (Connection connection = joining.getConnection()) {
            Statement left = connection.createStatement();
            left.execute("insert into item (id) values (2)");
            assertThat(rows()).containsExactly(2);
          }
        });
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void theDataSourceForOthersHasNoUsersAndUnwrapsToThePool() throws Exception {
    DataSource joining = JdbcAdapter.dataSource(host);

    assertThatThrownBy(() -> joining.getConnection("sa", "secret"))
        .isInstanceOf(SQLException.class)
        .hasMessageStartingWith("TXH-506")
        .hasMessageNotContaining("secret");
    assertThat(joining.unwrap(recorder.getClass())).isSameAs(recorder);
    assertThat(joining.isWrapperFor(pool.unwrap(DataSource.class).getClass())).isTrue();
    assertThat(joining.unwrap(DataSource.class)).isSameAs(joining);
  }

  @Test
  void outsideWhereTheHostAllowsNoFallbackTheDataSourceRefusesToo() throws Exception {
    TransactionHost<Connection> strict =
        TransactionHost.builder(JdbcAdapter.over(recorder))
            .fallbackPolicy(io.txhost.FallbackPolicy.DENY)
            .build();

    assertThatThrownBy(() -> JdbcAdapter.dataSource(strict).getConnection())
        .isInstanceOf(TransactionException.class);
  }
}
