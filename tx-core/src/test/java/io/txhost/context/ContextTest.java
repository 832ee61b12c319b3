package io.txhost.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.NothingLeft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The context that follows the call. */
@ExtendWith(NothingLeft.class)
class ContextTest {
  private static final ContextKey<String> KEY = ContextKey.of("tenant", String.class);
  private static final ContextKey<Integer> NUMBER = ContextKey.of("number", Integer.class);

  private static String value() {
    return Context.current().get(KEY).orElse("none");
  }

  private static void in(ContextMode mode, ContextRunnable<RuntimeException> work) {
    Context.run(mode, work);
  }

  @Test
  void inheritCopiesReuseSharesNewIsEmpty() { // C1
    in(
        ContextMode.NEW,
        () -> {
          Context outer = Context.current().set(KEY, "outer");
          in(
              ContextMode.INHERIT,
              () -> {
                assertThat(Context.current()).isNotSameAs(outer);
                assertThat(value()).isEqualTo("outer");
                Context.current().set(KEY, "inner");
              });
          assertThat(value()).isEqualTo("outer");
          in(
              ContextMode.REUSE,
              () -> {
                assertThat(Context.current()).isSameAs(outer);
                Context.current().set(KEY, "shared");
              });
          assertThat(value()).isEqualTo("shared");
          in(ContextMode.NEW, () -> assertThat(Context.current().has(KEY)).isFalse());
          Context.run(() -> assertThat(value()).isEqualTo("shared"));
          assertThat(Context.<String, RuntimeException>call(ContextTest::value))
              .isEqualTo("shared");
        });
  }

