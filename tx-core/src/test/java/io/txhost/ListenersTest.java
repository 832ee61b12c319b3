package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What listeners hear, and when. */
class ListenersTest extends CoreTest {
  @Test
  void everythingIsToldInTheOrderItHappens() {
    host.withTransaction(
        named("outer"),
        () -> {
          sql("a");
          host.withTransaction(named("joiner"), () -> {});
          host.withTransaction(as(Propagation.NESTED, "kept"), () -> {});
          catchThrowable(
              () ->
                  host.withTransaction(
                      as(Propagation.NESTED, "undone"),
                      () -> {
                        throw new IOException("x");
                      }));
          host.withTransaction(as(Propagation.REQUIRES_NEW, "inner"), () -> sql("b"));
          host.withoutTransaction(() -> {});
        });

    assertThat(listener.events)
        .containsExactly(
            "began outer",
            "acquired outer",
            "joined outer joiner",
            "savepoint outer kept",
            "savepointReleased outer kept",
            "savepoint outer undone",
            "savepointRolledBack outer undone",
            "setAside outer",
            "began inner",
            "acquired inner",
            "released inner",
            "committed inner",
            "resumed outer",
            "setAside outer",
            "resumed outer",
            "released outer",
            "committed outer");
  }

  @Test
  void whatWasRefusedIsNotTold() {
    catchThrowable(() -> host.withTransaction(Propagation.MANDATORY, () -> {}));

    assertThat(listener.events).isEmpty();
  }

  @Test
  void setAsideWithoutATransactionNothingIsToldOfIt() {
    host.withoutTransaction(() -> host.withTransaction(() -> {}));

    assertThat(listener.events).containsExactly("began unnamed", "committed unnamed");
  }

  @Test
  void theEndIsToldBeforeTheAfterHooksRun() {
    host.withTransaction(
        named("outer"),
        () ->
            host.currentTransaction().orElseThrow().afterCommit(() -> listener.events.add("hook")));

    assertThat(listener.events).containsExactly("began outer", "committed outer", "hook");
  }

  @Test
  void whyItEndedIsToldWithIt() {
    adapter.failAt(At.COMMIT, new IllegalStateException("x"));
    catchThrowable(() -> host.withTransaction(named("unknown"), () -> sql("a")));
    catchThrowable(
        () ->
            host.withTransaction(
                named("failed"),
                () -> {
                  throw new IOException("x");
                }));
    host.begin(named("closed")).close();

    assertThat(listener.events)
        .contains(
            "unknown unknown IllegalStateException",
            "rolledBack failed IOException",
            "rolledBack closed asked for");
  }

  @Test
  void theTransactionIsNamedWithItsHostAndANumberOfItsOwn() {
    AtomicInteger told = new AtomicInteger();
    TransactionHost<RecordingAdapter.Db> named =
        TransactionHost.builder(adapter)
            .name("orders")
            .listener(
                new io.txhost.spi.TransactionListener() {
                  @Override
                  public void began(io.txhost.spi.TransactionInfo transaction) {
                    assertThat(transaction.host()).isEqualTo("orders");
                    assertThat(transaction.name()).isEqualTo("first");
                    assertThat(transaction.id()).isPositive();
                    assertThat(transaction).hasToString("Tx " + transaction.id() + " 'first'");
                    told.incrementAndGet();
                  }
                })
            .build();

    named.withTransaction(named("first"), () -> {});

    assertThat(told).hasValue(1);
    assertThat(adapter.transactions.get(0).signals.id()).isPositive();
    assertThat(adapter.transactions.get(0).signals.name()).isEqualTo("first");
  }

  @Test
  void aListenerThatFailsChangesNothingAndTheNextOneStillHears() {
    RecordingListener second = new RecordingListener();
    TransactionHost<RecordingAdapter.Db> noisy =
        TransactionHost.builder(adapter)
            .listener(
                new RecordingListener() {
                  @Override
                  void hear(String event) {
                    throw new AssertionError("listener at " + event);
                  }
                })
            .listener(second)
            .build();

    noisy.withTransaction(() -> noisy.tx().sql("a"));
    assertThatThrownBy(
            () ->
                noisy.withTransaction(
                    () -> {
                      throw new IOException("users");
                    }))
        .hasMessage("users")
        .hasNoSuppressedExceptions();

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
    assertThat(second.events)
        .containsExactly(
            "began unnamed",
            "acquired unnamed",
            "released unnamed",
            "committed unnamed",
            "began unnamed",
            "rolledBack unnamed IOException");
  }

  @Test
  void connectionsHeldByTheThreadAreCountedPerHost() {
    AtomicInteger held = new AtomicInteger(-1);
    host.withTransaction(
        () -> {
          sql("a");
          host.withTransaction(Propagation.NESTED, () -> sql("b"));
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> {
                held.set(adapter.transactions.get(1).signals.heldByThisThread());
                sql("c");
                assertThat(adapter.transactions.get(1).signals.heldByThisThread()).isEqualTo(2);
              });
          assertThat(adapter.transactions.get(0).signals.heldByThisThread()).isEqualTo(1);
        });

    assertThat(held).hasValue(1);
  }
}
