package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.UnexpectedRollbackException;
import io.txhost.matrix.SharedTransaction.Fault;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tasks of {@code inParallel} in one transaction on real databases. By itself: it takes all of both
 * cores, and beside it no deadline of the contract could be kept.
 */
@Isolated
@ExtendWith(NothingLeftBehind.class)
@Timeout(600)
class ChildrenTest {
  private static final long SEED = Long.getLong("matrix.seed", System.nanoTime());

  @Test // D5
  void manyChildrenOfOneTransactionAreAllOrNothing() throws Exception {
    List<Callable<Void>> kinds =
        Stream.of(DatabaseKind.H2, DatabaseKind.POSTGRES_18, DatabaseKind.MARIADB_11)
            .<Callable<Void>>map(
                kind ->
                    () -> {
                      manyChildrenOn(kind);
                      return null;
                    })
            .toList();
    ExecutorService besideEachOther = Executors.newFixedThreadPool(kinds.size());
    try {
      for (Future<Void> each : besideEachOther.invokeAll(kinds)) {
        each.get();
      }
    } finally {
      besideEachOther.shutdownNow();
    }
  }

  private static List<TransactionalCallable<Integer, Exception>> ofHost(
      List<Callable<Integer>> tasks) {
    return tasks.stream()
        .<TransactionalCallable<Integer, Exception>>map(task -> task::call)
        .toList();
  }

