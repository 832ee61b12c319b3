package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.DetachedTransactionException;
import io.txhost.ManualTransaction;
import io.txhost.UnexpectedRollbackException;
import io.txhost.context.Context;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.matrix.SharedTransaction.Fault;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forks of a structured scope in one transaction on real databases, one beside the other. */
@Execution(ExecutionMode.CONCURRENT) // each mostly waits for its server's answers
@ExtendWith(NothingLeftBehind.class)
@Timeout(600)
class ForksTest {
  private static final long SEED = Long.getLong("matrix.seed", System.nanoTime());
  private static final int RACES_OF_A_KIND = 8;

  @ParameterizedTest // D5
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11"})
  void manyForksOfOneTransactionAreAllOrNothing(DatabaseKind kind) throws Exception {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    int failed = 0;
    int interruptedInside = 0;
    long began = System.nanoTime();
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      for (int run = 0; run < SharedTransaction.RUNS; run++) {
        int number = run;
        Throwable thrown = catchThrowable(() -> shared.run(number, random, ForksTest::forkAll));
        List<Integer> rows = shared.rows();
        if (run % 4 == 0) {
          assertThat(thrown).as("run %d, seed %d", run, SEED).isNull();
          assertThat(rows).hasSize(SharedTransaction.CHILDREN * SharedTransaction.STATEMENTS);
          shared.direct("delete from item");
        } else {
          failed++;
          interruptedInside += says(thrown, "TXH-507") ? 1 : 0; // its connection went with it
          assertThat(thrown).as("run %d, seed %d", run, SEED).hasRootCauseInstanceOf(Fault.class);
          assertThat(rows).as("rows of run %d, seed %d", run, SEED).isEmpty();
        }
      }
    }
    System.out.printf(
        "Forks, %s: %d runs of %d x %d statements, %d failed and left nothing (in %d the scope's"
            + " interrupt took the connection), seed %d, %d ms%n",
        kind,
        SharedTransaction.RUNS,
        SharedTransaction.CHILDREN,
        SharedTransaction.STATEMENTS,
        failed,
        interruptedInside,
        SEED,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  private static boolean says(Throwable thrown, String words) {
    for (Throwable beside : thrown.getSuppressed()) {
      if (String.valueOf(beside.getMessage()).contains(words)) {
        return true;
      }
    }
    return false;
  }

  private static void forkAll(List<Callable<Integer>> tasks) throws InterruptedException {
    try (var scope = StructuredTaskScope.open(Joiner.<Integer>awaitAllSuccessfulOrThrow())) {
      tasks.forEach(scope::fork);
      scope.join();
    }
  }

  /** The scope interrupts the losers, wherever they are: the truth is told, and nothing is half. */
  @ParameterizedTest // D11
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11"})
  void aRaceInAScopeThatInterruptsIsCommittedOrRolledBackNamingTheInterrupted(DatabaseKind kind)
      throws Exception {
    int races = RACES_OF_A_KIND * Losers.values().length;
    Map<Losers, Integer> committed = new EnumMap<>(Losers.class);
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      String slow = shared.database.slowQuery(Duration.ofSeconds(20));
      for (int race = 0; race < races; race++) {
        int id = race;
        Losers losers = Losers.values()[race % Losers.values().length];
        Throwable thrown =
            catchThrowable(
                () ->
                    shared.host.withTransaction(
                        () -> {
                          shared.insert(id);
                          race(shared, slow, losers);
                        }));

        List<Integer> rows = shared.rows();
        if (thrown == null) {
          committed.merge(losers, 1, Integer::sum);
          assertThat(rows).as("race %d", race).containsExactly(id);
          // by its key: on a server that does not see that its client is gone, a race that was
          // cut off keeps its own row locked until the sleep has ended
          shared.direct("delete from item where id = " + id);
        } else {
          assertThat(rows).as("race %d", race).isEmpty();
          assertThat(thrown)
              .as("race %d, losers %s", race, losers)
              .isInstanceOf(UnexpectedRollbackException.class);
          assertThat(thrown.getCause())
              .hasMessageContaining("'loser ")
              .hasMessageMatching("TXH-12[04] .*interrupted.*"); // before a call, or inside
        }
      }
      shared.host.withTransaction(() -> shared.insert(1_000)); // the pool of one is whole
      assertThat(shared.rows()).containsExactly(1_000);
    }
    int kept = committed.values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf(
        "Races in a scope, %s: %d, committed %d %s, rolled back naming the interrupted %d, half 0%n",
        kind, races, kept, committed, races - kept);
    assertThat(committed).containsEntry(Losers.HAVE_ENDED, RACES_OF_A_KIND);
    assertThat(committed).containsEntry(Losers.HAVE_NOT_ASKED, RACES_OF_A_KIND);
    assertThat(kept).as("committed").isLessThan(races);
  }

  /** Which the fork would not have noticed: its row stays whatever becomes of the transaction. */
  @ParameterizedTest // D12
  @EnumSource(names = {"H2", "POSTGRES_18", "MARIADB_11"})
  void aForkUnderBeginWritesNothingThroughTheEnlistingDataSource(DatabaseKind kind)
      throws Exception {
    try (SharedTransaction shared = SharedTransaction.on(kind)) {
      DataSource enlisting = JdbcAdapter.enlistingDataSource(shared.host);
      Throwable refused =
          Context.call(
              () -> {
                try (ManualTransaction open = shared.host.begin()) {
                  Throwable thrown = catchThrowable(() -> forkAll(List.of(inserting(enlisting))));
                  open.commit();
                  return thrown;
                }
              });

      assertThat(refused).hasRootCauseInstanceOf(DetachedTransactionException.class);
      assertThat(shared.rows()).isEmpty();
    }
  }

  private static Callable<Integer> inserting(DataSource library) {
    return () -> {
      try (Connection connection = library.getConnection();
          Statement statement = connection.createStatement()) {
        return statement.executeUpdate("insert into item (id, label) values (1, 'library')");
      }
    };
  }

  /** Where they are when the winner has won. */
  private enum Losers {
    ARE_ABOUT_TO_ASK,
    ARE_INSIDE_OR_WAIT_FOR_THEIR_TURN,
    HAVE_NOT_ASKED,
    HAVE_ENDED
  }

  private static void race(SharedTransaction shared, String slow, Losers losers)
      throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(3);
    List<Thread> threads = new CopyOnWriteArrayList<>();
    try (var scope = StructuredTaskScope.open(Joiner.<String>anySuccessfulResultOrThrow())) {
      for (int i = 0; i < 3; i++) {
        String name = "loser " + i;
        scope.fork(
            () -> {
              Thread.currentThread().setName(name);
              threads.add(Thread.currentThread());
              ready.countDown();
              switch (losers) {
                case HAVE_NOT_ASKED -> new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                case HAVE_ENDED -> throw new Fault(name);
                case ARE_ABOUT_TO_ASK, ARE_INSIDE_OR_WAIT_FOR_THEIR_TURN -> shared.execute(slow);
              }
              return name;
            });
      }
      scope.fork(
          () -> {
            ready.await();
            switch (losers) {
              case HAVE_ENDED -> {
                for (Thread loser : threads) {
                  loser.join();
                }
              }
              case ARE_INSIDE_OR_WAIT_FOR_THEIR_TURN -> TimeUnit.MILLISECONDS.sleep(30);
              case ARE_ABOUT_TO_ASK, HAVE_NOT_ASKED -> {}
            }
            return "winner";
          });
      assertThat(scope.join()).isEqualTo("winner");
    }
  }
}
