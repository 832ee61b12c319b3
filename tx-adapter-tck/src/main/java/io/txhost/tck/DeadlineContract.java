package io.txhost.tck;

import static io.txhost.TransactionOptions.defaults;
import static io.txhost.tck.Failures.everythingIn;
import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionException;
import io.txhost.TransactionTimedOutException;
import io.txhost.test.RecordingDataSource.Call;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A deadline holds, and is gone afterwards. */
interface DeadlineContract<T> extends ContractTest<T> {

  private static Duration aLongTime() {
    return Duration.ofSeconds(20);
  }

  /** An answer by then, counted from the deadline, is waited for, whatever the driver. */
  private static Duration timeToAnswer() {
    return Duration.ofMillis(600);
  }

  /** Cancelled where a timeout of a second, the least that drivers take, is still there. */
  private static Duration justAboveASecond() {
    return Duration.ofMillis(1200);
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  // just below whole seconds: a driver that knows no others then cancels soon after the deadline
  @ParameterizedTest // A18
  @ValueSource(longs = {950, 1950})
  default void aSlowStatementIsCancelledSoonAfterTheDeadline(long millis) throws Exception {
    Duration timeout = Duration.ofMillis(millis);
    AtomicReference<Duration> answered = new AtomicReference<>();
    long start = System.nanoTime();

    Throwable failure =
        catchThrowable(
            () ->
                host()
                    .withTransaction(
                        defaults().timeout(timeout),
                        () -> {
                          insert(1);
                          try {
                            ask(database().slowQuery(aLongTime()));
                          } finally {
                            answered.set(since(start));
                          }
                        }));

    assertThat(since(start)).isBetween(timeout, aLongTime().dividedBy(2));
    assertThat(everythingIn(failure))
        .hasAtLeastOneElementOfType(TransactionTimedOutException.class);
    assertThat(recorder().transcript()).isIn(ends(answered.get().minus(timeout)));
    assertThat(rows()).isEmpty();
  }

  /** The connection goes back; that of a server that stalls past its time is thrown away. */
  private static List<List<String>> ends(Duration pastTheDeadline) {
    List<String> goesBack = List.of("BEGIN", "SQL", "SQL failed", "ROLLBACK", "CLOSE");
    return pastTheDeadline.compareTo(timeToAnswer()) <= 0
        ? List.of(goesBack)
        : List.of(goesBack, List.of("BEGIN", "SQL", "SQL failed", "ABORT"));
  }

  @Test // A18
  default void waitingForAConnectionCounts() throws Exception {
    recorder().beforeNext(Call.GET_CONNECTION, this::awaitDeadline);

    assertThatThrownBy(
            () ->
                host().withTransaction(defaults().timeout(Duration.ofMillis(300)), () -> insert(1)))
        .isInstanceOf(TransactionTimedOutException.class);

    assertThat(recorder().transcript()).doesNotContain("SQL", "SQL failed");
    assertThat(rows()).isEmpty();
  }

  @Test // A18
  default void aCommitPastTheDeadlineRollsBack() throws Exception {
    List<String> hooks = new CopyOnWriteArrayList<>();

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        defaults().timeout(Duration.ofSeconds(1)),
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
  default void aResourceKeptPastTheDeadlineSendsNothingMore() throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            defaults().timeout(Duration.ofSeconds(1)),
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
  default void aJoinersShorterTimeoutHoldsInsideIt() throws Exception {
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
                                                  defaults().timeout(timeout),
                                                  () -> ask(database().slowQuery(aLongTime())))))
                              .isNotNull();
                          assertThat(since(start)).isBetween(timeout, aLongTime().dividedBy(2));
                        }));

    assertThat(end).isInstanceOf(TransactionException.class);
    assertThat(rows()).isEmpty();
  }

  @Test // A18
  default void aJoinersTimeoutIsNoDeadlineForWhatFollowsIt() throws Exception {
    host()
        .withTransaction(
            () -> {
              host().withTransaction(defaults().timeout(Duration.ofSeconds(1)), () -> insert(1));
              assertThat(current().remainingTime()).isEmpty();
              ask(database().slowQuery(justAboveASecond()));
              insert(2);
            });

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A18
  default void theNextBorrowersStatementsHaveNoneOfTheTimeout() throws Exception {
    useAPool(poolOptions().size(1));
    ask("select 1"); // the pool's connection is there, and the second for the statement
    host().withTransaction(defaults().timeout(Duration.ofSeconds(1)), () -> insert(1));

    ask(database().slowQuery(justAboveASecond()));
    host().withTransaction(() -> ask(database().slowQuery(justAboveASecond())));
  }

  @Test // A18
  default void theNextBorrowersStatementsHaveNoneOfATimeoutThatStruck() throws Exception {
    useAPool(poolOptions().size(1));
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            defaults().timeout(Duration.ofMillis(300)),
                            () -> ask(database().slowQuery(aLongTime())))))
        .isNotNull();

    host().withTransaction(() -> ask(database().slowQuery(justAboveASecond())));
  }
}