  private static void manyChildrenOn(DatabaseKind kind) throws Exception {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    int failed = 0;
    long began = System.nanoTime();
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      for (int run = 0; run < SharedTransaction.RUNS; run++) {
        int number = run;
        Throwable thrown =
            catchThrowable(
                () -> shared.run(number, random, tasks -> shared.host.inParallel(ofHost(tasks))));
        List<Integer> rows = shared.rows();
        assertThat(shared.host.isTransactionActive()).as("left on the thread").isFalse();
        if (run % 4 == 0) {
          assertThat(thrown).as("%s, run %d, seed %d", kind, run, SEED).isNull();
          assertThat(rows).hasSize(SharedTransaction.CHILDREN * SharedTransaction.STATEMENTS);
          shared.direct("delete from item");
        } else {
          failed++;
          assertThat(thrown).as("%s, run %d, seed %d", kind, run, SEED).isInstanceOf(Fault.class);
          assertThat(rows).as("%s, rows of run %d, seed %d", kind, run, SEED).isEmpty();
        }
      }
    }
    System.out.printf(
        "Tasks of inParallel, %s: %d runs of %d x %d statements, %d failed and left nothing, seed"
            + " %d, %d ms%n",
        kind,
        SharedTransaction.RUNS,
        SharedTransaction.CHILDREN,
        SharedTransaction.STATEMENTS,
        failed,
        SEED,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11", "MARIADB_11_THROUGH_MYSQL"})
  void anOpenStreamingCursorIsReadToItsEndOrTheOtherIsRefusedByName(DatabaseKind kind)
      throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      shared.host.withTransaction(
          () -> {
            for (int id = 0; id < 1_000; id++) {
              shared.insert(id);
            }
          });
      CountDownLatch reading = new CountDownLatch(1);
      CountDownLatch wrote = new CountDownLatch(1);
      AtomicInteger read = new AtomicInteger();
      TransactionalCallable<Throwable, Exception> reader =
          () ->
              catchThrowable(
                  () -> {
                    try (Statement statement = streaming(shared, kind);
                        ResultSet result = statement.executeQuery("select id from item")) {
                      while (result.next()) {
                        if (read.incrementAndGet() == 10) {
                          reading.countDown();
                          assertThat(wrote.await(20, TimeUnit.SECONDS)).isTrue();
                        }
                      }
                    }
                  });
      TransactionalCallable<Throwable, Exception> writer =
          () -> {
            assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
            try {
              return catchThrowable(() -> shared.insert(5_000));
            } finally {
              wrote.countDown();
            }
          };

      List<Throwable> thrown =
          shared.host.<List<Throwable>, Exception>withTransaction(
              () -> shared.host.inParallel(List.of(reader, writer)));

      assertThat(thrown.get(0)).as("the reader").isNull();
      assertThat(read).as("rows that it read").hasValueGreaterThanOrEqualTo(1_000);
      if (thrown.get(1) == null) {
        assertThat(shared.rows()).contains(5_000);
      } else { // MySQL's driver: one thing at a time on a connection
        assertThat(kind).isEqualTo(DatabaseKind.MARIADB_11_THROUGH_MYSQL);
        assertThat(thrown.get(1))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("Streaming result set")
            .hasMessageContaining("is still active");
        assertThat(shared.rows()).doesNotContain(5_000).hasSize(1_000);
      }
    }
  }

  private static Statement streaming(SharedTransaction shared, DatabaseKind kind)
      throws SQLException {
    Statement statement =
        shared.host.tx().createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    statement.setFetchSize(kind == DatabaseKind.MARIADB_11_THROUGH_MYSQL ? Integer.MIN_VALUE : 5);
    return statement;
  }

  @ParameterizedTest // D11
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11"})
  void theFirstToSucceedWinsThoughOthersAreInAServerSideSleep(DatabaseKind kind) throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      Duration sleep = Duration.ofSeconds(1);
      String slow = shared.database.slowQuery(sleep);
      List<Thread> losers = new CopyOnWriteArrayList<>();
      CountDownLatch wrote = new CountDownLatch(1);
      CountDownLatch sleeping = new CountDownLatch(2);
      TransactionalCallable<Integer, Exception> winner =
          () -> {
            shared.insert(1);
            wrote.countDown();
            assertThat(sleeping.await(20, TimeUnit.SECONDS)).isTrue();
            awaitOneInTheDriver(losers);
            return 1;
          };
      TransactionalCallable<Integer, Exception> loser =
          () -> {
            assertThat(wrote.await(20, TimeUnit.SECONDS)).isTrue();
            losers.add(Thread.currentThread());
            sleeping.countDown();
            shared.execute(slow);
            shared.execute(slow); // the other one's was before it, and the race is over by then
            shared.insert(2);
            return 2;
          };

      long began = System.nanoTime();
      int won =
          shared.host.<Integer, Exception>withTransaction(
              () -> shared.host.anyInParallel(List.of(loser, winner, loser)));

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(sleep);
      assertThat(won).isEqualTo(1);
      assertThat(shared.rows()).containsExactly(1);
    }
  }

  /** Until one of them executes a statement: what waits for its turn is not in the driver yet. */
  private static void awaitOneInTheDriver(List<Thread> threads) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (threads.stream().noneMatch(ChildrenTest::isInTheDriver)) {
      assertThat(System.nanoTime()).as("one is in the sleep").isLessThan(until);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean isInTheDriver(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(
            call ->
                call.getMethodName().equals("execute")
                    && call.getClassName().matches("org\\.(h2|postgresql|mariadb)\\..*Statement"));
  }

  @ParameterizedTest // D11
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11", "MARIADB_11_THROUGH_MYSQL"})
  void aRaceWhoseLoserHadWrittenKeepsNothing(DatabaseKind kind) throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      CountDownLatch wrote = new CountDownLatch(1);
      TransactionalCallable<Integer, Exception> loser =
          () -> {
            shared.insert(1);
            wrote.countDown();
            throw new Fault("after it had written");
          };
      TransactionalCallable<Integer, Exception> winner =
          () -> {
            assertThat(wrote.await(20, TimeUnit.SECONDS)).isTrue();
            shared.insert(2);
            return 2;
          };

      Throwable thrown =
          catchThrowable(
              () ->
                  shared.host.<Integer, Exception>withTransaction(
                      () -> shared.host.anyInParallel(List.of(loser, winner))));

      assertThat(thrown).isInstanceOf(UnexpectedRollbackException.class);
      assertThat(thrown.getCause()).hasMessageContaining("TXH-125");
      assertThat(shared.rows()).isEmpty();
    }
  }

  @ParameterizedTest // D12
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11"})
  void aCallThatOutlivesTheDeadlineIsCutOffAndNothingIsKept(DatabaseKind kind) throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      String slow = shared.database.slowQuery(Duration.ofSeconds(60));
      long began = System.nanoTime();

      Throwable thrown =
          catchThrowable(
              () ->
                  shared.host.withTransaction(
                      TransactionOptions.defaults().timeout(Duration.ofMillis(1_000)),
                      () -> {
                        shared.insert(1);
                        shared.host.inParallel(
                            List.<TransactionalCallable<Integer, Exception>>of(
                                () -> {
                                  shared.insert(2);
                                  return 2;
                                },
                                () -> {
                                  shared.execute(slow);
                                  return 3;
                                }));
                      }));

      assertThat(thrown).isNotNull();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
      assertThat(shared.rows()).isEmpty();
      shared.host.withTransaction(() -> shared.insert(4)); // the pool of one has a connection again
      assertThat(shared.rows()).containsExactly(4);
    }
  }

  /** The one promise of drivers that the host relies on. H2's does nothing. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRES_18", "MARIADB_11", "MARIADB_11_THROUGH_MYSQL"})
  void abortEndsACallThatAnotherThreadIsIn(DatabaseKind kind) throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind);
        Connection connection = shared.pool.getConnection()) {
      String slow = shared.database.slowQuery(Duration.ofSeconds(60));
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread inACall =
          new Thread(
              () ->
                  ended.complete(
                      catchThrowable(
                          () -> {
                            try (Statement statement = connection.createStatement()) {
                              statement.execute(slow);
                            }
                          })));
      inACall.start();
      assertThat(catchThrowable(() -> ended.get(500, TimeUnit.MILLISECONDS)))
          .isInstanceOf(TimeoutException.class);

      connection.abort(Runnable::run);

      assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRES_18", "MARIADB_11"})
  void aConnectionThatIsCutUnderTheChildrenIsNeverACommit(DatabaseKind kind) throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      Throwable thrown =
          catchThrowable(
              () ->
                  shared.host.withTransaction(
                      () -> {
                        shared.insert(0);
                        String id = ask(shared, shared.database.connectionIdQuery());
                        TransactionalCallable<Throwable, Exception> child =
                            () ->
                                catchThrowable(
                                    () -> {
                                      for (int i = 1; i < 10_000; i++) {
                                        ask(shared, "select count(*) from item");
                                      }
                                    });
                        TransactionalCallable<Throwable, Exception> killer =
                            () ->
                                catchThrowable(
                                    () ->
                                        shared.direct(
                                            kind == DatabaseKind.MARIADB_11
                                                ? "kill " + id
                                                : "select pg_terminate_backend(" + id + ")"));
                        List<Throwable> all =
                            shared.host.inParallel(List.of(child, child, child, killer));
                        assertThat(all.subList(0, 3)).doesNotContainNull();
                      }));

      assertThat(thrown).isInstanceOf(UnexpectedRollbackException.class);
      assertThat(shared.rows()).isEmpty();
    }
  }

  private static String ask(SharedTransaction shared, String query) throws SQLException {
    try (Statement statement = shared.host.tx().createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }

  /** By JDBC and by statements, in a script behind another one, too, and in a batch. */
  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11", "MARIADB_11_THROUGH_MYSQL"})
  void aChildMaySetNoSavepointOfItsOwn(DatabaseKind kind) throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      CountDownLatch wrote = new CountDownLatch(1);
      TransactionalCallable<List<Throwable>, Exception> sibling =
          () -> {
            shared.insert(1);
            wrote.countDown();
            return List.of();
          };
      TransactionalCallable<List<Throwable>, Exception> child =
          () -> {
            assertThat(wrote.await(20, TimeUnit.SECONDS)).isTrue();
            return Stream.<ThrowingCallable>of(
                    () -> shared.host.tx().setSavepoint("own"),
                    () -> shared.execute("savepoint own"),
                    () -> shared.execute("rollback to savepoint owners"),
                    () -> shared.execute("release savepoint owners"),
                    () -> shared.execute("select 1; rollback to savepoint owners"),
                    () -> prepared(shared, "rollback to savepoint owners"),
                    () -> inABatch(shared, "rollback to savepoint owners"))
                .map(each -> catchThrowable(each))
                .toList();
          };

      List<Throwable> refused =
          shared.host.<List<Throwable>, Exception>withTransaction(
              () -> {
                shared.execute("savepoint owners");
                List<Throwable> thrown = shared.host.inParallel(List.of(sibling, child)).get(1);
                shared.execute("savepoint later");
                shared.insert(2);
                shared.execute("rollback to savepoint later");
                shared.execute("release savepoint owners"); // it is still there
                return thrown;
              });

      assertThat(refused)
          .hasSize(7)
          .allSatisfy(
              each ->
                  assertThat(each)
                      .isInstanceOf(TransactionException.class)
                      .hasMessageContaining("TXH-516")
                      .hasMessageContaining("NESTED"));
      assertThat(shared.rows())
          .as("the sibling's, and not what its owner undid")
          .containsExactly(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRES_18"}) // those that take scripts unasked
  void theBoundarysOwnThreadMayDoSoInAScriptToo(DatabaseKind kind) throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      shared.host.withTransaction(
          () -> {
            shared.insert(1);
            shared.execute("savepoint own; insert into item values (2, 'x')");
            shared.execute("rollback to savepoint own; release savepoint own");
          });

      assertThat(shared.rows()).containsExactly(1);
    }
  }

  private static void prepared(SharedTransaction shared, String sql) throws SQLException {
    try (PreparedStatement statement = shared.host.tx().prepareStatement(sql)) {
      statement.execute();
    }
  }

  private static void inABatch(SharedTransaction shared, String sql) throws SQLException {
    try (Statement statement = shared.host.tx().createStatement()) {
      statement.addBatch("insert into item values (3, 'x')");
      statement.addBatch(sql);
      statement.executeBatch();
    }
  }

  /** Those that it refuses end first: that is no failure of theirs. */
  @Test // D5
  void theTaskThatLostTheTransactionIsNamedThoughOthersEndBeforeIt() throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(DatabaseKind.POSTGRES_18)) {
      shared.direct("insert into item values (0, 'x')");
      for (int round = 0; round < 100; round++) {
        CountDownLatch lost = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        TransactionalCallable<Void, Exception> fails =
            () -> {
              try {
                shared.insert(0);
              } catch (SQLException e) {
                failure.set(e);
                lost.countDown();
                awaitCancelled(shared); // by the ends of those that are refused
                throw e;
              }
              return null;
            };
        TransactionalCallable<Void, Exception> refused =
            () -> {
              assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
              Throwable refusal = catchThrowable(() -> shared.insert(1));
              assertThat(refusal).hasMessageMatching("TXH-(504|121) (?s:.*)");
              throw (Exception) refusal;
            };

        Throwable thrown =
            catchThrowable(
                () ->
                    shared.host.<Object, Exception>withTransaction(
                        () -> shared.host.inParallel(List.of(refused, refused, fails, refused))));

        assertThat(thrown).as("round %d", round).isSameAs(failure.get());
        assertThat(thrown.getSuppressed()).isEmpty();
      }
      assertThat(shared.rows()).containsExactly(0);
    }
  }

  /** Until a sibling's end has cancelled the task that asks. */
  private static void awaitCancelled(SharedTransaction shared) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Throwable refusal = null;
    while (refusal == null && System.nanoTime() < until) {
      LockSupport.parkNanos(50_000);
      refusal = catchThrowable(shared.host::tx);
    }
    assertThat(refusal).hasMessageContaining("TXH-121");
  }
}
