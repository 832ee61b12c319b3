package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tx() gives outside a transaction. */
class FallbackTest extends CoreTest {
  private TransactionHost<Db> hostThat(FallbackPolicy policy) {
    return host().fallbackPolicy(policy).build();
  }

  @Test
  void allowGivesAFreshAutoCommitResourceAtEachUse() { // B11 A2
    Db first = host.tx();
    first.sql("a");

    assertThat(host.tx()).isNotSameAs(first);
    assertThat(transcript()).containsExactly("AUTO a");
    assertThat(adapter.transactions).isEmpty();
  }

  @Test
  void inContextGivesItOnlyWhereAContextIsActive() throws InterruptedException { // B11 D6
    TransactionHost<Db> strict = hostThat(FallbackPolicy.IN_CONTEXT);
    AtomicReference<Throwable> onBareThread = new AtomicReference<>();

    Context.run(
        () -> {
          strict.tx().sql("a");
          Thread bare =
              new Thread(() -> onBareThread.set(catchThrowable(strict::tx)), "bare thread");
          bare.start();
          bare.join();
          Context.<Void, RuntimeException>exit(
              () -> {
                assertThatThrownBy(strict::tx).isInstanceOf(TransactionRequiredException.class);
                return null;
              });
        });

    assertThat(onBareThread.get())
        .isInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("IN_CONTEXT")
        .hasMessageContaining("'bare thread'");
    assertThat(transcript()).containsExactly("AUTO a");
  }

  @Test
  void aTaskCapturedOutsideAndRunInsideATransactionIsOutsideIt() { // B11
    TransactionHost<Db> strict = hostThat(FallbackPolicy.IN_CONTEXT);

    Context.run(
        () -> {
          Runnable captured = Context.wrap(() -> strict.tx().sql("outside"));
          strict.withTransaction(
              () -> {
                strict.tx().sql("a");
                captured.run();
                strict.tx().sql("b");
              });
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "AUTO outside", "1 b", "1 COMMIT");
  }

  @Test
  void denyNeverGivesIt() { // B11
    TransactionHost<Db> strict = hostThat(FallbackPolicy.DENY);

    assertThatThrownBy(strict::tx)
        .isInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("DENY")
        .hasMessageContaining("withoutTransaction");
    Context.run(
        () -> assertThatThrownBy(strict::tx).isInstanceOf(TransactionRequiredException.class));
    strict.withTransaction(() -> strict.tx().sql("a"));
    assertThat(transcript()).contains("1 a");
  }

  @ParameterizedTest
  @EnumSource
  void aBoundaryThatSaysWithoutPermitsIt(FallbackPolicy policy) { // B11
    TransactionHost<Db> strict = hostThat(policy);
    strict.withoutTransaction(() -> strict.tx().sql("a"));
    strict.withTransaction(Propagation.NOT_SUPPORTED, () -> strict.tx().sql("b"));
    strict.withTransaction(Propagation.NEVER, () -> strict.tx().sql("c"));
    try (ManualTransaction never = strict.begin(as(Propagation.NEVER, "never"))) {
      strict.tx().sql("d");
    }
    strict.withTransaction(() -> strict.withoutTransaction(() -> strict.tx().sql("e")));

    assertThat(transcript()).containsExactly("AUTO a", "AUTO b", "AUTO c", "AUTO d", "AUTO e");
  }

  @Test
  void supportsIsNoPermission() { // B11
    TransactionHost<Db> strict = hostThat(FallbackPolicy.DENY);

    assertThatThrownBy(() -> strict.withTransaction(Propagation.SUPPORTS, strict::tx))
        .isInstanceOf(TransactionRequiredException.class);
    try (ManualTransaction supports = strict.begin(as(Propagation.SUPPORTS, "s"))) {
      assertThatThrownBy(strict::tx).isInstanceOf(TransactionRequiredException.class);
    }
  }

  @Test
  void thePermissionEndsWithItsBoundaryAndIsTheHostsAlone() { // B11
    TransactionHost<Db> strict = hostThat(FallbackPolicy.DENY);
    TransactionHost<Db> other =
        TransactionHost.builder(new RecordingAdapter())
            .name("other")
            .fallbackPolicy(FallbackPolicy.DENY)
            .build();

    strict.withoutTransaction(
        () ->
            assertThatThrownBy(other::tx)
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("'other'"));
    assertThatThrownBy(strict::tx).isInstanceOf(TransactionRequiredException.class);
  }

  @ParameterizedTest
  @EnumSource
  void workThatFellOutOfATransactionNeverFallsBack(FallbackPolicy policy) { // B11 D1
    TransactionHost<Db> strict = hostThat(policy);
    Runnable task =
        Context.<Runnable, RuntimeException>call(
            () ->
                strict.<Runnable, RuntimeException>withTransaction(
                    named("gone"), () -> Context.wrap(() -> strict.tx().sql("never"))));

    assertThatThrownBy(task::run)
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'gone'")
        .hasMessageContaining(Thread.currentThread().getName())
        .hasMessageContaining("withoutTransaction");
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aDetachedTaskMayOpenABoundaryOfItsOwnOrSayWithout() { // D7
    AtomicReference<Runnable> task = new AtomicReference<>();
    host.withTransaction(
        named("captured"),
        () -> {
          sql("a");
          task.set(
              Context.wrap(
                  () -> {
                    host.withTransaction(() -> sql("own"));
                    host.withoutTransaction(() -> sql("without"));
                    assertThatThrownBy(host::tx).isInstanceOf(DetachedTransactionException.class);
                  }));
          task.get().run();
          sql("b");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "2 BEGIN", "2 own", "2 COMMIT", "AUTO without", "1 b", "1 COMMIT");
  }

  @Test
  void whatWasSetAsideIsNotCaptured() { // D6
    Runnable task =
        host.<Runnable, RuntimeException>withTransaction(
            () ->
                host.<Runnable, RuntimeException>withoutTransaction(
                    () -> Context.wrap(() -> sql("a"))));

    task.run();

    assertThat(transcript()).containsExactly("AUTO a");
  }

  @Test
  void aTaskCapturedByADetachedTaskIsDetachedFromTheSameTransaction() { // D6
    Runnable first =
        host.<Runnable, RuntimeException>withTransaction(
            named("origin"),
            () ->
                Context.wrap(
                    () -> {
                      Runnable second = Context.wrap(() -> sql("never"));
                      assertThatThrownBy(second::run).hasMessageContaining("'origin'");
                    }));

    first.run();
  }

  @Test
  void aFallbackThatFailsIsTheAdaptersFailure() {
    IllegalStateException down = new IllegalStateException("down");
    adapter.failAt(At.FALLBACK, down);

    assertThatThrownBy(host::tx).isSameAs(down);
    assertThatCode(host::tx).doesNotThrowAnyException();
  }
}
