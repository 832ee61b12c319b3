package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Forks that were made under what {@code begin()} or a snapshot has installed. */
class ForksUnderBeginTest extends InScopes {
  @Test
  void aForkInABoundaryThatJoinedWhatBeginOpenedIsInside() throws Exception { // D5
    try (ManualTransaction manual = host.begin()) { // nothing else is around
      host.<Void, Exception>withTransaction(() -> forking("a"));
      manual.commit();
    }
    Context.<Void, Exception>call(
        () -> {
          try (ManualTransaction manual = host.begin()) {
            host.<Void, Exception>withTransaction(() -> forking("b"));
            manual.commit();
          }
          return null;
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 COMMIT", "2 BEGIN", "2 b", "2 COMMIT");
  }

  private Void forking(String text) throws InterruptedException {
    try (var scope = StructuredTaskScope.open(Joiner.<Void>awaitAllSuccessfulOrThrow())) {
      scope.fork(() -> sql(text));
      scope.join();
    }
    return null;
  }

  @Test
  void mandatoryInAForkUnderBeginSaysThatThisDoesNotReachForks() throws Exception { // D12
    Callable<Throwable> mandatory =
        () -> catchThrowable(() -> host.withTransaction(Propagation.MANDATORY, () -> {}));
    Context.<Void, Exception>call(
        () -> {
          try (ManualTransaction manual = host.begin();
              var scope = StructuredTaskScope.open(Joiner.<Throwable>awaitAllSuccessfulOrThrow())) {
            Subtask<Throwable> refused = scope.fork(mandatory);
            scope.join();
            assertThat(refused.get())
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("begin()")
                .hasMessageContaining("Neither reaches forks");
            manual.commit();
          }
          return null;
        });
  }

  @Test
  void aForkMadeUnderARestoredSnapshotIsRefusedAtTx() throws Exception { // D12
    ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
    host.<Void, Exception>withTransaction(
        () -> {
          try (ContextSnapshot.Scope scope = snapshots.captureAll().setThreadLocals()) {
            assertThatThrownBy(() -> forked(host::tx))
                .isInstanceOf(DetachedTransactionException.class);
            assertThatThrownBy(() -> forked(() -> host.withTransaction(() -> "never")))
                .isInstanceOf(DetachedTransactionException.class);
          }
          assertThat(forked(host::isTransactionActive)).isTrue();
          return null;
        });
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aForkMadeUnderBeginIsRefusedAndOneOfInParallelIsInside() throws Exception { // D12
    Context.<Void, Exception>call(
        () -> {
          try (ManualTransaction manual = host.begin(named("by hand"))) {
            assertThatThrownBy(() -> forked(host::tx))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin()")
                .hasMessageContaining("withTransaction");
            Callable<Db> wrapped = forked(() -> Context.wrap((Callable<Db>) host::tx));
            assertThatThrownBy(wrapped::call)
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin()");
            assertThat(host.inParallel(List.of(() -> host.isTransactionActive())))
                .containsExactly(true);
            manual.commit();
          }
          return null;
        });
    host.<Void, Exception>withTransaction(
        () -> {
          try (ManualTransaction manual = host.begin(as(Propagation.NESTED, "by hand"))) {
            assertThatThrownBy(() -> forked(host::tx))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin()");
            assertThatThrownBy(() -> forked(() -> host.withTransaction(() -> "never")))
                .isInstanceOf(DetachedTransactionException.class);
            manual.commit();
          }
          return null;
        });
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aForkMadeUnderBeginIsRefusedWhenItFirstAsksAfterTheEndToo() throws Exception { // D12
    TransactionHost<Db> strict = host().fallbackPolicy(FallbackPolicy.IN_CONTEXT).build();
    Context.<Void, Exception>call(
        () -> {
          CountDownLatch ended = new CountDownLatch(1);
          try (var scope = StructuredTaskScope.open()) {
            try (ManualTransaction manual = strict.begin(named("by hand"))) {
              strict.tx().sql("a");
              scope.fork(
                  () -> {
                    ended.await();
                    assertThatThrownBy(() -> strict.tx().sql("beside"))
                        .isInstanceOf(DetachedTransactionException.class)
                        .hasMessageContaining(
                            "begin() does not reach forks, nor does a snapshot: use withTransaction");
                    // said so, it may
                    strict.withoutTransaction(() -> strict.tx().sql("without"));
                    strict.withTransaction(
                        () -> {
                          strict.tx().sql("own");
                          forked(
                              () -> {
                                strict.tx().sql("a child's own");
                                return null;
                              });
                        });
                    return null;
                  });
              manual.commit();
            } finally {
              ended.countDown();
            }
            scope.join();
          }
          return null;
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 a",
            "1 COMMIT",
            "AUTO without",
            "2 BEGIN",
            "2 own",
            "2 a child's own",
            "2 COMMIT");
  }

  @Test
  void theTasksOfAForkMadeUnderBeginAreRefusedWhoseverTheyAre() throws Exception { // D12
    RecordingAdapter others = new RecordingAdapter();
    TransactionHost<Db> other = TransactionHost.builder(others).name("other").build();
    TransactionalCallable<Object, RuntimeException> task =
        () ->
            assertThatThrownBy(() -> sql("beside"))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("begin() does not reach forks");
    host.<Void, Exception>withTransaction(
        () -> {
          sql("around");
          try (ManualTransaction manual = host.begin(as(Propagation.REQUIRES_NEW, "by hand"))) {
            forked(
                () -> {
                  other.inParallel(List.of(task));
                  other.anyInParallel(List.of(task));
                  other.<Object, Exception>withTransaction(
                      () -> {
                        other.tx().sql("own");
                        return other.inParallel(List.of(task));
                      });
                  swallowing(
                      () ->
                          other.inParallel(
                              List.<TransactionalCallable<Object, IOException>>of(
                                  () -> fails(new IOException("own")))));
                  assertThatThrownBy(() -> host.inParallel(List.of(task)))
                      .isInstanceOf(DetachedTransactionException.class);
                  return null;
                });
            manual.commit();
          }
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 around", "1 COMMIT");
    assertThat(others.transcript).containsExactly("1 BEGIN", "1 own", "1 COMMIT");
  }

  @Test
  void supportsInAForkMadeUnderBeginDoesNotHandOnThePermissionAroundThat() throws Exception { // D12
    host.<Void, Exception>withoutTransaction(
        () -> {
          try (ManualTransaction manual = host.begin(named("by hand"))) {
            forked(
                () -> {
                  try (ManualTransaction plain = host.begin(as(Propagation.SUPPORTS, "plain"))) {
                    assertThatThrownBy(() -> sql("beside"))
                        .isInstanceOf(DetachedTransactionException.class)
                        .hasMessageContaining("begin() does not reach forks");
                    plain.commit();
                  }
                  assertThatThrownBy(
                          () -> host.withTransaction(Propagation.SUPPORTS, () -> sql("beside")))
                      .isInstanceOf(DetachedTransactionException.class)
                      .hasMessageContaining("begin() does not reach forks");
                  return null;
                });
            manual.commit();
          }
          return null;
        });

    assertThat(transcript()).isEmpty();
  }

  @Test
  void aForkMadeBeforeABeginIsInsideWhileThatIsOpenToo() throws Exception { // D1, D12
    host.<Void, Exception>withTransaction(
        named("around"),
        () -> {
          CountDownLatch open = new CountDownLatch(1);
          try (var scope = StructuredTaskScope.open(Joiner.<String>awaitAllSuccessfulOrThrow())) {
            StructuredTaskScope.Subtask<String> fork =
                scope.fork(
                    () -> {
                      open.await();
                      sql("inside");
                      return host.currentTransaction().orElseThrow().name();
                    });
            try (ManualTransaction manual = host.begin(as(Propagation.REQUIRES_NEW, "by hand"))) {
              sql("new");
              open.countDown();
              awaitWritten("1 inside");
              manual.commit();
            } finally {
              open.countDown();
            }
            scope.join();
            assertThat(fork.get()).isEqualTo("around");
          }
          return null;
        });

    assertThat(transcript())
        .containsExactly("2 BEGIN", "2 new", "1 BEGIN", "1 inside", "2 COMMIT", "1 COMMIT");
  }

  private void awaitWritten(String line) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!transcript().contains(line) && System.nanoTime() < until) {
      LockSupport.parkNanos(100_000);
    }
  }

  @Test
  void aThreadThatIsNoForkKeepsNothingOfTheBeginItWasMadeUnder() throws Exception {
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      List<WeakReference<Frame>> frames =
          Context.<List<WeakReference<Frame>>, Exception>call(
              () -> {
                Frame context = Carrier.current();
                try (ManualTransaction manual = host.begin(named("by hand"))) {
                  Frame byHand = Carrier.current();
                  pool.submit(() -> sql("on a bare thread")).get(10, TimeUnit.SECONDS);
                  manual.commit();
                  return List.of(new WeakReference<>(context), new WeakReference<>(byHand));
                }
              });
      adapter.transactions.clear(); // a transaction is its boundary's frame
      assertCollected(frames);
      pool.submit(() -> sql("on one again")).get(10, TimeUnit.SECONDS);
    }
    assertThat(transcript()).containsExactly("AUTO on a bare thread", "AUTO on one again");
  }

  @Test
  void aForkMayBeginByHandAndNothingIsLeftOnItsThread() throws Exception {
    Context.<Void, Exception>call(
        () -> {
          forked(
              () -> {
                try (ManualTransaction manual = host.begin(named("in fork"))) {
                  Context.run(() -> sql("a"));
                  manual.commit();
                }
                return null;
              });
          assertThat(host.isTransactionActive()).isFalse();
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }
}
