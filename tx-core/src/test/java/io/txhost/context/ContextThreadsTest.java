package io.txhost.context;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.NothingLeft;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The context on other threads: wrapped work has it, and leaves nothing behind. */
@ExtendWith(NothingLeft.class)
class ContextThreadsTest {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  private final ExecutorService pool = Executors.newFixedThreadPool(1);
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);

  @AfterEach
  void nothingIsLeftOnThePooledThreads() throws Exception { // C7
    try {
      assertThat(pool.submit(Carrier::current).get()).isSameAs(Frame.ROOT);
      assertThat(scheduler.submit(Carrier::current).get()).isSameAs(Frame.ROOT);
    } finally {
      pool.shutdownNow();
      scheduler.shutdownNow();
    }
  }

  private static String seen() {
    return Context.isActive() ? Context.current().get(KEY).orElse("no value") : "no context";
  }

  private static <R> R with(String value, Callable<R> work) throws Exception {
    return Context.<R, Exception>call(
        ContextMode.NEW,
        () -> {
          Context.current().set(KEY, value);
          return work.call();
        });
  }

  @Test
  void everyFormOfSubmittingCarriesTheContext() throws Exception { // D6
    ExecutorService wrapped = Context.wrap(pool);
    ScheduledExecutorService scheduled = Context.wrap(scheduler);
    Executor plain = Context.wrap((Executor) pool);
    AtomicReference<String> ran = new AtomicReference<>();
    Runnable task = () -> ran.set(seen());
    List<String> values =
        with(
            "v",
            () -> {
              List<String> all = new ArrayList<>();
              all.add(wrapped.submit(ContextThreadsTest::seen).get());
              wrapped.submit(task).get();
              all.add(ran.getAndSet(null));
              all.add(wrapped.submit(task, "result").get() + ran.getAndSet(null));
              for (Executor executor : List.of(wrapped, plain, scheduled)) {
                CountDownLatch done = new CountDownLatch(1);
                executor.execute(
                    () -> {
                      task.run();
                      done.countDown();
                    });
                done.await();
                all.add(ran.getAndSet(null));
              }
              List<Callable<String>> several =
                  List.of(ContextThreadsTest::seen, ContextThreadsTest::seen);
              for (Future<String> f : wrapped.invokeAll(several)) {
                all.add(f.get());
              }
              for (Future<String> f : wrapped.invokeAll(several, 60, SECONDS)) {
                all.add(f.get());
              }
              all.add(wrapped.invokeAny(several));
              all.add(wrapped.invokeAny(several, 60, SECONDS));
              all.add(scheduled.schedule(ContextThreadsTest::seen, 0, MILLISECONDS).get());
              scheduled.schedule(task, 0, MILLISECONDS).get();
              all.add(ran.getAndSet(null));
              all.add(CompletableFuture.supplyAsync(ContextThreadsTest::seen, wrapped).get());
              return all;
            });

    assertThat(values).hasSize(15);
    assertThat(values.get(2)).isEqualTo("resultv");
    values.remove(2);
    assertThat(values).containsOnly("v");
  }

  @Test
  void aPeriodicTaskHasTheContextItWasScheduledInAtEachRun() throws Exception { // D6
    ScheduledExecutorService scheduled = Context.wrap(scheduler);
    for (boolean atFixedRate : List.of(true, false)) {
      List<String> runs = new ArrayList<>();
      CountDownLatch thrice = new CountDownLatch(3);
      Runnable task =
          () -> {
            if (thrice.getCount() > 0) {
              runs.add(seen());
              thrice.countDown();
            }
          };
      Future<?> periodic =
          with(
              "v",
              () ->
                  atFixedRate
                      ? scheduled.scheduleAtFixedRate(task, 0, 1, MILLISECONDS)
                      : scheduled.scheduleWithFixedDelay(task, 0, 1, MILLISECONDS));
      thrice.await();
      periodic.cancel(false);
      assertThat(runs).containsExactly("v", "v", "v");
    }
  }

  @Test
  void aTaskHasTheContextOfItsCaptureAndNotOfItsRun() throws Exception { // D6
    Callable<String> captured = with("captured", () -> Context.wrap(ContextThreadsTest::seen));
    Callable<String> capturedOutside = Context.wrap(ContextThreadsTest::seen);

    assertThat(with("at the run", captured)).isEqualTo("captured");
    assertThat(with("at the run", capturedOutside)).isEqualTo("no context");
    assertThat(pool.submit(captured).get()).isEqualTo("captured");
    assertThat(pool.submit(ContextThreadsTest::seen).get()).isEqualTo("no context");
  }

  @Test
  void wrappedWorkSharesTheContextItself() throws Exception { // D6
    String seenAfter =
        with(
            "before",
            () -> {
              pool.submit(Context.wrap(() -> Context.current().set(KEY, "after"))).get();
              return seen();
            });

    assertThat(seenAfter).isEqualTo("after");
  }

  @Test
  void whateverATaskThrowsNothingRemains() throws Exception { // C7
    for (Throwable failure : List.of(new IllegalStateException("a"), new StackOverflowError())) {
      Future<?> failed =
          with(
              "v",
              () ->
                  pool.submit(
                      Context.wrap(
                          (Callable<String>)
                              () -> {
                                if (failure instanceof Error e) {
                                  throw e;
                                }
                                throw (RuntimeException) failure;
                              })));
      assertThatThrownBy(failed::get).hasCause(failure);
      assertThat(pool.submit(Carrier::current).get()).isSameAs(Frame.ROOT);
    }
  }

  @Test
  void aTaskThatSubmitsItsSuccessorGrowsNoChain() throws Exception { // D6
    ExecutorService wrapped = Context.wrap(pool);
    CountDownLatch done = new CountDownLatch(1_000);
    AtomicInteger deepest = new AtomicInteger();
    Runnable[] self = new Runnable[1];
    self[0] =
        () -> {
          deepest.accumulateAndGet(depthOf(Carrier.current()), Math::max);
          assertThat(Carrier.current().capture()).isEmpty();
          done.countDown();
          if (done.getCount() > 0) {
            wrapped.execute(Context.wrap(self[0]));
          }
        };
    with(
        "v",
        () -> {
          wrapped.execute(self[0]);
          return null;
        });

    assertThat(done.await(30, SECONDS)).isTrue();
    assertThat(deepest.get()).isLessThanOrEqualTo(3);
  }

  private static int depthOf(Frame frame) {
    int depth = 0;
    for (Frame f = frame; f != null; f = f.outer()) {
      depth++;
    }
    return depth;
  }

  // ---- forwarding

  static Stream<Class<?>> forwarding() {
    return Stream.of(ExecutorService.class, ScheduledExecutorService.class);
  }

  @ParameterizedTest
  @MethodSource("forwarding")
  void everyMethodIsForwarded(Class<?> type) throws NoSuchMethodException { // D6
    Class<?> ours =
        type == ExecutorService.class
            ? ContextExecutorService.class
            : ContextScheduledExecutorService.class;
    for (Method method : type.getMethods()) {
      if (!java.lang.reflect.Modifier.isStatic(method.getModifiers())) {
        // close() too, which has a default that would wait for ever on the common pool
        assertThat(ours.getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass())
            .as(method.toString())
            .isIn(ContextExecutorService.class, ContextScheduledExecutorService.class);
      }
    }
  }

  @Test
  void theLifeOfTheExecutorIsForwarded() throws Exception {
    ExecutorService inner = Executors.newFixedThreadPool(1);
    ExecutorService wrapped = Context.wrap(inner);
    assertThat(wrapped).asString().contains("context-wrapped").contains(inner.toString());
    CountDownLatch block = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    wrapped.submit(
        () -> {
          begun.countDown();
          block.await();
          return null;
        });
    begun.await();
    wrapped.execute(() -> {});
    assertThat(wrapped.isShutdown()).isFalse();
    assertThat(wrapped.awaitTermination(0, SECONDS)).isFalse();
    assertThat(wrapped.shutdownNow()).hasSize(1);
    assertThat(wrapped.isShutdown()).isTrue();
    assertThat(wrapped.awaitTermination(30, SECONDS)).isTrue();
    assertThat(wrapped.isTerminated()).isTrue();

    ContextExecutorService<ExecutorService> closed =
        new ContextExecutorService<>(Executors.newFixedThreadPool(1));
    closed.close();
    assertThat(closed.isShutdown()).isTrue();
    // returns at once: where close() is known it does nothing to the common pool, else shutdown
    // does
    new ContextExecutorService<ExecutorService>(ForkJoinPool.commonPool()).close();
  }

  @Test
  void aRejectedTaskIsTheCallersFailure() {
    ExecutorService shut = Executors.newFixedThreadPool(1);
    shut.shutdown();
    assertThatThrownBy(() -> Context.wrap(shut).execute(() -> {}))
        .isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }
}
