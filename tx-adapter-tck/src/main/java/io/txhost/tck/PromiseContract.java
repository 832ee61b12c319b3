package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.IncompatibleTransactionException;
import io.txhost.Isolation;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract's third part: isolation, access mode and deadline, in force inside and gone
 * afterwards.
 */
abstract class PromiseContract<T> extends FailureContract<T> {
  private static final TransactionOptions OPTIONS = TransactionOptions.defaults();
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Cancelled where a timeout of a second, the least that drivers take, is still there. */
  private static final Duration JUST_ABOVE_A_SECOND = Duration.ofMillis(1200);

  @Test // A4
  void everyIsolationIsInForceInsideAndGoneAfterwards() throws Exception {
    useAPool(poolOptions().size(1));
    for (Isolation isolation : database().isolations()) {
      String inForce =
          host()
              .withTransaction(
                  OPTIONS.isolation(isolation), () -> ask(database().isolationQuery()));

      assertThat(inForce).as(isolation + " inside").isEqualTo(database().reported(isolation));
      theNextBorrowerHasNoneOfIt(pool().getConnection());
    }
  }

  @Test // A4
  void isolationIsInForceAlsoWhereTheTransactionFails() throws Exception {
    useAPool(poolOptions().size(1));
    List<String> inForce = new CopyOnWriteArrayList<>();

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        OPTIONS.isolation(Isolation.SERIALIZABLE),
                        () -> {
                          insert(1);
                          inForce.add(ask(database().isolationQuery()));
                          throw new IllegalStateException("user");
                        }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(inForce).containsExactly(database().reported(Isolation.SERIALIZABLE));
    assertThat(rows()).isEmpty();
    theNextBorrowerHasNoneOfIt(pool().getConnection());
  }

  @Test // A4
  void readOnlyReadsAndIsKnownToTheDatabase() throws Exception {
    useAPool(poolOptions().size(1));
    run("insert into item (id, label) values (1, 'there')");

    host()
        .withTransaction(
            OPTIONS.readOnly(true),
            () -> {
              assertThat(ask("select label from item")).isEqualTo("there");
              if (database().readOnlyQuery().isPresent()) {
                assertThat(ask(database().readOnlyQuery().get())).isEqualTo("on");
              }
            });

    List<String> told = new ArrayList<>(recorder().transcript());
    told.remove("SET"); // on some databases a one-shot comes before the BEGIN
    assertThat(told).startsWith("BEGIN").endsWith("COMMIT", "CLOSE");
    theNextBorrowerHasNoneOfIt(pool().getConnection());
  }

