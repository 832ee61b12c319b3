package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/**
 * Work that was handed over without a structured scope is outside the transaction, however it
 * travelled: where the context came along it is told so, where nothing did the fallback policy
 * decides.
 */
class OutsideTest extends CoreTest {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  @RegisterExtension final Pools pools = new Pools();

  /** As an application should be that may forget to wrap an executor. */
  private final TransactionHost<Db> strict =
      host().fallbackPolicy(FallbackPolicy.IN_CONTEXT).build();

  @BeforeAll
  static void reactorCarriesContexts() {
    Hooks.enableAutomaticContextPropagation();
  }

  @AfterAll
  static void reactorIsAsBefore() {
    Hooks.disableAutomaticContextPropagation();
  }

  /** Sends the work, and gives what will come of it. */
  private FutureTask<Object> sent(Way way, Callable<?> work) throws Exception {
    FutureTask<Object> task = new FutureTask<>(work::call);
    way.send(pools, task);
    return task;
  }

  /** What comes of the work that is sent from here. */
  private Object outside(Way way, Callable<?> work) throws Exception {
    return resultOf(sent(way, work));
  }

  private static Object resultOf(FutureTask<Object> task) throws Exception {
    try {
      return task.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw RecordingAdapter.<RuntimeException>sneaky(e.getCause());
    }
  }

  private static void in(String value, Callable<?> work) throws Exception {
    Context.<Object, Exception>call(
        () -> {
          Context.current().set(KEY, value);
          return work.call();
        });
  }

  private static List<Object> here() {
    List<Object> seen = new ArrayList<>();
    seen.add(Context.isActive() ? Context.current().get(KEY).orElse("no value") : "no context");
    return seen;
  }

  @ParameterizedTest
  @EnumSource
  void valuesTravelUnlessNothingDoes(Way way) throws Exception { // D6
    in(
        "v",
        () -> {
          List<Object> seen =
              strict.<List<Object>, Exception>withTransaction(
                  () -> List.of(outside(way, OutsideTest::here)));
          return assertThat(seen).containsExactly(List.of(way.isBare() ? "no context" : "v"));
        });
  }

  @ParameterizedTest
  @EnumSource
  void theTransactionStaysWhereItIsAndTheWorkIsTold(Way way) throws Exception { // D6
    in(
        "v",
        () ->
            strict.<Object, Exception>withTransaction(
                named("orders.place"),
                () -> {
                  strict.tx().sql("before");
                  Throwable told = catchThrowable(() -> outside(way, () -> use(strict)));
                  if (way.isBare()) {
                    assertThat(told)
                        .isInstanceOf(TransactionRequiredException.class)
                        .hasMessageContaining("IN_CONTEXT");
                  } else {
                    assertThat(told)
                        .isInstanceOf(DetachedTransactionException.class)
                        .hasMessageContaining("'orders.place' was active on thread")
                        .hasMessageContaining("withoutTransaction");
                  }
                  strict.tx().sql("after");
                  return null;
                }));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 before", "1 after", "1 COMMIT");
  }

  private static Object use(TransactionHost<Db> host) {
    assertThat(host.isTransactionActive()).isFalse();
    host.tx().sql("never");
    return null;
  }

  @Test
  void aPipelineOnTheBoundarysThreadIsOutsideWhereItRestoresWhatItCaptured() { // D6
    strict.withTransaction(
        named("outer"),
        () -> {
          Callable<Boolean> asked = strict::isTransactionActive;
          assertThat(Mono.fromCallable(asked).contextCapture().block()).isFalse();
          assertThat(Mono.fromCallable(asked).block()).isTrue();
          assertThat(strict.isTransactionActive()).isTrue();
        });
  }

  // ---- the table

  private static final Map<Propagation, Object> DETACHED = new EnumMap<>(Propagation.class);
  private static final Map<Propagation, Object> UNKNOWN = new EnumMap<>(Propagation.class);

  static {
    List<String> begins = List.of("2 BEGIN", "2 inside", "2 COMMIT");
    List<String> without = List.of("AUTO inside");
    DETACHED.put(Propagation.REQUIRED, begins);
    DETACHED.put(Propagation.REQUIRES_NEW, begins);
    DETACHED.put(Propagation.NESTED, begins);
    DETACHED.put(Propagation.SUPPORTS, DetachedTransactionException.class);
    DETACHED.put(Propagation.MANDATORY, TransactionRequiredException.class);
    DETACHED.put(Propagation.NOT_SUPPORTED, without);
    DETACHED.put(Propagation.NEVER, without);
    UNKNOWN.putAll(DETACHED);
    // runs without, and there the policy refuses tx()
    UNKNOWN.put(Propagation.SUPPORTS, TransactionRequiredException.class);
  }

  static Stream<Arguments> everyWayAndMode() {
    return Stream.of(Way.values())
        .flatMap(way -> Stream.of(Propagation.values()).map(mode -> Arguments.of(way, mode)));
  }

