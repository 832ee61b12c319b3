package io.txhost.tck;

import static io.txhost.TransactionOptions.defaults;
import static io.txhost.tck.Failures.tryTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Isolation;
import io.txhost.TransactionOptions;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection goes back as it was, or is thrown away, on every way out. */
interface RestoreContract<T> extends ContractTest<T> {

  @ParameterizedTest // A14
  @EnumSource
  default void theConnectionGoesBackAsItWasOrIsThrownAway(WayOut out) throws Exception {
    leaveBy(out, defaults().isolation(Isolation.SERIALIZABLE));
  }

  @ParameterizedTest // A14
  @EnumSource
  default void theConnectionOfAReadOnlyOneGoesBackAsItWasOrIsThrownAway(WayOut out)
      throws Exception {
    leaveBy(out, defaults().readOnly(true).isolation(Isolation.REPEATABLE_READ));
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
      underTest().prepare(host().tx(), "select 1");
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

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  default void whatWasPromisedNeverReachesTheNextBorrowerWhereNothingRanAfterBegin(boolean returns)
      throws Exception {
    stopsAfter(() -> underTest().touch(host().tx()), returns);
  }

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  default void whatWasPromisedNeverReachesTheNextBorrowerWhereAStatementWasOnlyPrepared(
      boolean returns) throws Exception {
    stopsAfter(() -> underTest().prepare(host().tx(), "select 1"), returns);
  }

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  default void whatWasPromisedNeverReachesTheNextBorrowerWhereTheFirstStatementFailed(
      boolean returns) throws Exception {
    stopsAfter(
        () ->
            assertThat(catchThrowable(() -> execute(host().tx(), "insert into nowhere values (1)")))
                .isNotNull(),
        returns);
  }

  @ParameterizedTest // A25
  @ValueSource(booleans = {true, false})
  default void whatWasPromisedNeverReachesTheNextBorrowerWhereTheFirstStatementNeverLeftTheClient(
      boolean returns) throws Exception {
    stopsAfter(
        () ->
            assertThat(catchThrowable(() -> underTest().failBeforeSending(host().tx())))
                .isNotNull(),
        returns);
  }

  private void stopsAfter(Failures.Block work, boolean returns) throws Exception {
    for (boolean readOnly : new boolean[] {false, true}) {
      try (BarePool bare = new BarePool(database().dataSource(), poolOptions().autoCommit())) {
        use(bare);
        tryTo(
            () ->
                host()
                    .withTransaction(
                        defaults().isolation(Isolation.SERIALIZABLE).readOnly(readOnly),
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