  @ParameterizedTest
  @EnumSource
  void outsideAnyEveryModeOpensAnEmptyOne(ContextMode mode) { // C1
    assertThat(Context.isActive()).isFalse();
    in(
        mode,
        () -> {
          assertThat(Context.isActive()).isTrue();
          assertThat(Context.current().has(KEY)).isFalse();
        });
    assertThat(Context.isActive()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void theOuterOneIsBackWhateverWasThrown(ContextMode mode) { // C1
    in(
        ContextMode.NEW,
        () -> {
          Context outer = Context.current();
          for (Throwable failure :
              List.of(new IOException("a"), new IllegalStateException("b"), new Error("c"))) {
            ContextRunnable<Throwable> failing =
                () -> {
                  throw failure;
                };
            assertThatThrownBy(() -> Context.run(mode, failing)).isSameAs(failure);
            assertThat(Context.current()).isSameAs(outer);
            assertThatThrownBy(
                    () ->
                        Context.call(
                            mode,
                            "id",
                            () -> {
                              throw failure;
                            }))
                .isSameAs(failure);
            assertThatThrownBy(
                    () ->
                        Context.exit(
                            () -> {
                              throw failure;
                            }))
                .isSameAs(failure);
            assertThat(Context.current()).isSameAs(outer);
          }
        });
  }

  @Test
  void exitIsOutsideAnyContext() { // C1
    Context.run(
        () -> {
          Context outer = Context.current();
          boolean active = Context.<Boolean, RuntimeException>exit(Context::isActive);
          assertThat(active).isFalse();
          assertThat(Context.current()).isSameAs(outer);
        });
  }

  // ---- ids

  @Test
  void aRequestHasOneIdWhereverItIsAskedFor() { // C3
    Context.run(
        () -> {
          Context outer = Context.current();
          AtomicReference<String> inner = new AtomicReference<>();
          Context.run(() -> inner.set(Context.current().id()));
          assertThat(outer.id()).isEqualTo(inner.get()).isEqualTo(outer.id());
          in(ContextMode.NEW, () -> assertThat(Context.current().id()).isNotEqualTo(outer.id()));
          assertThat(Context.isAcceptableId(outer.id())).isTrue();
          assertThat(outer).hasToString("context " + outer.id());
        });
  }

  @Test
  void anIdFromOutsideIsUsedByWhoeverOpensFirst() { // C3
    String seen =
        Context.<String, RuntimeException>call(
            ContextMode.INHERIT,
            "first",
            () -> {
              assertThat(
                      Context.<String, RuntimeException>call(
                          ContextMode.INHERIT, "second", () -> Context.current().id()))
                  .isEqualTo("first");
              assertThat(
                      Context.<String, RuntimeException>call(
                          ContextMode.REUSE, "second", () -> Context.current().id()))
                  .isEqualTo("first");
              assertThat(
                      Context.<String, RuntimeException>call(
                          ContextMode.NEW, "second", () -> Context.current().id()))
                  .isEqualTo("second");
              return Context.current().id();
            });

    assertThat(seen).isEqualTo("first");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "A-Z_a.z~0",
        "0123456789012345678901234567890123456789012345678901234567890123"
      })
  void anIdOfTheAlphabetIsAccepted(String id) { // C3
    assertThat(Context.isAcceptableId(id)).isTrue();
    assertThat(
            Context.<String, RuntimeException>call(
                ContextMode.NEW, id, () -> Context.current().id()))
        .isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a\nb",
        "a/b",
        "ä",
        "a;",
        "<a>",
        "01234567890123456789012345678901234567890123456789012345678901234"
      })
  void anIdOutsideTheAlphabetIsRefusedAndNotRepeated(String id) { // C3
    assertThat(Context.isAcceptableId(id)).isFalse();
    assertThatThrownBy(() -> Context.call(ContextMode.NEW, id, () -> "never"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-304")
        .hasMessageContaining(id.length() + " characters");
    assertThat(Context.isAcceptableId(null)).isFalse();
  }

  // ---- values

  @Test
  void falsyValuesExist() { // C4
    ContextKey<Boolean> flag = ContextKey.of("flag", Boolean.class);
    Context.run(
        () -> {
          Context here = Context.current().set(flag, false).set(KEY, "").set(NUMBER, 0);
          assertThat(here.has(flag)).isTrue();
          assertThat(here.has(KEY)).isTrue();
          assertThat(here.require(NUMBER)).isZero();
          assertThat(here.computeIfAbsent(flag, () -> true)).isFalse();
          assertThat(here.remove(flag).has(flag)).isFalse();
          assertThat(here.remove(flag).get(flag)).isEmpty();
          assertThat(here.computeIfAbsent(flag, () -> true)).isTrue();
        });
  }

  @Test
  void twoKeysOfOneNameAreTwoKeys() {
    ContextKey<String> twin = ContextKey.of("tenant", String.class);
    Context.run(
        () -> {
          Context.current().set(KEY, "a");
          assertThat(Context.current().has(twin)).isFalse();
        });
    assertThat(twin).hasToString("key 'tenant'");
    assertThat(twin.name()).isEqualTo("tenant");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void aValueOfAnotherTypeIsRefused() {
    ContextKey<Integer> primitive = ContextKey.of("primitive", int.class);
    ContextKey<List<String>> generic = ContextKey.named("generic");
    Context.run(
        () -> {
          Context here = Context.current();
          assertThatThrownBy(() -> here.set((ContextKey) KEY, 1))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("TXH-303 key 'tenant' takes java.lang.String, not java.lang.Integer");
          assertThatThrownBy(() -> here.computeIfAbsent((ContextKey) KEY, () -> 1))
              .hasMessageContaining("TXH-303");
          assertThat(here.has(KEY)).isFalse();
          assertThat(here.set(primitive, 1).require(primitive)).isEqualTo(1);
          assertThat(here.set(generic, List.of("a")).require(generic)).containsExactly("a");
        });
  }

  @Test
  void aMissingRequiredKeyIsNamedWithTheWayOut() { // C5
    Context.run(
        () ->
            assertThatThrownBy(() -> Context.current().require(KEY))
                .isInstanceOf(MissingContextValueException.class)
                .hasMessageContaining("TXH-302")
                .hasMessageContaining("key 'tenant'")
                .hasMessageContaining(Context.current().id())
                .satisfies(
                    e ->
                        assertThat(((MissingContextValueException) e).code())
                            .isEqualTo("TXH-302")));
  }

  @Test
  void outsideAContextTheErrorNamesTheWaysToOpenOne() { // C5
    assertThatThrownBy(() -> Context.current().set(KEY, "x"))
        .isInstanceOf(NoActiveContextException.class)
        .hasMessageContaining("TXH-301")
        .hasMessageContaining(Thread.currentThread().getName())
        .hasMessageContaining("Context.call")
        .hasMessageContaining("Context.wrap")
        .satisfies(e -> assertThat(((NoActiveContextException) e).code()).isEqualTo("TXH-301"));
  }

  @Test
  void computeIfAbsentRunsOnceUnderConcurrency() throws Exception { // C4
    int threads = 16;
    for (int round = 0; round < 50; round++) {
      AtomicInteger runs = new AtomicInteger();
      Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      ContextKey<Object> key = ContextKey.named("once");
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      try {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Object>> results = new ArrayList<>();
        Context.run(
            () -> {
              Context here = Context.current();
              for (int i = 0; i < threads; i++) {
                results.add(
                    pool.submit(
                        () -> {
                          start.await();
                          return here.computeIfAbsent(
                              key,
                              () -> {
                                runs.incrementAndGet();
                                return new Object();
                              });
                        }));
              }
            });
        start.countDown();
        for (Future<Object> result : results) {
          seen.add(result.get());
        }
      } finally {
        pool.shutdownNow();
      }
      assertThat(runs).hasValue(1);
      assertThat(seen).hasSize(1);
    }
  }

  @Test
  void aSupplierThatAsksForItsOwnValueIsRefusedAndLeavesNone() { // C4
    Context.run(
        () -> {
          Context here = Context.current();
          assertThatThrownBy(
                  () -> here.computeIfAbsent(KEY, () -> here.computeIfAbsent(KEY, () -> "inner")))
              .isExactlyInstanceOf(IllegalStateException.class)
              .hasMessage(
                  "TXH-307 The supplier of the value of key 'tenant' asks for that value itself. Let"
                      + " the supplier make the value without asking for it, or set the value"
                      + " before.");
          assertThat(here.has(KEY)).isFalse();
          assertThat(here.computeIfAbsent(KEY, () -> "later")).isEqualTo("later");
        });
  }

  @Test
  void aSupplierMaySetOtherKeysAndOneThatFailsLeavesNoValue() { // C4
    Context.run(
        () -> {
          Context here = Context.current();
          String value =
              here.computeIfAbsent(
                  KEY,
                  () -> {
                    here.set(NUMBER, 7);
                    return "with "
                        + here.computeIfAbsent(ContextKey.of("b", String.class), () -> "b");
                  });
          assertThat(value).isEqualTo("with b");
          assertThat(here.require(NUMBER)).isEqualTo(7);

          ContextKey<String> failing = ContextKey.of("failing", String.class);
          IllegalStateException failure = new IllegalStateException("supplier");
          assertThatThrownBy(
                  () ->
                      here.computeIfAbsent(
                          failing,
                          () -> {
                            throw failure;
                          }))
              .isSameAs(failure);
          assertThatThrownBy(() -> here.computeIfAbsent(failing, () -> null))
              .isInstanceOf(NullPointerException.class)
              .hasMessageContaining("key 'failing'");
          assertThat(here.has(failing)).isFalse();
          assertThat(here.computeIfAbsent(failing, () -> "now")).isEqualTo("now");
        });
  }

  @Test
  void aSlowSupplierHoldsUpNoOtherKey() throws Exception { // C4
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Context.<Void, Exception>call(
        () -> {
          Context here = Context.current();
          Thread slow =
              new Thread(
                  () ->
                      here.computeIfAbsent(
                          KEY,
                          () -> {
                            inside.countDown();
                            await(release);
                            return "slow";
                          }));
          slow.start();
          inside.await();
          // each of these would hang if one lock served all keys, or the map's own
          assertThat(here.computeIfAbsent(NUMBER, () -> 1)).isEqualTo(1);
          assertThat(here.get(KEY)).isEmpty();
          Context.run(() -> assertThat(Context.current().require(NUMBER)).isEqualTo(1));
          release.countDown();
          slow.join();
          assertThat(here.require(KEY)).isEqualTo("slow");
          return null;
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNullArgumentIsNamed() {
    Set<String> named = new HashSet<>();
    Context.run(
        () -> {
          Context here = Context.current();
          for (ThrowingCallable call :
              List.<ThrowingCallable>of(
                  () -> here.get(null),
                  () -> here.require(null),
                  () -> here.has(null),
                  () -> here.remove(null),
                  () -> here.set(null, "x"),
                  () -> here.computeIfAbsent(null, () -> "x"))) {
            assertThatThrownBy(call)
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("key");
          }
          here.set(KEY, "present");
          assertThatThrownBy(() -> here.computeIfAbsent(KEY, null))
              .isExactlyInstanceOf(NullPointerException.class)
              .hasMessage("value");
          assertThatThrownBy(() -> here.set(KEY, null))
              .isExactlyInstanceOf(NullPointerException.class)
              .hasMessageContaining("key 'tenant'")
              .hasMessageContaining("remove");
          assertThat(value()).isEqualTo("present");
        });
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> Context.call((ContextMode) null, () -> "x"),
            () -> Context.run((ContextMode) null, () -> {}),
            () -> Context.call(null, "id", () -> "x"),
            () -> Context.call(ContextMode.NEW, null, () -> "x"),
            () -> Context.call(ContextMode.NEW, (ContextCallable<String, RuntimeException>) null),
            () -> Context.call((ContextCallable<String, RuntimeException>) null),
            () -> Context.run((ContextRunnable<RuntimeException>) null),
            () -> Context.exit((ContextCallable<String, RuntimeException>) null),
            () -> Context.wrap((Runnable) null),
            () -> Context.wrap((java.util.concurrent.Callable<String>) null),
            () -> Context.wrap((java.util.concurrent.Executor) null),
            () -> Context.wrap((ExecutorService) null),
            () -> Context.wrap((java.util.concurrent.ScheduledExecutorService) null),
            () -> ContextKey.of(null, String.class),
            () -> ContextKey.of("x", null),
            () -> ContextKey.named(null))) {
      Throwable thrown = catchThrowable(call);
      assertThat(thrown).isExactlyInstanceOf(NullPointerException.class);
      named.add(thrown.getMessage());
    }
    assertThat(named)
        .containsExactlyInAnyOrder("mode", "id", "work", "task", "executor", "name", "type");
  }
}
