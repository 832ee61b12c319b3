package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two hosts: a transaction of one never hides, joins or ends the other's. */
class TwoHostsTest extends CoreTest {
  private final RecordingAdapter ledgerAdapter = new RecordingAdapter();
  private final TransactionHost<Db> ledger =
      TransactionHost.builder(ledgerAdapter)
          .name("ledger")
          .fallbackPolicy(FallbackPolicy.ALLOW)
          .listener(listener)
          .build();

  @AfterEach
  void everyTransactionOfTheLedgerWasEndedOnce() {
    assertThat(ledgerAdapter.complaints()).isEmpty();
  }

  @Test
  void nestedInOneAnotherEachHasItsOwnTransaction() { // B4
    host.withTransaction(
        () -> {
          sql("a");
          assertThat(ledger.isTransactionActive()).isFalse();
          ledger.withTransaction(
              () -> {
                ledger.tx().sql("b");
                host.withTransaction(Propagation.MANDATORY, () -> sql("c"));
                host.withTransaction(
                    Propagation.REQUIRES_NEW,
                    () -> {
                      sql("d");
                      ledger.withTransaction(Propagation.MANDATORY, () -> ledger.tx().sql("e"));
                      ledger.withoutTransaction(() -> host.tx().sql("f"));
                    });
              });
          sql("g");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "1 c", "2 BEGIN", "2 d", "2 f", "2 COMMIT", "1 g", "1 COMMIT");
    assertThat(ledgerAdapter.transcript).containsExactly("1 BEGIN", "1 b", "1 e", "1 COMMIT");
  }

  @Test
  void aFailureOfTheInnerOneThatIsSwallowedDoesNotTouchTheOuterOne() { // B4
    host.withTransaction(
        () -> {
          sql("a");
          assertThatThrownBy(
              () ->
                  ledger.withTransaction(
                      () -> {
                        ledger.tx().sql("b");
                        throw new IllegalStateException("x");
                      }));
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
    assertThat(ledgerAdapter.transcript).containsExactly("1 BEGIN", "1 b", "1 ROLLBACK");
  }

  @Test
  void aFailureOfTheOuterOneDoesNotUndoTheInnerOneThatCommitted() { // B4
    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  sql("a");
                  ledger.withTransaction(() -> ledger.tx().sql("b"));
                  throw new IllegalStateException("x");
                }));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(ledgerAdapter.transcript).containsExactly("1 BEGIN", "1 b", "1 COMMIT");
  }

  @Test
  void byHandTheyEndInnermostFirstWhicheverHostTheyAreOf() { // B4 B10
    ManualTransaction first = host.begin(named("first"));
    ManualTransaction second = ledger.begin(named("second"));
    sql("a");
    ledger.tx().sql("b");
    assertThatThrownBy(first::commit).hasMessageContaining("TXH-117");
    second.commit();
    sql("c");
    first.commit();

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 c", "1 COMMIT");
    assertThat(ledgerAdapter.transcript).containsExactly("1 BEGIN", "1 b", "1 COMMIT");
  }

  @Test
  void aMarkOfOneIsNoMarkOfTheOther() { // B4
    host.withTransaction(
        () -> {
          host.currentTransaction().orElseThrow().setRollbackOnly();
          ledger.withTransaction(
              () ->
                  assertThat(ledger.currentTransaction().orElseThrow().isRollbackOnly()).isFalse());
          assertThatThrownBy(() -> host.withTransaction(() -> {}))
              .isInstanceOf(UnexpectedRollbackException.class);
        });
  }

  @Test
  void settingOneAsideLeavesTheOtherActive() { // B4
    host.withTransaction(
        () ->
            ledger.withTransaction(
                () ->
                    host.withoutTransaction(
                        () -> {
                          assertThat(host.isTransactionActive()).isFalse();
                          assertThat(ledger.isTransactionActive()).isTrue();
                        })));
  }

  @Test
  void capturedInsideBothEachIsDetachedFromItsOwn() { // B4
    Runnable task =
        host.<Runnable, RuntimeException>withTransaction(
            named("of host"),
            () ->
                ledger.<Runnable, RuntimeException>withTransaction(
                    named("of ledger"),
                    () ->
                        Context.wrap(
                            () -> {
                              assertThatThrownBy(host::tx).hasMessageContaining("'of host'");
                              assertThatThrownBy(ledger::tx).hasMessageContaining("'of ledger'");
                            })));

    task.run();
  }

  @Test
  void capturedInsideOneTheOtherIsFreeToFallBack() { // B4
    Runnable task =
        host.<Runnable, RuntimeException>withTransaction(
            () -> Context.wrap(() -> ledger.tx().sql("a")));

    task.run();

    assertThat(ledgerAdapter.transcript).containsExactly("AUTO a");
  }

  @Test
  void aHookOfOneMayWorkInTheOther() {
    ledger.withTransaction(
        () -> {
          host.withTransaction(
              () ->
                  host.currentTransaction()
                      .orElseThrow()
                      .afterCommit(() -> ledger.tx().sql("in the ledger's")));
          ledger.tx().sql("after");
        });

    assertThat(ledgerAdapter.transcript)
        .containsExactly("1 BEGIN", "1 in the ledger's", "1 after", "1 COMMIT");
  }
}
