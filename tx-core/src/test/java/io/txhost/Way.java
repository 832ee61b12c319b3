package io.txhost;

import io.micrometer.context.ContextScheduledExecutorService;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.txhost.context.Context;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The ways in which unstructured work gets to run elsewhere. */
enum Way {
  WRAPPED_RUNNABLE((pools, task) -> pools.plain.execute(Context.wrap(task))),
  WRAPPED_CALLABLE((pools, task) -> pools.plain.submit(Context.wrap(Executors.callable(task)))),
  WRAPPED_EXECUTOR((pools, task) -> Context.wrap((Executor) pools.plain).execute(task)),
  WRAPPED_SUBMIT((pools, task) -> Context.wrap(pools.plain).submit(task)),
  WRAPPED_INVOKE_ALL(
      (pools, task) -> Context.wrap(pools.plain).invokeAll(List.of(Executors.callable(task)))),
  WRAPPED_INVOKE_ANY(
      (pools, task) -> Context.wrap(pools.plain).invokeAny(List.of(Executors.callable(task)))),
  WRAPPED_SCHEDULE(
      (pools, task) -> Context.wrap(pools.scheduled).schedule(task, 1, TimeUnit.MILLISECONDS)),
  WRAPPED_PERIODIC(
      (pools, task) ->
          Context.wrap(pools.scheduled).scheduleAtFixedRate(task, 0, 1, TimeUnit.HOURS)),
  WRAPPED_SUPPLY_ASYNC(
      (pools, task) -> CompletableFuture.supplyAsync(returning(task), Context.wrap(pools.plain))),
  WRAPPED_THEN_ASYNC(
      (pools, task) ->
          CompletableFuture.completedFuture(1).thenRunAsync(task, Context.wrap(pools.plain))),
  WRAPPED_PENDING_FUNCTION(
      (pools, task) ->
          completedLater(pools)
              .thenApplyAsync(Context.wrapFunction(one -> returning(task).get()), pools.plain)),
  WRAPPED_DELAYED(
      (pools, task) ->
          Context.wrap(CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, pools.plain))
              .execute(task)),
  WRAPPED_ON_THE_SAME_THREAD((pools, task) -> Context.wrap(task).run()),

  SNAPSHOT_WRAP((pools, task) -> pools.plain.execute(snapshots().captureAll().wrap(task))),
  SNAPSHOT_SCOPE(
      (pools, task) -> {
        ContextSnapshot snapshot = snapshots().captureAll();
        pools.plain.execute(() -> inScope(snapshot, task));
      }),
  SNAPSHOT_SCOPE_CLEARING(
      (pools, task) -> {
        ContextSnapshot snapshot =
            ContextSnapshotFactory.builder().clearMissing(true).build().captureAll();
        pools.plain.execute(() -> inScope(snapshot, task));
      }),
  SNAPSHOT_EXECUTOR(
      (pools, task) ->
          io.micrometer.context.ContextExecutorService.wrap(pools.plain, snapshots()::captureAll)
              .execute(task)),
  SNAPSHOT_SCHEDULED(
      (pools, task) ->
          ContextScheduledExecutorService.wrap(pools.scheduled, snapshots()::captureAll)
              .schedule(task, 1, TimeUnit.MILLISECONDS)),
  SNAPSHOT_SCOPE_ON_THE_SAME_THREAD((pools, task) -> inScope(snapshots().captureAll(), task)),

  REACTOR_PUBLISH_ON(
      (pools, task) ->
          Mono.just(task)
              .publishOn(Schedulers.fromExecutorService(pools.plain))
              .doOnNext(Runnable::run)
              .subscribe()),
  REACTOR_SUBSCRIBE_ON(
      (pools, task) ->
          Mono.fromRunnable(task)
              .subscribeOn(Schedulers.fromExecutorService(pools.plain))
              .subscribe()),
  REACTOR_FLAT_MAP(
      (pools, task) ->
          Flux.just(1)
              .publishOn(Schedulers.fromExecutorService(pools.scheduled))
              .flatMap(
                  one ->
                      Mono.fromRunnable(task)
                          .subscribeOn(Schedulers.fromExecutorService(pools.plain)))
              .subscribe()),
  REACTOR_BLOCK(
      (pools, task) ->
          Mono.fromRunnable(task)
              .subscribeOn(Schedulers.fromExecutorService(pools.plain))
              .contextCapture()
              .block()),

  BARE_EXECUTOR((pools, task) -> pools.plain.execute(task)),
  BARE_SCHEDULED((pools, task) -> pools.scheduled.schedule(task, 1, TimeUnit.MILLISECONDS)),
  BARE_PENDING_STAGE(
      (pools, task) ->
          completedLater(pools).thenRunAsync(task, Context.wrap((Executor) pools.plain))),
  BARE_DELAYED(
      (pools, task) ->
          CompletableFuture.delayedExecutor(
                  1, TimeUnit.MILLISECONDS, Context.wrap((Executor) pools.plain))
              .execute(task)),
  BARE_COMMON_POOL((pools, task) -> CompletableFuture.supplyAsync(returning(task))),
  BARE_THREAD((pools, task) -> new Thread(task, "bare").start()),
  BARE_PARALLEL_STREAM((pools, task) -> onAWorkerOfAStream(task));

  interface Sending {
    void send(Pools pools, Runnable task) throws Exception;
  }

  private final Sending sending;

  Way(Sending sending) {
    this.sending = sending;
  }

  /** Whether nothing travels, so that there is no context either. */
  boolean isBare() {
    return name().startsWith("BARE");
  }

  boolean isOnTheSameThread() {
    return name().endsWith("SAME_THREAD");
  }

  /** Whether it comes back no earlier than the task has run. */
  boolean waits() {
    return isOnTheSameThread()
        || this == WRAPPED_INVOKE_ALL
        || this == WRAPPED_INVOKE_ANY
        || this == REACTOR_BLOCK
        || this == BARE_PARALLEL_STREAM;
  }

  void send(Pools pools, Runnable task) throws Exception {
    sending.send(pools, task);
  }

  private static ContextSnapshotFactory snapshots() {
    return ContextSnapshotFactory.builder().build();
  }

  /** By a thread that is nowhere, when what follows was chained. */
  private static CompletableFuture<Integer> completedLater(Pools pools) {
    CompletableFuture<Integer> pending = new CompletableFuture<>();
    pools.scheduled.schedule(() -> pending.complete(1), 50, TimeUnit.MILLISECONDS);
    return pending;
  }

  private static Supplier<String> returning(Runnable task) {
    return () -> {
      task.run();
      return "done";
    };
  }

  private static void inScope(ContextSnapshot snapshot, Runnable task) {
    try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
      task.run();
    }
  }

  /** The caller's thread works on the stream, too; its elements wait for the worker's. */
  private static void onAWorkerOfAStream(Runnable task) {
    Thread caller = Thread.currentThread();
    AtomicBoolean taken = new AtomicBoolean();
    CountDownLatch ran = new CountDownLatch(1);
    IntStream.range(0, 64)
        .parallel()
        .forEach(
            element -> {
              if (Thread.currentThread() == caller) {
                await(ran);
              } else if (!taken.getAndSet(true)) {
                task.run();
                ran.countDown();
              }
            });
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("no worker came to the stream");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
