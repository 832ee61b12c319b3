package io.txhost.jdbc.testing;

import static io.txhost.test.TranscriptAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.Transaction;
import io.txhost.TransactionAlreadyActiveException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.TransactionTimedOutException;
import io.txhost.TransactionalRunnable;
import io.txhost.UnexpectedRollbackException;
import io.txhost.test.RecordingDataSource.Call;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boundaries run inside a test as they would, and nothing of it stays. */
@TxTest
abstract class RolledBack {
  private static final TransactionOptions WRITING = TransactionOptions.defaults();

  private final Shop shop;
  private final TransactionHost<Connection> host;

  RolledBack(String kind) {
    shop = Shop.on(kind);
    host = shop.host;
  }

  @BeforeEach
  void itsFixtureIsInside() throws SQLException {
    host.withTransaction(() -> shop.insert(1));
    shop.recorder.clear();
  }

  @AfterEach
  void nothingIsCommittedYet() throws SQLException {
    assertThat(shop.committed()).isEqualTo(1);
    assertThat(shop.count()).isGreaterThanOrEqualTo(2);
  }

  private void insertInside(int id) throws SQLException {
    host.withTransaction(() -> shop.insert(id));
  }

  // ---- boundaries

  @Test
  void aBoundaryCommitsForTheTestAndForNobodyElse() throws SQLException {
    insertInside(2);

    assertThat(shop.count()).isEqualTo(3);
    assertThat(shop.recorder).began(1).committed(1).inOrder("BEGIN", "insert into orders");
  }

