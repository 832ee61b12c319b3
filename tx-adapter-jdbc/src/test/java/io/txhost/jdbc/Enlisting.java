package io.txhost.jdbc;

import static io.txhost.Propagation.NESTED;
import static io.txhost.Propagation.REQUIRES_NEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.txhost.DetachedTransactionException;
import io.txhost.FallbackPolicy;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.UnexpectedRollbackException;
import io.txhost.context.Context;
import io.txhost.tck.PoolOptions;
import io.txhost.test.NoOpAdapter;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A library that demarcates by itself, on a host's enlisting data source. Issue 12, point 6. */
abstract class Enlisting extends JdbcFixture {
  private DataSource enlisting;

  @BeforeEach
  void openTheDataSource() throws Exception {
    enlisting = JdbcAdapter.enlistingDataSource(host);
  }

  /** Work as a library does it. */
  private interface Work {
    void on(Connection connection) throws SQLException;
  }

  /** As most libraries do: auto-commit off and, in the end, as it was. */
  private void asALibrary(Work work) throws SQLException {
    try (Connection connection = enlisting.getConnection()) {
      boolean was = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        work.on(connection);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(was);
      }
    }
  }

  private static void insert(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("insert into item (id, label) values (" + id + ", 'library')");
    }
  }

  private static final class Oops extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static void fail() {
    throw new Oops();
  }

  // ---- inside

  @Test
  void whatALibraryCommittedIsGoneWithTheTransaction() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      asALibrary(connection -> insert(connection, 2));
                      fail();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).isEmpty();
    assertThat(recorder.connectionsTaken()).isEqualTo(1);
  }

  @Test
  void whatALibraryCommittedIsThereWithTheTransactionAndNotBefore() throws Exception {
    host.withTransaction(
        () -> {
          asALibrary(connection -> insert(connection, 1));
          assertThat(host.currentTransaction()).isPresent();
          asALibrary(
              connection ->
                  assertThat(ask(connection, "select count(*) from item")).isEqualTo("1"));
          assertThat(recorder.transcript()).doesNotContain("COMMIT");
        });

    assertThat(rows()).containsExactly(1);
    assertThat(recorder.connectionsTaken()).isEqualTo(1);
  }

  @Test
  void aLibrarysRollbackMarksTheBlockAndNamesItsCaller() throws Exception {
    UnexpectedRollbackException reported =
        catchThrowableOfType(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      assertThatThrownBy(
                              () ->
                                  asALibrary(
                                      connection -> {
                                        insert(connection, 2);
                                        fail();
                                      }))
                          .isInstanceOf(Oops.class);
                      assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isTrue();
                    }));

    assertThat(rows()).isEmpty();
    assertThat(reported.getCause())
        .isExactlyInstanceOf(TransactionException.class)
        .hasMessageStartingWith("TXH-541")
        .hasMessageContaining("rollback()")
        .hasMessageContaining(Enlisting.class.getName() + ".asALibrary");
  }

  @Test
  void aLibrarysRollbackInANestedBlockUndoesThatAlone() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          NESTED,
                          () ->
                              assertThatThrownBy(
                                      () ->
                                          asALibrary(
                                              connection -> {
                                                insert(connection, 2);
                                                fail();
                                              }))
                                  .isInstanceOf(Oops.class)))
              .isInstanceOf(UnexpectedRollbackException.class);
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aRollbackOfNothingMarksNothing() throws Exception {
    host.withTransaction(
        () -> {
          insert(1);
          try (Connection connection = enlisting.getConnection()) {
            connection.rollback();
            connection.setAutoCommit(false);
            ask(connection, "select 1");
            connection.rollback();
            insert(connection, 2);
            connection.commit();
            connection.rollback();
          }
        });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aRollbackWithAutoCommitAsFoundMarksTooForTheLibraryBelievesThatItIsOff() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      try (Connection connection = enlisting.getConnection()) {
                        insert(connection, 1);
                        connection.rollback();
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void aCloseWithoutACommitMarksAsAPoolWouldRollBack() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      try (Connection connection = enlisting.getConnection()) {
                        connection.setAutoCommit(false);
                        insert(connection, 2);
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .cause()
        .hasMessageStartingWith("TXH-541")
        .hasMessageContaining("close() without a commit()");

    assertThat(rows()).isEmpty();
  }

  @Test
  void aCloseAfterReadsOrWithAutoCommitOnMarksNothing() throws Exception {
    host.withTransaction(
        () -> {
          try (Connection connection = enlisting.getConnection()) {
            insert(connection, 1);
          }
          try (Connection connection = enlisting.getConnection()) {
            connection.setAutoCommit(false);
            ask(connection, "select 1");
          }
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void savepointsAreTheLibrarysOwn() throws Exception {
    host.withTransaction(
        () ->
            asALibrary(
                connection -> {
                  insert(connection, 1);
                  Savepoint savepoint = connection.setSavepoint();
                  insert(connection, 2);
                  connection.rollback(savepoint);
                  insert(connection, 3);
                }));

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test
  void autoCommitOnIsRefusedAndMarks() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(1);
                      Connection connection = enlisting.getConnection();
                      assertThatThrownBy(() -> connection.setAutoCommit(true))
                          .isInstanceOf(SQLException.class)
                          .hasMessageStartingWith("TXH-501")
                          .hasMessageContaining("Give the library the pool")
                          .hasCauseInstanceOf(TransactionException.class);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void autoCommitOnWithUncommittedWritesIsRefusedForItWouldCommitThem() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      Connection connection = enlisting.getConnection();
                      connection.setAutoCommit(false);
                      insert(connection, 1);
                      assertThatThrownBy(() -> connection.setAutoCommit(true))
                          .isInstanceOf(SQLException.class)
                          .hasMessageStartingWith("TXH-501");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);
  }

  @Test
  void autoCommitMayBePutBackAndAWriteAfterThatIsRefused() throws Exception {
    host.withTransaction(
        () -> {
          Connection connection = enlisting.getConnection();
          assertThat(connection.getAutoCommit()).isTrue();
          connection.setAutoCommit(true);
          connection.setAutoCommit(false);
          assertThat(connection.getAutoCommit()).isFalse();
          insert(connection, 1);
          connection.commit();
          connection.setAutoCommit(true);
          assertThat(connection.getAutoCommit()).isTrue();
          assertThat(ask(connection, "select count(*) from item")).isEqualTo("1");
          assertThatThrownBy(() -> insert(connection, 2))
              .isInstanceOf(SQLException.class)
              .hasMessageStartingWith("TXH-542")
              .hasCauseInstanceOf(TransactionException.class);
          connection.setAutoCommit(false);
          insert(connection, 3);
          connection.commit();
        });

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test
  void eachConnectionHasAViewOfItsOwn() throws Exception {
    host.withTransaction(
        () -> {
          Connection one = enlisting.getConnection();
          Connection two = enlisting.getConnection();
          one.setAutoCommit(false);
          assertThat(two.getAutoCommit()).isTrue();
          insert(one, 1);
          two.rollback();
          two.close();
          assertThat(two.isClosed()).isTrue();
          assertThatThrownBy(two::createStatement).hasMessageStartingWith("TXH-513");
          assertThat(one.isClosed()).isFalse();
          one.commit();
          insert(2);
        });

    assertThat(rows()).containsExactly(1, 2);
    assertThat(recorder.connectionsTaken()).isEqualTo(1);
  }

  @Test
  void lessIsolationThanThereIsPassesAndMoreIsRefused() throws Exception {
    host.withTransaction(
        TransactionOptions.defaults().isolation(io.txhost.Isolation.REPEATABLE_READ),
        () -> {
          Connection connection = enlisting.getConnection();
          connection.setReadOnly(true);
          connection.setReadOnly(false);
          connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
          connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
          assertThatThrownBy(
                  () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE))
              .isInstanceOf(SQLException.class)
              .hasMessageStartingWith("TXH-502");
          assertThatThrownBy(() -> connection.setTransactionIsolation(Connection.TRANSACTION_NONE))
              .isInstanceOf(SQLException.class);
          assertThatThrownBy(() -> connection.setSchema("elsewhere"))
              .isInstanceOf(SQLException.class)
              .hasMessageStartingWith("TXH-502");
        });
  }

  @Test
  void aReadOnlyTransactionIsMadeNoOther() throws Exception {
    host.withTransaction(
        TransactionOptions.defaults().readOnly(true),
        () -> {
          Connection connection = enlisting.getConnection();
          connection.setReadOnly(true);
          assertThatThrownBy(() -> connection.setReadOnly(false))
              .isInstanceOf(SQLException.class)
              .hasMessageStartingWith("TXH-502");
        });
  }

  @Test
  void aConnectionGotInsideRefusesAfterTheEnd() throws Exception {
    Connection[] kept = new Connection[1];
    PreparedStatement[] prepared = new PreparedStatement[1];
    host.withTransaction(
        () -> {
          kept[0] = enlisting.getConnection();
          kept[0].setAutoCommit(false);
          prepared[0] = kept[0].prepareStatement("insert into item (id) values (1)");
        });

    for (Work work :
        List.<Work>of(
            Connection::commit,
            Connection::rollback,
            connection -> connection.setAutoCommit(true))) {
      assertThatThrownBy(() -> work.on(kept[0]))
          .isInstanceOf(SQLException.class)
          .hasCauseInstanceOf(TransactionCompletedException.class);
    }
    assertThatThrownBy(() -> insert(kept[0], 2)).isInstanceOf(TransactionCompletedException.class);
    assertThatThrownBy(() -> prepared[0].executeUpdate())
        .isInstanceOf(TransactionCompletedException.class);
    assertThat(kept[0].isClosed()).isTrue();
    kept[0].close();
    assertThat(rows()).isEmpty();
  }

  @Test
  void structuredChildrenAreInside() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      host.inParallel(
                          List.<TransactionalCallable<Void, Exception>>of(
                              () -> {
                                asALibrary(connection -> insert(connection, 1));
                                return null;
                              },
                              () -> {
                                asALibrary(connection -> insert(connection, 2));
                                return null;
                              }));
                      assertThat(ask("select count(*) from item")).isEqualTo("2");
                      fail();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void aTransactionOfItsOwnHasWhatALibraryDoesInIt() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      asALibrary(connection -> insert(connection, 1));
                      host.withTransaction(
                          REQUIRES_NEW, () -> asALibrary(connection -> insert(connection, 2)));
                      host.withoutTransaction(
                          () -> asALibrary(connection -> insert(connection, 3)));
                      fail();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).containsExactly(2, 3);
  }

  @Test
  void aConnectionOfAnOuterTransactionIsRefusedInAnotherOne() throws Exception {
    try (Connection kept = enlisting.getConnection()) {
      host.withTransaction(
          () -> {
            Connection inside = enlisting.getConnection();
            kept.setAutoCommit(false);
            insert(kept, 1);
            host.withTransaction(
                REQUIRES_NEW,
                () -> {
                  for (Connection outer : List.of(inside, kept)) {
                    assertThatThrownBy(() -> insert(outer, 2))
                        .isInstanceOf(TransactionException.class)
                        .hasMessageStartingWith("TXH-127");
                  }
                });
            kept.commit();
          });
    }

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void anAbortedConnectionIsThrownAwayWithNothingMoreSent() throws Exception {
    Connection connection = enlisting.getConnection();
    connection.setAutoCommit(false);
    insert(connection, 1);
    recorder.clear();
    connection.abort(Runnable::run);

    assertThat(recorder.transcript()).contains("ABORT").doesNotContain("ROLLBACK", "COMMIT");
    assertThat(connection.isClosed()).isTrue();
    assertThat(rows()).isEmpty();
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void theConnectionOfAStatementIsTheLibrarys() throws Exception {
    host.withTransaction(
        () -> {
          Connection connection = enlisting.getConnection();
          assertThat(connection.createStatement().getConnection()).isSameAs(connection);
        });
    try (Connection connection = enlisting.getConnection()) {
      assertThat(connection.createStatement().getConnection()).isSameAs(connection);
      connection.setAutoCommit(false);
      assertThat(connection.createStatement().getConnection()).isSameAs(connection);
    }
  }

  // ---- outside

  @ParameterizedTest
  @EnumSource(FallbackPolicy.class)
  void outsideALibraryDoesWhatItDoesWhateverThePolicy(FallbackPolicy policy) throws Exception {
    host = TransactionHost.builder(JdbcAdapter.over(recorder)).fallbackPolicy(policy).build();
    enlisting = JdbcAdapter.enlistingDataSource(host);

    asALibrary(connection -> insert(connection, 1));
    try (Connection connection = enlisting.getConnection()) {
      insert(connection, 2);
      assertThat(rows()).containsExactly(1, 2);
    }
    assertThatThrownBy(
            () ->
                asALibrary(
                    connection -> {
                      insert(connection, 3);
                      fail();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).containsExactly(1, 2);
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void workThatFellOutOfATransactionHasTheLibrarysOwnTransactions() throws Exception {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      Runnable late = Context.call(() -> Context.wrap(() -> inserting(1)));
                      CompletableFuture.runAsync(late).get();
                      CompletableFuture.runAsync(() -> inserting(2)).get();
                      fail();
                    }))
        .isInstanceOf(Oops.class);

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void workThatFellOutOfATransactionCommitsNothingStatementByStatement() throws Exception {
    List<Throwable> refused = new ArrayList<>();
    host.withTransaction(
        () -> {
          Runnable late =
              Context.call(
                  () ->
                      Context.wrap(
                          () -> {
                            refused.add(catchThrowable(() -> inAutoCommit(connection -> {})));
                            refused.add(
                                catchThrowable(
                                    () ->
                                        inAutoCommit(connection -> connection.setReadOnly(true))));
                          }));
          CompletableFuture.runAsync(late).get();
        });

    assertThat(refused)
        .hasSize(2)
        .allSatisfy(e -> assertThat(e).isInstanceOf(DetachedTransactionException.class));
    assertThat(rows()).isEmpty();
    assertThat(pool.connectionsOut()).isZero();
  }

  private void inAutoCommit(Work before) throws SQLException {
    try (Connection connection = enlisting.getConnection()) {
      before.on(connection);
      connection.setReadOnly(false);
      insert(connection, 1);
    }
  }

  private void inserting(int id) {
    try {
      asALibrary(connection -> insert(connection, id));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void autoCommitOffHoldsOneConnectionFromTheFirstStatementToTheClose() throws Exception {
    Connection connection = enlisting.getConnection();
    connection.setAutoCommit(false);
    assertThat(pool.connectionsOut()).isZero();
    insert(connection, 1);
    assertThat(pool.connectionsOut()).isEqualTo(1);
    assertThat(rows()).isEmpty();
    assertThat(ask(connection, "select count(*) from item")).isEqualTo("1");
    connection.commit();
    assertThat(rows()).containsExactly(1);
    insert(connection, 2);
    connection.rollback();
    insert(connection, 3);
    Savepoint savepoint = connection.setSavepoint();
    insert(connection, 4);
    connection.rollback(savepoint);
    connection.setAutoCommit(true);
    assertThat(rows()).containsExactly(1, 3);
    assertThat(pool.connectionsOut()).isEqualTo(1);
    insert(connection, 5);
    assertThat(rows()).containsExactly(1, 3, 5);

    connection.close();

    assertThat(pool.connectionsOut()).isZero();
    assertThat(recorder.connectionsTaken()).isEqualTo(1);
  }

  @Test
  void whatIsUncommittedAtTheCloseIsRolledBack() throws Exception {
    try (Connection connection = enlisting.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, 1);
    }

    assertThat(rows()).isEmpty();
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void oneThatIsNeverClosedHoldsNothing() throws Exception {
    Connection connection = enlisting.getConnection();
    insert(connection, 1);
    assertThat(ask(connection, "select count(*) from item")).isEqualTo("1");
    connection.setAutoCommit(true);
    connection.setReadOnly(false);
    connection.commit();

    assertThat(pool.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void withAutoCommitOnACommitIsNoneAndARollbackIsRefusedWhereThereWasAWrite() throws Exception {
    try (Connection connection = enlisting.getConnection()) {
      connection.rollback();
      insert(connection, 1);
      connection.commit();
      connection.rollback();
      insert(connection, 2);
      assertThatThrownBy(connection::rollback)
          .isInstanceOf(SQLException.class)
          .hasMessageStartingWith("TXH-544")
          .hasCauseInstanceOf(TransactionException.class);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE); // holds one
      insert(connection, 3);
      assertThatThrownBy(connection::rollback).hasMessageStartingWith("TXH-544");
    }

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test
  void theStateThatALibraryChangedIsPutBackBeforeThePoolHasTheConnection() throws Exception {
    List<String> states = new ArrayList<>();
    try (Connection connection = enlisting.getConnection()) {
      Connection driver = connection.unwrap(driverConnection());
      driver.setAutoCommit(poolOptions().autoCommit());
      states.add(state(driver));
      driver.setAutoCommit(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      connection.setReadOnly(true);
      connection.setSchema(informationSchema());
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      ask(connection, "select 1");
      connection.commit();
      ask(connection, "select 1");
      assertThat(state(driver)).isNotEqualTo(states.get(0));
      recorder.beforeNext(Call.CLOSE, () -> states.add(state(driver)));
    }

    assertThat(states).hasSize(2);
    assertThat(states.get(1)).isEqualTo(states.get(0));
  }

  private static String state(Connection driver) {
    try {
      return "auto-commit "
          + driver.getAutoCommit()
          + ", read-only "
          + driver.isReadOnly()
          + ", isolation "
          + driver.getTransactionIsolation()
          + ", schema "
          + driver.getSchema();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  abstract String informationSchema();

  @Test
  void theDriversOwnIsHadOutsideOnTheConnectionThatIsHeld() throws Exception {
    try (Connection connection = enlisting.getConnection()) {
      assertThat(connection.isWrapperFor(driverConnection())).isTrue();
      assertThat(connection.unwrap(driverConnection())).isNotNull();
      assertThat(pool.connectionsOut()).isEqualTo(1);
      assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
    }
    assertThat(pool.connectionsOut()).isZero();
    assertThat(enlisting.unwrap(DataSource.class)).isSameAs(enlisting);
    assertThat(enlisting.isWrapperFor(recorder.getClass())).isTrue();
  }

  abstract Class<? extends Connection> driverConnection();

  @Test
  void aStatementPreparedBeforeTheLibrarysTransactionRunsInItOnAPoolOfOne() throws Exception {
    usePool(poolOptions().size(1)); // 13
    enlisting = JdbcAdapter.enlistingDataSource(host);
    try (Connection connection = enlisting.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("insert into item (id, label) values (?, 'library')")) {
      insert.setInt(1, 1);
      connection.setAutoCommit(false);
      insert.executeUpdate();
      connection.rollback();
      insert.setInt(1, 2);
      insert.executeUpdate();
      connection.commit();
    }

    assertThat(rows()).containsExactly(2);
    assertThat(recorder.connectionsTaken()).isEqualTo(2);
    assertThat(recorder.connectionsOut()).isZero();
  }

  // ---- got outside, used inside

  @Test
  void whatWasGotOutsideJoinsBetweenTheLibrarysOwnTransactions() throws Exception {
    Connection kept = enlisting.getConnection();
    PreparedStatement prepared = kept.prepareStatement("insert into item (id) values (?)");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(kept, 1);
                      prepared.setInt(1, 2);
                      prepared.executeUpdate();
                      fail();
                    }))
        .isInstanceOf(Oops.class);
    assertThat(rows()).isEmpty();

    kept.setAutoCommit(false);
    insert(kept, 3);
    kept.commit();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      assertThat(kept.getAutoCommit()).isFalse();
                      insert(kept, 4);
                      kept.commit();
                      fail();
                    }))
        .isInstanceOf(Oops.class);
    assertThat(rows()).containsExactly(3);

    insert(kept, 5);
    kept.rollback();
    insert(kept, 6);
    kept.commit();
    kept.close();
    assertThat(rows()).containsExactly(3, 6);
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void theRollbackOfAKeptConnectionMarksTheTransactionThatItHasJoined() throws Exception {
    try (Connection kept = enlisting.getConnection()) {
      kept.setAutoCommit(false);
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(kept, 1);
                        kept.rollback();
                      }))
          .isInstanceOf(UnexpectedRollbackException.class);
    }

    assertThat(rows()).isEmpty();
  }

  @Test
  void inTheMiddleOfTheLibrarysOwnTransactionStatementsAreRefusedInside() throws Exception {
    try (Connection kept = enlisting.getConnection()) {
      kept.setAutoCommit(false);
      PreparedStatement prepared = kept.prepareStatement("insert into item (id) values (9)");
      insert(kept, 1);
      host.withTransaction(
          () -> {
            insert(2);
            assertThatThrownBy(() -> insert(kept, 3))
                .isInstanceOf(SQLException.class)
                .hasMessageStartingWith("TXH-543")
                .hasCauseInstanceOf(TransactionException.class);
            assertThatThrownBy(prepared::executeUpdate).hasMessageStartingWith("TXH-543");
            kept.rollback();
            assertThatThrownBy(prepared::executeUpdate).hasMessageStartingWith("TXH-543");
          });
      prepared.executeUpdate();
      kept.commit();
    }

    assertThat(rows()).containsExactly(2, 9);
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void whatWasBegunInsideIsNotGoneOnWithAfterTheEnd() throws Exception {
    Connection kept = enlisting.getConnection();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      kept.setAutoCommit(false);
                      insert(kept, 1);
                      fail();
                    }))
        .isInstanceOf(Oops.class);

    assertThatThrownBy(() -> insert(kept, 2)).isInstanceOf(TransactionCompletedException.class);
    assertThatThrownBy(kept::commit)
        .isInstanceOf(SQLException.class)
        .hasCauseInstanceOf(TransactionCompletedException.class);
    kept.close();
    assertThat(rows()).isEmpty();
    assertThat(pool.connectionsOut()).isZero();
  }

  @Test
  void autoCommitThatWasSetOffInsideIsOffAfterwards() throws Exception {
    try (Connection kept = enlisting.getConnection()) {
      host.withTransaction(
          () -> {
            kept.setAutoCommit(false);
            insert(kept, 1);
            kept.commit();
          });
      assertThat(kept.getAutoCommit()).isFalse();
      insert(kept, 2);
      kept.rollback();
    }

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void oneWhoseStateTheTransactionDoesNotHaveDoesNotJoin() throws Exception {
    try (Connection kept = enlisting.getConnection()) {
      kept.setSchema(informationSchema());
      host.withTransaction(
          () ->
              assertThatThrownBy(() -> ask(kept, "select 1"))
                  .isInstanceOf(SQLException.class)
                  .hasMessageStartingWith("TXH-502"));
      assertThatCode(() -> ask(kept, "select 1")).doesNotThrowAnyException();
    }
  }

  @Test
  void aPoolOfOneIsEnough() throws Exception {
    usePool(PoolOptions.defaults().size(1));
    openTheDataSource();
    asALibrary(connection -> insert(connection, 1));
    host.withTransaction(() -> asALibrary(connection -> insert(connection, 2)));
    try (Connection kept = enlisting.getConnection()) {
      insert(kept, 3);
      host.withTransaction(() -> insert(kept, 4));
    }

    assertThat(rows()).containsExactly(1, 2, 3, 4);
  }

  // ---- hosts

  @Test
  void onAHostThatIsNotEnabledALibraryIsOutside() throws Exception {
    host = TransactionHost.builder(JdbcAdapter.over(recorder)).enabled(false).build();
    enlisting = JdbcAdapter.enlistingDataSource(host);

    host.withTransaction(
        () -> {
          asALibrary(connection -> insert(connection, 1));
          assertThat(rows()).containsExactly(1);
        });
  }

  @Test
  void aHostOfOtherConnectionsIsRefused() throws Exception {
    try (Connection raw = pool.getConnection()) {
      TransactionHost<Connection> other = TransactionHost.create(NoOpAdapter.over(raw));

      assertThatThrownBy(() -> JdbcAdapter.enlistingDataSource(other))
          .isInstanceOf(TransactionException.class)
          .hasMessageStartingWith("TXH-540");
    }
  }
}
