package io.txhost.tck;

import static io.txhost.TransactionOptions.defaults;
import static io.txhost.tck.Rows.askOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.IncompatibleTransactionException;
import io.txhost.Isolation;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
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

/** Isolation and access mode are in force inside, and gone afterwards. */
interface IsolationContract<T> extends ContractTest<T> {

  @Test // A4
  default void everyIsolationIsInForceInsideAndGoneAfterwards() throws Exception {
    useAPool(poolOptions().size(1));
    for (Isolation isolation : database().isolations()) {
      String inForce =
          host()
              .withTransaction(
                  defaults().isolation(isolation), () -> ask(database().isolationQuery()));

      assertThat(inForce).as(isolation + " inside").isEqualTo(database().reported(isolation));
      theNextBorrowerHasNoneOfIt(pool().getConnection());
    }
  }

  @Test // A4
  default void isolationIsInForceAlsoWhereTheTransactionFails() throws Exception {
    useAPool(poolOptions().size(1));
    List<String> inForce = new CopyOnWriteArrayList<>();

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        defaults().isolation(Isolation.SERIALIZABLE),
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
  default void readOnlyReadsAndIsKnownToTheDatabase() throws Exception {
    useAPool(poolOptions().size(1));
    run("insert into item (id, label) values (1, 'there')");

    host()
        .withTransaction(
            defaults().readOnly(true),
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
  default void readOnlyRefusesAWrite() throws Exception {
    useAPool(poolOptions().size(1));

    assertThat(
            catchThrowable(
                () -> host().withTransaction(defaults().readOnly(true), () -> insert(1))))
        .isNotNull();

    assertThat(rows()).isEmpty();
    theNextBorrowerHasNoneOfIt(pool().getConnection());
    host().withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }

  /** Two read a number, then both write the next one: at weaker levels one of them is lost. */
  @Test // A4
  default void anAnomalyIsCaughtUnderSerializable() throws Exception {
    run("insert into item (id, label) values (1, '0')");
    CyclicBarrier bothHaveRead = new CyclicBarrier(2);
    Callable<Integer> increment =
        () -> {
          Throwable failure =
              catchThrowable(
                  () ->
                      host()
                          .withTransaction(
                              defaults().isolation(Isolation.SERIALIZABLE),
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

  @Test // A19
  default void anIsolationThatTheDatabaseDoesNotHaveIsRefusedAndNothingIsExecuted()
      throws Exception {
    Set<Isolation> missing = EnumSet.allOf(Isolation.class);
    missing.remove(Isolation.DEFAULT);
    missing.removeAll(database().isolations());
    for (Isolation isolation : missing) {
      assertThatThrownBy(
              () -> host().withTransaction(defaults().isolation(isolation), () -> insert(1)))
          .as(isolation.name())
          .isInstanceOf(IncompatibleTransactionException.class);
    }

    assertThat(recorder().transcript()).doesNotContain("SQL", "SQL failed");
    assertThat(rows()).isEmpty();
  }

  @Test // A19
  default void anIsolationThatTheDatabaseRefusesIsNotRunWithout() throws Exception {
    recorder().failNext(Call.SET, new SQLException("no such level here", "0A000"));

    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            defaults().isolation(Isolation.SERIALIZABLE), () -> insert(1))))
        .isNotNull();

    assertThat(recorder().transcript()).doesNotContain("SQL", "SQL failed", "COMMIT");
    assertThat(rows()).isEmpty();
    host().withTransaction(() -> insert(2));
    assertThat(rows()).containsExactly(2);
  }
}