  @Test // A4
  void readOnlyRefusesAWrite() throws Exception {
    useAPool(poolOptions().size(1));

    assertThat(
            catchThrowable(() -> host().withTransaction(OPTIONS.readOnly(true), () -> insert(1))))
        .isNotNull();

    assertThat(rows()).isEmpty();
    theNextBorrowerHasNoneOfIt(pool().getConnection());
    host().withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  /** Two read a number, then both write the next one: at weaker levels one of them is lost. */
  @Test // A4
  void anAnomalyIsCaughtUnderSerializable() throws Exception {
    run("insert into item (id, label) values (1, '0')");
    CyclicBarrier bothHaveRead = new CyclicBarrier(2);
    Callable<Integer> increment =
        () -> {
          Throwable failure =
              catchThrowable(
                  () ->
                      host()
                          .withTransaction(
                              OPTIONS.isolation(Isolation.SERIALIZABLE),
                              () -> {
                                int read = Integer.parseInt(ask("select label from item"));
                                bothHaveRead.await(20, TimeUnit.SECONDS);
                                execute(host().tx(), "update item set label = " + (read + 1));
                              }));
          return failure == null ? 1 : 0;
        };

    ExecutorService both = Executors.newFixedThreadPool(2);
    int kept = 0;
    try {
      for (Future<Integer> each : both.invokeAll(List.of(increment, increment))) {
        kept += each.get();
      }
    } finally {
      both.shutdown();
    }

    assertThat(kept).as("at least one came through").isPositive();
    try (Connection connection = database().dataSource().getConnection()) {
      assertThat(askOn(connection, "select label from item"))
          .as("the number after so many increments")
          .isEqualTo(String.valueOf(kept));
    }
  }

  /** Looks at the connection as the next borrower would, and writes with it. Then returns it. */
  private void theNextBorrowerHasNoneOfIt(Connection next) throws SQLException {
    try (next) {
      assertThat(next.getAutoCommit()).as("auto-commit").isEqualTo(poolOptions().autoCommit());
      assertThat(next.isReadOnly()).as("read-only").isFalse();
      next.setAutoCommit(false);
      assertThat(askOn(next, database().isolationQuery()))
          .as("the next borrower's isolation")
          .isEqualTo(database().reported(Isolation.DEFAULT));
      if (database().readOnlyQuery().isPresent()) {
        assertThat(askOn(next, database().readOnlyQuery().get())).isEqualTo("off");
      }
      next.createStatement().execute(insertOf(-1));
      next.commit();
      next.setAutoCommit(poolOptions().autoCommit());
    }
    assertThat(rows()).as("what the next borrower committed").contains(-1);
    run("delete from item where id = -1");
  }

  /** Every way out of a transaction. */
  enum WayOut {
    COMMIT,
    ROLLBACK,
    SWALLOWED_FAILURE,
    REFUSED_COMMIT,
    UNKNOWN_COMMIT,
    FAILED_ROLLBACK,
    FAILED_RESTORE_OF_AUTO_COMMIT,
    FAILED_RESTORE_OF_READ_ONLY,
    FAILED_RESTORE_OF_ISOLATION,
    NOTHING_EXECUTED,
    DEADLINE_PASSED
  }

  @ParameterizedTest // A14
  @EnumSource
  void theConnectionGoesBackAsItWasOrIsThrownAway(WayOut out) throws Exception {
    leaveBy(out, OPTIONS.isolation(Isolation.SERIALIZABLE));
  }

  @ParameterizedTest // A14
  @EnumSource
  void theConnectionOfAReadOnlyOneGoesBackAsItWasOrIsThrownAway(WayOut out) throws Exception {
    leaveBy(out, OPTIONS.readOnly(true).isolation(Isolation.REPEATABLE_READ));
  }

  private void leaveBy(WayOut out, TransactionOptions options) throws Exception {
    try (BarePool bare = new BarePool(database().dataSource(), poolOptions().autoCommit())) {
      use(bare);
      TransactionOptions asked =
          out == WayOut.DEADLINE_PASSED ? options.timeout(Duration.ofMillis(300)) : options;
      Throwable failure = catchThrowable(() -> host().withTransaction(asked, () -> runInto(out)));

      if (out == WayOut.COMMIT || out == WayOut.NOTHING_EXECUTED) {
        assertThat(failure).isNull();
      }
      assertThat(recorder().connectionsOut()).isZero();
      theNextBorrowerHasNoneOfIt(bare.getConnection());
      assertThat(rows()).isEmpty();
    }
  }

  private void runInto(WayOut out) throws Exception {
    if (out == WayOut.NOTHING_EXECUTED) {
      prepare(host().tx(), "select 1");
      return;
    }
    ask("select count(*) from item");
    SQLException lost = new SQLException("connection lost", "08006");
    switch (out) {
      case COMMIT, NOTHING_EXECUTED -> {}
      case ROLLBACK -> throw new IllegalStateException("user");
      case SWALLOWED_FAILURE -> tryTo(() -> execute(host().tx(), "insert into nowhere values (1)"));
      case REFUSED_COMMIT -> recorder().failNext(Call.COMMIT, new SQLException("no", "40001"));
      case UNKNOWN_COMMIT -> recorder().failNext(Call.COMMIT, lost);
      case FAILED_ROLLBACK -> {
        recorder().failNext(Call.ROLLBACK, lost);
        throw new IllegalStateException("user");
      }
      case FAILED_RESTORE_OF_AUTO_COMMIT -> recorder().failNext(Call.SET_AUTO_COMMIT, lost);
      case FAILED_RESTORE_OF_READ_ONLY -> recorder().failNext(Call.SET_READ_ONLY, lost);
      case FAILED_RESTORE_OF_ISOLATION -> recorder().failNext(Call.SET, lost);
      case DEADLINE_PASSED -> awaitDeadline();
    }
  }

  @ParameterizedTest // A18
  @ValueSource(longs = {1000, 2500})
  void aSlowStatementIsCancelledSoonAfterTheDeadline(long millis) throws Exception {
    Duration timeout = Duration.ofMillis(millis);
    long start = System.nanoTime();

    Throwable failure =
        catchThrowable(
            () ->
                host()
                    .withTransaction(
                        OPTIONS.timeout(timeout),
                        () -> {
                          insert(1);
                          ask(database().slowQuery(LONG));
                        }));

    assertThat(since(start)).isBetween(timeout, LONG.dividedBy(2));
    assertThat(everythingIn(failure))
        .hasAtLeastOneElementOfType(TransactionTimedOutException.class);
    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL failed", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test // A18
  void waitingForAConnectionCounts() throws Exception {
    recorder().beforeNext(Call.GET_CONNECTION, this::awaitDeadline);

    assertThatThrownBy(
            () -> host().withTransaction(OPTIONS.timeout(Duration.ofMillis(300)), () -> insert(1)))
        .isInstanceOf(TransactionTimedOutException.class);

    assertThat(recorder().transcript()).doesNotContain("SQL", "SQL failed");
    assertThat(rows()).isEmpty();
  }

  @Test // A18
  void aCommitPastTheDeadlineRollsBack() throws Exception {
    List<String> hooks = new CopyOnWriteArrayList<>();

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        OPTIONS.timeout(Duration.ofSeconds(1)),
                        () -> {
                          registerHooks(hooks);
                          insert(1);
                          awaitDeadline();
                        }))
        .isInstanceOf(TransactionTimedOutException.class);

    assertThat(hooks).containsExactly("afterRollback", "ROLLED_BACK");
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test // A18
  void aResourceKeptPastTheDeadlineSendsNothingMore() throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            OPTIONS.timeout(Duration.ofSeconds(1)),
                            () -> {
                              T kept = host().tx();
                              execute(kept, insertOf(1));
                              awaitDeadline();
                              assertThatThrownBy(host()::tx)
                                  .isInstanceOf(TransactionTimedOutException.class);
                              execute(kept, insertOf(2));
                            })))
        .satisfies(
            e ->
                assertThat(everythingIn(e))
                    .hasAtLeastOneElementOfType(TransactionTimedOutException.class));

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test // A18
  void aJoinersShorterTimeoutHoldsInsideIt() throws Exception {
    Duration timeout = Duration.ofMillis(300);

    Throwable end =
        catchThrowable(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          long start = System.nanoTime();
                          assertThat(
                                  catchThrowable(
                                      () ->
                                          host()
                                              .withTransaction(
                                                  OPTIONS.timeout(timeout),
                                                  () -> ask(database().slowQuery(LONG)))))
                              .isNotNull();
                          assertThat(since(start)).isBetween(timeout, LONG.dividedBy(2));
                        }));

    assertThat(end).isInstanceOf(TransactionException.class);
    assertThat(rows()).isEmpty();
  }

  @Test // A18
  void aJoinersTimeoutIsNoDeadlineForWhatFollowsIt() throws Exception {
    host()
        .withTransaction(
            () -> {
              host().withTransaction(OPTIONS.timeout(Duration.ofSeconds(1)), () -> insert(1));
              assertThat(current().remainingTime()).isEmpty();
              ask(database().slowQuery(JUST_ABOVE_A_SECOND));
              insert(2);
            });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A18
  void theNextBorrowersStatementsHaveNoneOfTheTimeout() throws Exception {
    useAPool(poolOptions().size(1));
    ask("select 1"); // the pool's connection is there, and the second for the statement
    host().withTransaction(OPTIONS.timeout(Duration.ofSeconds(1)), () -> insert(1));

    ask(database().slowQuery(JUST_ABOVE_A_SECOND));
    host().withTransaction(() -> ask(database().slowQuery(JUST_ABOVE_A_SECOND)));
  }

  @Test // A18
  void theNextBorrowersStatementsHaveNoneOfATimeoutThatStruck() throws Exception {
    useAPool(poolOptions().size(1));
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            OPTIONS.timeout(Duration.ofMillis(300)),
                            () -> ask(database().slowQuery(LONG)))))
        .isNotNull();

    host().withTransaction(() -> ask(database().slowQuery(JUST_ABOVE_A_SECOND)));
  }

  @Test // A19
  void anIsolationThatTheDatabaseDoesNotHaveIsRefusedAndNothingIsExecuted() throws Exception {
    Set<Isolation> missing = EnumSet.allOf(Isolation.class);
    missing.remove(Isolation.DEFAULT);
    missing.removeAll(database().isolations());
    for (Isolation isolation : missing) {
      assertThatThrownBy(
              () -> host().withTransaction(OPTIONS.isolation(isolation), () -> insert(1)))
          .as(isolation.name())
          .isInstanceOf(IncompatibleTransactionException.class);
    }

    assertThat(recorder().transcript()).doesNotContain("SQL", "SQL failed");
    assertThat(rows()).isEmpty();
  }

  @Test // A19
  void anIsolationThatTheDatabaseRefusesIsNotRunWithout() throws Exception {
    recorder().failNext(Call.SET, new SQLException("no such level here", "0A000"));

    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            OPTIONS.isolation(Isolation.SERIALIZABLE), () -> insert(1))))
        .isNotNull();

    assertThat(recorder().transcript()).doesNotContain("SQL", "SQL failed", "COMMIT");
    assertThat(rows()).isEmpty();
    host().withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  void whatWasPromisedNeverReachesTheNextBorrowerWhereNothingRanAfterBegin(boolean returns)
      throws Exception {
    stopsAfter(() -> touch(host().tx()), returns);
  }

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  void whatWasPromisedNeverReachesTheNextBorrowerWhereAStatementWasOnlyPrepared(boolean returns)
      throws Exception {
    stopsAfter(() -> prepare(host().tx(), "select 1"), returns);
  }

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  void whatWasPromisedNeverReachesTheNextBorrowerWhereTheFirstStatementFailed(boolean returns)
      throws Exception {
    stopsAfter(
        () ->
            assertThat(catchThrowable(() -> execute(host().tx(), "insert into nowhere values (1)")))
                .isNotNull(),
        returns);
  }

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  void whatWasPromisedNeverReachesTheNextBorrowerWhereTheFirstStatementNeverLeftTheClient(
      boolean returns) throws Exception {
    stopsAfter(
        () -> assertThat(catchThrowable(() -> failBeforeSending(host().tx()))).isNotNull(),
        returns);
  }

  private void stopsAfter(Block work, boolean returns) throws Exception {
    for (boolean readOnly : new boolean[] {false, true}) {
      try (BarePool bare = new BarePool(database().dataSource(), poolOptions().autoCommit())) {
        use(bare);
        tryTo(
            () ->
                host()
                    .withTransaction(
                        OPTIONS.isolation(Isolation.SERIALIZABLE).readOnly(readOnly),
                        () -> {
                          work.run();
                          if (!returns) {
                            throw new IllegalStateException("user");
                          }
                        }));

        if (Collections.disjoint(recorder().transcript(), List.of("SQL", "SQL failed"))) {
          // a COMMIT would leave a one-shot setting to the next transaction on some databases
          assertThat(recorder().transcript()).doesNotContain("COMMIT");
        }
        assertThat(recorder().connectionsOut()).isZero();
        theNextBorrowerHasNoneOfIt(bare.getConnection());
      }
    }
  }
}
