package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

  @Test
  void readOnlyIsTheDefaultAndLetsReadsThroughAndNoWrite() { // B11 D13
    TransactionHost<Db> strict = TransactionHost.create(adapter);
    strict.tx().reads("r");

    assertThatThrownBy(() -> strict.tx().sql("never"))
        .isExactlyInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("READ_ONLY")
        .hasMessageContaining("host.withTransaction(..)")
        .hasMessageContaining("host.withoutTransaction(..)")
        .hasMessageContaining("FallbackPolicy.ALLOW")
        .hasMessageContaining(Thread.currentThread().getName());
    Context.run(
        () ->
            assertThatThrownBy(() -> strict.tx().sql("never"))
                .isInstanceOf(TransactionRequiredException.class));
    strict.withTransaction(() -> strict.tx().sql("w"));
    assertThat(transcript()).containsExactly("AUTO r", "1 BEGIN", "1 w", "1 COMMIT");
  }

  @Test
  void readOnlyRefusesTheWritesOfABareThreadAndOfAParallelStream() { // D13
    TransactionHost<Db> strict = TransactionHost.create(adapter);

    assertThatThrownBy(
            () ->
                strict.withTransaction(
                    () -> {
                      strict.tx().sql("a");
                      CompletableFuture.runAsync(() -> strict.tx().sql("never")).join();
                    }))
        .hasRootCauseInstanceOf(TransactionRequiredException.class);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DENY")
  void whatWasGotOutsideJoinsWhereATransactionIsActive(FallbackPolicy policy) { // A27
    TransactionHost<Db> strict = hostThat(policy);
    Context.run(
        () -> {
          Db kept = strict.tx();
          assertThatThrownBy(
                  () ->
                      strict.withTransaction(
                          () -> {
                            kept.sql("a");
                            kept.reads("b");
                            throw new IllegalStateException("x");
                          }))
              .hasMessage("x");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 ROLLBACK");
  }

  @Test
  void whatAWithoutPermittedIsNotPermittedAfterIt() { // B11
    TransactionHost<Db> strict = TransactionHost.create(adapter);
    Db kept =
        strict.<Db, RuntimeException>withoutTransaction(
            () -> {
              Db got = strict.tx();
              got.sql("a");
              return got;
            });

    assertThatThrownBy(() -> kept.sql("never")).isInstanceOf(TransactionRequiredException.class);
    TransactionHost<Db> never = hostThat(FallbackPolicy.DENY);
    Db ofNever = never.<Db, RuntimeException>withoutTransaction(never::tx);
    assertThatThrownBy(() -> ofNever.reads("never"))
        .isInstanceOf(TransactionRequiredException.class);
    assertThat(transcript()).containsExactly("AUTO a");
  }

  @Test
  void whatWasGotOutsideIsRefusedInDetachedWork() { // D6 A27
    Db kept = host.tx();
    Runnable task =
        host.<Runnable, RuntimeException>withTransaction(
            named("gone"), () -> Context.wrap(() -> kept.sql("never")));

    assertThatThrownBy(task::run)
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'gone'");
    assertThat(transcript()).isEmpty();
  }

  @Test
  void anAdapterThatCannotTellReadsFromWritesGivesNothingUnderReadOnly() { // B11
    TransactionAdapter<Db> blind = new Blind(adapter);
    TransactionHost<Db> strict = TransactionHost.create(blind);

    assertThatThrownBy(strict::tx)
        .isInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("tx()");
    strict.withoutTransaction(() -> strict.tx().sql("a"));
    TransactionHost.builder(blind).fallbackPolicy(FallbackPolicy.ALLOW).build().tx().sql("b");
    assertThat(transcript()).containsExactly("AUTO a", "AUTO b");
  }

  /** As an adapter from before there was a second form of {@code fallback}. */
  private record Blind(RecordingAdapter below) implements TransactionAdapter<Db> {
    @Override
    public Db fallback() {
      return below.fallback();
    }

    @Override
    public AdapterTransaction<Db> begin(TransactionOptions options, TransactionSignals signals) {
      return below.begin(options, signals);
    }

    @Override
    public FailureKind classify(Throwable failure) {
      return below.classify(failure);
    }
  }

  /** Its annotations are read by nobody. */
  private static class Orders {
    private final TransactionHost<Db> host;

    Orders(TransactionHost<Db> host) {
      this.host = host;
    }

    @Transactional
    void place() {
      host.tx().sql("never");
    }

    @Transactional(propagation = Propagation.SUPPORTS)
    void supports() {
      host.tx().sql("never");
    }

    @Transactional(host = "another")
    void ofAnother() {
      host.tx().sql("never");
    }

    void plain() {
      host.tx().sql("never");
    }
  }

  @Transactional
  private static final class AllOrders extends Orders {
    AllOrders(TransactionHost<Db> host) {
      super(host);
    }

    void send() {
      plain();
    }
  }

  @Test
  void aRefusedWriteNamesTheAnnotatedMethodThatWasNotCalledThroughItsProxy() { // E10
    TransactionHost<Db> strict = TransactionHost.create(adapter);
    Orders orders = new Orders(strict);

    assertThatThrownBy(orders::place)
        .hasMessageContaining("Orders.place(..) is @Transactional")
        .hasMessageContaining("was not called through its proxy");
    assertThatThrownBy(new AllOrders(strict)::send).hasMessageContaining("AllOrders.send(..)");
    for (ThrowingCallable none :
        List.<ThrowingCallable>of(orders::plain, orders::supports, orders::ofAnother)) {
      assertThatThrownBy(none)
          .isInstanceOf(TransactionRequiredException.class)
          .message()
          .doesNotContain("proxy");
    }
  }

  @Test
  void anAnnotationThatMayHaveBegunAnotherHostsTransactionIsNotBlamed() { // E10
    TransactionHost<Db> strict =
        TransactionHost.builder(new RecordingAdapter()).name("second").build();
    Orders orders = new Orders(strict);
    TransactionHost<Db> first = TransactionHost.create(adapter);

    assertThatThrownBy(() -> first.withTransaction(orders::place))
        .isExactlyInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("'second'")
        .message()
        .doesNotContain("proxy");
    assertThatThrownBy(() -> first.withoutTransaction(orders::place)).hasMessageContaining("proxy");
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
