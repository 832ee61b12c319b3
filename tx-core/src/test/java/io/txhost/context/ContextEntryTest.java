package io.txhost.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.NothingLeft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entry points: contexts that initializers fill. */
@ExtendWith(NothingLeft.class)
class ContextEntryTest {
  private static final ContextKey<String> TENANT = ContextKey.of("tenant", String.class);

  private final List<String> seen = new ArrayList<>();

  private ContextInitializer<Object> noting(String name) {
    return (context, source) -> {
      assertThat(Context.current()).isSameAs(context);
      seen.add(name + " " + source);
    };
  }

  private static ContextInitializer<String> naming(String id) {
    return new ContextInitializer<>() {
      @Override
      public void initialize(Context context, String source) {}

      @Override
      public String id(String source) {
        return id;
      }
    };
  }

  private static <S> String idIn(ContextEntry<S> entry, ContextMode mode, S source) {
    return entry.<String, RuntimeException>call(mode, source, () -> Context.current().id());
  }

  @ParameterizedTest
  @EnumSource
  void initializersRunInOrderOnceBeforeTheWork(ContextMode mode) { // C10
    ContextInitializer<String> tenant = (context, source) -> context.set(TENANT, source);
    ContextEntry<String> entry = ContextEntry.of(List.of(noting("1"), tenant, noting("3")));

    String result =
        entry.call(
            mode,
            "a",
            () -> {
              seen.add("work for " + Context.current().require(TENANT));
              Context.run(ContextMode.REUSE, () -> {});
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(seen).containsExactly("1 a", "3 a", "work for a");
    assertThat(Context.isActive()).isFalse();
  }

  @Test
  void anInitializersFailureIsTheRequests() { // C10
    IllegalStateException failure = new IllegalStateException("initializer");
    ContextInitializer<String> opening =
        (context, source) -> context.onEnd(() -> seen.add("ended"));
    ContextInitializer<String> failing =
        (context, source) -> {
          throw failure;
        };
    ContextEntry<String> entry = ContextEntry.of(opening, failing, noting("after"));

    assertThatThrownBy(() -> entry.call(ContextMode.NEW, "a", () -> seen.add("work")))
        .isSameAs(failure);
    assertThatThrownBy(() -> entry.open(ContextMode.NEW, "a")).isSameAs(failure);

    assertThat(seen).containsExactly("ended", "ended");
  }

  @Test
  void theFirstInitializerWithAnAcceptableIdWins() { // C3
    ContextEntry<String> entry =
        ContextEntry.of(naming(null), naming("not acceptable"), naming("first"), naming("second"));

    assertThat(idIn(entry, ContextMode.NEW, "a")).isEqualTo("first");
    assertThat(idIn(ContextEntry.of(naming("x".repeat(65))), ContextMode.NEW, "a"))
        .isNotEqualTo("x".repeat(65))
        .matches(Context::isAcceptableId);
  }

  @Test
  void whereAContextIsActiveItsIdStaysUnlessTheNewOneHasNothingOfIt() { // C3
    ContextEntry<String> entry = ContextEntry.of(naming("inner"));
    Context.call(
        ContextMode.NEW,
        "outer",
        () -> {
          assertThat(idIn(entry, ContextMode.INHERIT, "a")).isEqualTo("outer");
          assertThat(idIn(entry, ContextMode.REUSE, "a")).isEqualTo("outer");
          assertThat(idIn(entry, ContextMode.NEW, "a")).isEqualTo("inner");
          return null;
        });
  }

  @Test
  void aReusedContextIsNotFilledAgainAndACopyIsFilledOverWhatItInherits() { // C10
    ContextEntry<String> entry =
        ContextEntry.of(
            noting("ran"),
            (context, source) -> context.set(TENANT, context.get(TENANT).orElse("-") + source));
    Context.run(
        () -> {
          Context outer = Context.current().set(TENANT, "outer");
          entry.call(ContextMode.REUSE, "a", () -> assertThat(Context.current()).isSameAs(outer));
          assertThat(seen).isEmpty();
          entry.call(
              ContextMode.INHERIT,
              "b",
              () -> assertThat(Context.current().require(TENANT)).isEqualTo("outerb"));
          entry.call(
              ContextMode.NEW,
              "c",
              () -> assertThat(Context.current().require(TENANT)).isEqualTo("-c"));
          assertThat(outer.require(TENANT)).isEqualTo("outer");
        });
    assertThat(seen).containsExactly("ran b", "ran c");
  }

  @Test
  void anOpenContextIsTheSameInEachCallAndEndsWhenItIsClosed() throws Exception {
    ContextEntry<String> entry = ContextEntry.of(noting("opened for"));
    OpenContext open = entry.open(ContextMode.NEW, "a");
    assertThat(Context.isActive()).isFalse();
    open.context().onEnd(() -> seen.add("end"));

    Context first =
        open.<Context, RuntimeException>call(
            () -> Context.current().set(TENANT, "set in the first"));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      other
          .submit(
              () ->
                  open.<Object, RuntimeException>call(
                      () -> seen.add(Context.current().require(TENANT))))
          .get(60, TimeUnit.SECONDS);
      assertThat(other.submit(Context::isActive).get(60, TimeUnit.SECONDS)).isFalse();
    } finally {
      other.shutdownNow();
    }
    IllegalStateException failure = new IllegalStateException("work");
    assertThatThrownBy(
            () ->
                open.call(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(seen).containsExactly("opened for a", "set in the first");

    open.close();
    open.close();

    assertThat(first).isSameAs(open.context());
    assertThat(seen).containsExactly("opened for a", "set in the first", "end");
    assertThatThrownBy(() -> open.call(() -> seen.add("late")))
        .isInstanceOf(ContextEndedException.class);
    assertThat(seen).hasSize(3);
  }

  @Test
  void anOpenContextThatReusesTheOuterOneDoesNotEndIt() {
    Context.run(
        () -> {
          Context outer = Context.current();
          outer.onEnd(() -> seen.add("end"));
          try (OpenContext open = ContextEntry.<String>of(List.of()).open(ContextMode.REUSE, "a")) {
            assertThat(open.context()).isSameAs(outer);
          }
          assertThat(seen).isEmpty();
        });
    assertThat(seen).containsExactly("end");
  }

  @Test
  void closedWhileSomeoneIsInsideItEndsWhenTheLastOneLeaves() throws Exception {
    OpenContext open = ContextEntry.<String>of(List.of()).open(ContextMode.NEW, "a");
    AtomicInteger ends = new AtomicInteger();
    open.context().onEnd(ends::incrementAndGet);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> late =
          other.submit(
              () ->
                  open.<Integer, InterruptedException>call(
                      () -> {
                        inside.countDown();
                        leave.await(60, TimeUnit.SECONDS);
                        return ends.get();
                      }));
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
      open.close();
      assertThat(ends).hasValue(0);
      assertThatThrownBy(() -> open.call(() -> "late")).isInstanceOf(ContextEndedException.class);
      assertThat(ends).hasValue(0);
      leave.countDown();
      assertThat(late.get(60, TimeUnit.SECONDS)).isZero();
    } finally {
      other.shutdownNow();
    }
    assertThat(ends).hasValue(1);
  }

  @Test
  void inARaceOfCallsAndCloseTheEndComesOnceAndWhileNobodyIsInside() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      for (int round = 0; round < 2_000; round++) {
        OpenContext open = ContextEntry.<String>of(List.of()).open(ContextMode.NEW, "a");
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger ends = new AtomicInteger();
        AtomicInteger insideAtTheEnd = new AtomicInteger();
        open.context()
            .onEnd(
                () -> {
                  ends.incrementAndGet();
                  insideAtTheEnd.addAndGet(inside.get());
                });
        CyclicBarrier start = new CyclicBarrier(3);
        Runnable call =
            () -> {
              try {
                start.await(60, TimeUnit.SECONDS);
                open.<Object, RuntimeException>call(
                    () -> inside.incrementAndGet() + inside.decrementAndGet() + ends.get());
              } catch (ContextEndedException closedFirst) {
                assertThat(ends.get()).isLessThanOrEqualTo(1);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            };
        List<Future<?>> all = new ArrayList<>(Arrays.asList(pool.submit(call), pool.submit(call)));
        all.add(
            pool.submit(
                () -> {
                  start.await(60, TimeUnit.SECONDS);
                  open.close();
                  return null;
                }));
        for (Future<?> one : all) {
          one.get(60, TimeUnit.SECONDS);
        }
        assertThat(ends).hasValue(1);
        assertThat(insideAtTheEnd).hasValue(0);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    ContextEntry<String> entry = ContextEntry.of(List.of());
    assertThatThrownBy(() -> entry.call(null, "a", () -> "x")).hasMessage("mode");
    assertThatThrownBy(() -> entry.call(ContextMode.NEW, null, () -> "x")).hasMessage("source");
    assertThatThrownBy(() -> entry.call(ContextMode.NEW, "a", null)).hasMessage("work");
    assertThatThrownBy(() -> entry.run(ContextMode.NEW, "a", null)).hasMessage("work");
    assertThatThrownBy(() -> entry.open(null, "a")).hasMessage("mode");
    assertThatThrownBy(() -> entry.open(ContextMode.NEW, null)).hasMessage("source");
    try (OpenContext open = entry.open(ContextMode.NEW, "a")) {
      assertThatThrownBy(() -> open.call(null)).hasMessage("work");
    }
  }
}