  @ParameterizedTest
  @MethodSource("everyWayAndMode")
  void eachModeDoesOutsideWhatTheTableSays(Way way, Propagation mode) throws Exception { // B1 D7
    Object expected = (way.isBare() ? UNKNOWN : DETACHED).get(mode);
    in(
        "v",
        () ->
            strict.<Object, Exception>withTransaction(
                named("captured"),
                () -> {
                  strict.tx().sql("before");
                  Throwable refused = catchThrowable(() -> outside(way, () -> boundary(mode)));
                  if (expected instanceof Class<?> refusal) {
                    assertThat(refused).isInstanceOf(refusal);
                    if (!way.isBare()) {
                      assertThat(refused).hasMessageContaining("'captured'");
                    }
                  } else {
                    assertThat(refused).isNull();
                  }
                  assertThat(strict.currentTransaction().orElseThrow().isRollbackOnly()).isFalse();
                  strict.tx().sql("after");
                  return null;
                }));

    List<String> told = new ArrayList<>(List.of("1 BEGIN", "1 before"));
    if (expected instanceof List<?> statements) {
      statements.forEach(statement -> told.add((String) statement));
    }
    told.addAll(List.of("1 after", "1 COMMIT"));
    assertThat(transcript()).isEqualTo(told);
  }

  private Object boundary(Propagation mode) {
    strict.withTransaction(as(mode, "own"), () -> strict.tx().sql("inside"));
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void aBoundaryOfItsOwnThatFailsLeavesTheCapturedOneAlone(Way way) throws Exception { // D7
    IllegalStateException users = new IllegalStateException("user");
    strict.<Object, Exception>withTransaction(
        () -> {
          strict.tx().sql("before");
          assertThatThrownBy(
                  () ->
                      outside(
                          way,
                          () ->
                              strict.<Object, RuntimeException>withTransaction(
                                  () -> {
                                    strict.tx().sql("inside");
                                    throw users;
                                  })))
              .isSameAs(users);
          return null;
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 before", "2 BEGIN", "2 inside", "2 ROLLBACK", "1 COMMIT");
  }

  // ---- late

  static Stream<Way> waysThatDoNotWait() {
    return Stream.of(Way.values()).filter(way -> !way.waits());
  }

  @ParameterizedTest
  @MethodSource("waysThatDoNotWait")
  void workThatRunsAfterTheEndIsRefusedAndWritesNothing(Way way) throws Exception { // D1
    for (boolean rollsBack : new boolean[] {false, true}) {
      CountDownLatch ended = new CountDownLatch(1);
      transcript().clear();
      List<FutureTask<Object>> late = new ArrayList<>();
      in(
          "v",
          () ->
              strict.<Object, Exception>withTransaction(
                  named("ended"),
                  () -> {
                    Db kept = strict.tx();
                    late.add(sent(way, () -> afterwards(ended, () -> use(strict))));
                    late.add(sent(way, () -> afterwards(ended, () -> use(kept))));
                    if (rollsBack) {
                      strict.currentTransaction().orElseThrow().setRollbackOnly();
                    }
                    return null;
                  }));
      ended.countDown();

      assertThatThrownBy(() -> resultOf(late.get(0)))
          .isInstanceOf(
              way.isBare()
                  ? TransactionRequiredException.class
                  : DetachedTransactionException.class);
      assertThatThrownBy(() -> resultOf(late.get(1)))
          .isInstanceOf(TransactionCompletedException.class);
      assertThat(transcript()).isEmpty();
    }
  }

  private static Object afterwards(CountDownLatch ended, Callable<?> work) throws Exception {
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    return work.call();
  }

  private static Object use(Db kept) {
    kept.sql("never");
    return null;
  }

  // ---- what is left

  @ParameterizedTest
  @EnumSource
  void theWorksFailureIsItsOwn(Way way) throws Exception { // C7
    Error users = new StackOverflowError("user");
    Frame[] before = new Frame[1];
    strict.<Object, Exception>withTransaction(
        () -> {
          before[0] = Carrier.current();
          assertThatThrownBy(
                  () ->
                      outside(
                          way,
                          () -> {
                            throw users;
                          }))
              .isSameAs(users);
          assertThat(Carrier.current()).isSameAs(before[0]);
          return null;
        });
  }

  static Stream<Way> waysThatCarry() {
    return Stream.of(Way.values()).filter(way -> !way.isBare());
  }

  @ParameterizedTest
  @MethodSource("waysThatCarry")
  void aTransactionLeftOpenOutsideIsRolledBackAndGone(Way way) throws Exception { // C7
    in(
        "v",
        () ->
            strict.<Object, Exception>withTransaction(
                () -> {
                  Frame before = Carrier.current();
                  strict.tx().sql("before");
                  // some ways throw here what went wrong, others have no one to throw it to
                  swallowing(() -> outside(way, this::leftOpen));
                  pools.settle();
                  assertThat(Carrier.current()).isSameAs(before);
                  return null;
                }));

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 before", "2 BEGIN", "2 left", "2 ROLLBACK", "1 COMMIT");
  }

  private Object leftOpen() {
    var unused = strict.begin(named("left open"));
    strict.tx().sql("left");
    return null;
  }
}
