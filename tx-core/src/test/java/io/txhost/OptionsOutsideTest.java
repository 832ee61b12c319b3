package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.Db;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a boundary that runs without a transaction may be asked for. */
class OptionsOutsideTest extends CoreTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** SUPPORTS, NOT_SUPPORTED and NEVER where nothing is active. */
  private static TransactionOptions without(Propagation mode) {
    return as(mode, "report");
  }

  private static Duration passed(Duration timeout) {
    long until = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() - until < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    return timeout;
  }

  @ParameterizedTest
  @EnumSource(names = {"SUPPORTS", "NOT_SUPPORTED", "NEVER"})
  void readOnlyLetsOnlyReadsThroughWhateverPermitsTheRest(Propagation mode) { // B15
    host.withTransaction(
        without(mode).readOnly(true),
        () -> {
          host.tx().reads("r");
          assertRefused(() -> sql("never"));
        });
    try (ManualTransaction byHand = host.begin(without(mode).readOnly(true))) {
      host.tx().reads("by hand");
      assertRefused(() -> sql("never"));
    }
    sql("w");

    assertThat(transcript()).containsExactly("AUTO r", "AUTO by hand", "AUTO w");
  }

  private void assertRefused(Runnable write) {
    assertThatThrownBy(write::run)
        .isExactlyInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("'report' asked for readOnly")
        .hasMessageContaining("Nothing was sent");
  }

  @Test
  void readOnlyOutsideHoldsForWhatWasGotBefore() { // B15 A27
    Db kept = host.tx();
    host.withTransaction(
        without(Propagation.SUPPORTS).readOnly(true), () -> assertRefused(() -> kept.sql("never")));
    kept.sql("w");

    assertThat(transcript()).containsExactly("AUTO w");
  }

  @Test
  void noBoundaryInsideWithoutATransactionLiftsIt() { // B15
    host.withTransaction(
        without(Propagation.NOT_SUPPORTED).readOnly(true),
        () -> {
          host.withoutTransaction(() -> assertRefused(() -> sql("never")));
          host.withTransaction(
              as(Propagation.SUPPORTS, "inner").readOnly(false),
              () -> assertRefused(() -> sql("never")));
          host.withTransaction(
              as(Propagation.NEVER, "inner").timeout(LONG).readOnly(true),
              () -> assertRefused(() -> sql("never")));
        });

    assertThat(transcript()).isEmpty();
  }

  @Test
  void norDoHooksThatRunAfterATransactionInside() { // B15
    host.withTransaction(
        without(Propagation.NOT_SUPPORTED).readOnly(true),
        () ->
            host.withTransaction(
                () ->
                    host.currentTransaction()
                        .orElseThrow()
                        .afterCompletion(
                            outcome -> {
                              host.tx().reads("r");
                              sql("never");
                            })));

    assertThat(transcript()).containsExactly("AUTO r");
    assertThat(listener.hookFailures)
        .singleElement()
        .isInstanceOf(TransactionRequiredException.class);
  }

  @Test
  void aTransactionInsideMayWrite() { // B15
    host.withTransaction(
        without(Propagation.SUPPORTS).readOnly(true), () -> host.withTransaction(() -> sql("w")));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 w", "1 COMMIT");
  }

  @Test
  void readOnlyOfWhatIsSetAsideIsNotOfTheCodeWithout() { // B15
    host.withTransaction(
        TransactionOptions.defaults().readOnly(true),
        () -> host.withoutTransaction(() -> sql("w")));

    assertThat(transcript()).containsExactly("AUTO w");
  }

  @ParameterizedTest
  @EnumSource(names = {"SUPPORTS", "NOT_SUPPORTED", "NEVER"})
  void aTimeoutIsTheDeadlineOfTheStatements(Propagation mode) { // B15
    Db kept = host.tx();
    host.withTransaction(
        without(mode).timeout(LONG),
        () -> {
          sql("in time");
          assertThat(adapter.outside.remainingTime())
              .hasValueSatisfying(left -> assertThat(left).isPositive().isLessThanOrEqualTo(LONG));
        });
    assertThat(adapter.outside.remainingTime()).isEmpty();
    host.withTransaction(
        without(mode).timeout(Duration.ofMillis(1)),
        () -> {
          Duration unused = passed(Duration.ofMillis(2));
          assertThatThrownBy(host::tx)
              .isInstanceOf(TransactionTimedOutException.class)
              .hasMessageContaining("'report'")
              .hasMessageContaining("1 ms")
              .hasMessageContaining("has committed by itself");
          assertThatThrownBy(() -> kept.sql("never"))
              .isInstanceOf(TransactionTimedOutException.class);
          assertThatThrownBy(() -> kept.reads("never"))
              .isInstanceOf(TransactionTimedOutException.class);
          assertThat(adapter.outside.remainingTime()).hasValue(Duration.ZERO);
        });
    kept.sql("after");

    assertThat(transcript()).containsExactly("AUTO in time", "AUTO after");
  }

  @Test
  void nothingInsideMakesItLonger() { // B15
    host.withTransaction(
        without(Propagation.NOT_SUPPORTED).timeout(Duration.ofMillis(1)),
        () -> {
          Duration unused = passed(Duration.ofMillis(2));
          host.withTransaction(
              as(Propagation.NEVER, "inner").timeout(LONG),
              () ->
                  assertThatThrownBy(host::tx)
                      .isInstanceOf(TransactionTimedOutException.class)
                      .hasMessageContaining("'report'"));
          host.withoutTransaction(
              () -> assertThatThrownBy(host::tx).isInstanceOf(TransactionTimedOutException.class));
        });
  }

  @Test
  void aTransactionThatBeginsInsideMustBeDoneByThen() { // B15
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    without(Propagation.SUPPORTS).timeout(Duration.ofMillis(50)),
                    () ->
                        host.withTransaction(
                            named("inner").timeout(LONG),
                            () -> {
                              sql("a");
                              Duration unused = passed(Duration.ofMillis(60));
                            })))
        .isInstanceOf(TransactionTimedOutException.class)
        .hasMessageContaining("'report'");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void theDeadlineOfWhatIsSetAsideIsItsOwn() { // B15
    host.withTransaction(
        TransactionOptions.defaults().timeout(LONG),
        () -> {
          sql("a");
          host.withoutTransaction(
              () -> {
                sql("w");
                assertThat(adapter.outside.remainingTime()).isEmpty();
              });
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "AUTO w", "1 COMMIT");
  }

  @ParameterizedTest
  @EnumSource(names = {"SUPPORTS", "NOT_SUPPORTED", "NEVER"})
  void anIsolationIsRefusedAndTheWorkNotCalled(Propagation mode) { // B15
    TransactionOptions asked = without(mode).isolation(Isolation.SERIALIZABLE);

    assertThatThrownBy(() -> host.withTransaction(asked, () -> sql("never")))
        .isInstanceOf(IncompatibleTransactionException.class)
        .hasMessageContaining("SERIALIZABLE refused for 'report'")
        .hasMessageContaining("without a transaction");
    assertThatThrownBy(() -> host.begin(asked))
        .isInstanceOf(IncompatibleTransactionException.class);
    host.withTransaction(without(mode).isolation(Isolation.DEFAULT), () -> sql("w"));
    assertThat(transcript()).containsExactly("AUTO w");
  }

  @Test
  void notSupportedInsideATransactionIsAskedAsOutside() { // B15
    host.withTransaction(
        () -> {
          sql("a");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          without(Propagation.NOT_SUPPORTED).isolation(Isolation.SERIALIZABLE),
                          () -> sql("never")))
              .isInstanceOf(IncompatibleTransactionException.class);
          host.withTransaction(
              without(Propagation.NOT_SUPPORTED).readOnly(true),
              () -> assertRefused(() -> sql("never")));
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void theHostsDefaultsAreForTransactions() { // B15
    TransactionHost<Db> usual =
        host()
            .defaultOptions(
                TransactionOptions.defaults()
                    .isolation(Isolation.SERIALIZABLE)
                    .readOnly(true)
                    .timeout(LONG)
                    .retry(RetryPolicy.maxAttempts(3)))
            .build();
    usual.withTransaction(Propagation.SUPPORTS, () -> usual.tx().sql("s"));
    usual.withoutTransaction(
        () -> {
          usual.tx().sql("w");
          assertThat(adapter.outside.remainingTime()).isEmpty();
        });

    assertThat(transcript()).containsExactly("AUTO s", "AUTO w");
  }

  @Test
  void theAnnotationsAttributesAreAskedLikewise() throws Exception { // B15
    class Reports {
      @Transactional(propagation = Propagation.SUPPORTS, readOnly = true, timeout = "1h")
      void show() {}
    }
    TransactionOptions asked =
        TransactionOptions.of(
            Reports.class.getDeclaredMethod("show").getAnnotation(Transactional.class), "report");

    host.withTransaction(
        asked,
        () -> {
          assertRefused(() -> sql("never"));
          assertThat(adapter.outside.remainingTime()).isPresent();
        });
  }
}