  @Test
  void aFailedBoundaryUndoesItselfAndTheTestGoesOn() throws SQLException {
    var failure = new IllegalStateException("the user's");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      shop.insert(2);
                      throw failure;
                    }))
        .isSameAs(failure);
    insertInside(3);

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void aFailedStatementCostsItsBoundaryAndNotTheTest() throws SQLException {
    assertThatThrownBy(() -> insertInside(1)).isInstanceOf(SQLException.class);

    insertInside(2);
    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void aFailureThatAJoinersCallerSwallowedIsReported() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      shop.insert(2);
                      try {
                        host.withTransaction(
                            () -> {
                              throw new IllegalStateException("swallowed");
                            });
                      } catch (IllegalStateException swallowed) {
                        // as careless code does
                      }
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);
  }

  @Test
  void aNestedBlockUndoesItselfAlone() throws SQLException {
    host.withTransaction(
        () -> {
          shop.insert(2);
          try {
            host.withTransaction(
                Propagation.NESTED,
                () -> {
                  shop.insert(3);
                  throw new IllegalStateException("undone");
                });
          } catch (IllegalStateException undone) {
            // it is
          }
        });

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void requiresNewByItselfIsUndoneToo() throws SQLException {
    host.withTransaction(Propagation.REQUIRES_NEW, () -> shop.insert(2));

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void mandatoryIsRefusedWhereItWouldBe() throws SQLException {
    assertThatThrownBy(() -> host.withTransaction(Propagation.MANDATORY, () -> shop.insert(2)))
        .isInstanceOf(TransactionRequiredException.class);

    host.withTransaction(() -> host.withTransaction(Propagation.MANDATORY, () -> shop.insert(2)));
    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void neverRunsWhereItWould() throws SQLException {
    host.withTransaction(Propagation.NEVER, () -> shop.insert(2));

    assertThat(shop.count()).isEqualTo(3);
    assertThatThrownBy(
            () -> host.withTransaction(() -> host.withTransaction(Propagation.NEVER, shop::count)))
        .isInstanceOf(TransactionAlreadyActiveException.class);
  }

  @Test
  void supportsReadsOutsideAndRefusesToWriteThere() throws SQLException {
    assertThat(host.<Integer, SQLException>withTransaction(Propagation.SUPPORTS, shop::count))
        .isEqualTo(2);
    assertThatThrownBy(() -> host.withTransaction(Propagation.SUPPORTS, () -> shop.insert(2)))
        .isInstanceOf(TransactionRequiredException.class);
  }

  @Test
  void notSupportedWritesByItselfAndIsUndoneWithTheTest() throws SQLException {
    host.withTransaction(Propagation.NOT_SUPPORTED, () -> shop.insert(2));
    assertThatThrownBy(() -> host.withTransaction(Propagation.NOT_SUPPORTED, () -> shop.insert(2)))
        .as("a failed statement outside costs nothing else")
        .isInstanceOf(SQLException.class);

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void readOnlyRefusesWritesAndOnlyThere() throws SQLException {
    assertThatThrownBy(() -> host.withTransaction(WRITING.readOnly(true), () -> shop.insert(2)))
        .isInstanceOf(Exception.class);
    assertThat(host.<Integer, SQLException>withTransaction(WRITING.readOnly(true), shop::count))
        .isEqualTo(2);

    insertInside(2);
    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void anIsolationIsAcceptedAndTheTestsStays() throws SQLException {
    host.withTransaction(WRITING.isolation(Isolation.SERIALIZABLE), () -> shop.insert(2));

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void aTimeoutUndoesItsBoundaryAlone() throws SQLException {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    WRITING.timeout(Duration.ofMillis(50)),
                    () -> {
                      shop.insert(2);
                      while (!remaining().isZero()) {
                        Thread.onSpinWait();
                      }
                    }))
        .isInstanceOf(TransactionTimedOutException.class);

    assertThat(shop.count()).isEqualTo(2);
  }

  @Test
  void aRetryBeginsAgain() throws SQLException {
    List<Integer> attempts = new ArrayList<>();
    host.withTransaction(
        WRITING.retry(RetryPolicy.maxAttempts(2).initialDelay(Duration.ofMillis(1))),
        () -> {
          shop.insert(2);
          attempts.add(shop.count());
          if (attempts.size() == 1) {
            throw new SQLException("as a deadlock's victim gets", "40001");
          }
        });

    assertThat(attempts).containsExactly(3, 3);
    assertThat(shop.recorder).began(2).rolledBack(1).committed(1);
  }

  @Test
  void hooksRunAsTheyWouldAndTheirWritesAreUndoneToo() throws SQLException {
    List<String> told = new ArrayList<>();
    host.withTransaction(
        () -> {
          shop.insert(2);
          Transaction transaction = host.currentTransaction().orElseThrow();
          transaction.beforeCommit(() -> told.add("before commit"));
          transaction.afterCommit(() -> told.add("after commit"));
          transaction.afterCommit(() -> insertInside(3));
          transaction.afterRollback(() -> told.add("after rollback"));
          transaction.afterCompletion(outcome -> told.add(outcome.name()));
        });

    assertThat(told).containsExactly("before commit", "after commit", "COMMITTED");
    assertThat(shop.count()).isEqualTo(4);
  }

  @Test
  void tasksInParallelShareTheBoundarysTransaction() throws SQLException {
    List<TransactionalRunnable<SQLException>> tasks =
        List.of(() -> shop.insert(2), () -> shop.insert(3));
    host.withTransaction(() -> host.inParallel(tasks));

    assertThat(shop.recorder).began(1).committed(1).onOneConnection();
    assertThat(shop.count()).isEqualTo(4);
  }

  private Duration remaining() {
    return host.currentTransaction().orElseThrow().remainingTime().orElseThrow();
  }

  // ---- code that knows no host

  @Test
  void aConnectionOfTheDataSourceIsInTheTestToo() throws SQLException {
    try (Connection connection = shop.pool.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("insert into orders values (2, 'kept')");
        connection.commit();
        statement.executeUpdate("insert into orders values (3, 'undone')");
        connection.rollback();
        statement.executeUpdate("insert into orders values (4, 'never ended')");
      }
    }

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void transactionsByTextAreInTheTestToo() throws SQLException {
    try (Connection connection = shop.pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("begin");
      statement.executeUpdate("insert into orders values (2, 'undone')");
      statement.execute("rollback");
      statement.execute("/* again */ begin");
      statement.executeUpdate("insert into orders values (3, 'kept')");
      statement.execute("commit");
      assertThat(connection.getAutoCommit()).isTrue();
    }

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void aFailureOfTheDatabaseThatWasInjectedIsTheBoundarysAlone() throws SQLException {
    shop.recorder.failNext(Call.COMMIT, new SQLException("cut", "08006"));

    assertThatThrownBy(() -> insertInside(2)).isInstanceOf(TransactionCommitException.class);
    insertInside(3);

    assertThat(shop.count()).isEqualTo(3);
  }

  @Test
  void rowsThatComeInPartsAreReadToTheirEnd() throws SQLException {
    assertThat(rowsReadInParts()).as("outside").isEqualTo(2);
    host.withTransaction(
        () -> {
          for (int id = 2; id < 50; id++) {
            shop.insert(id);
          }
          assertThat(rowsReadInParts()).as("inside").isEqualTo(50);
        });
    assertThat(rowsReadInParts()).as("outside again").isEqualTo(50);
  }

  private int rowsReadInParts() throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.setFetchSize(7);
      int read = 0;
      try (var rows = statement.executeQuery("select id from orders")) {
        while (rows.next()) {
          read++;
        }
      }
      return read;
    }
  }

  // ---- JUnit's ways

  @TestFactory
  List<DynamicTest> dynamicTestsShareTheTransactionOfTheirFactory() {
    return List.of(
        DynamicTest.dynamicTest("writes", () -> insertInside(2)),
        DynamicTest.dynamicTest("sees", () -> assertThat(shop.count()).isEqualTo(3)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 2, 2})
  void eachOfAParameterizedTestIsUndone(int id) throws SQLException {
    insertInside(id);
    assertThat(shop.count()).isEqualTo(3);
  }

  @RepeatedTest(2)
  void eachRepetitionIsUndone() throws SQLException {
    insertInside(2);
    assertThat(shop.count()).isEqualTo(3);
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  final class InANestedClassWithOneInstance {

    @BeforeEach
    void itsOwnFixtureToo() throws SQLException {
      insertInside(5);
    }

    @Test
    void isUndone() throws SQLException {
      insertInside(2);
      assertThat(shop.count()).isEqualTo(4);
    }

    @Test
    void isUndoneAgain() throws SQLException {
      insertInside(2);
      assertThat(shop.count()).isEqualTo(4);
    }
  }
}
