package io.txhost;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.context.ContextMode;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Many at once: nobody sees what is another's. */
class ConcurrencyTest extends CoreTest {
  private static final int REQUESTS = 10_000;
  private static final ContextKey<Integer> NUMBER = ContextKey.of("number", Integer.class);

  /** Every sixth fails, every third is rolled back; nothing stays on its thread in any case. */
  private void request(int number) {
    Throwable thrown = catchThrowable(() -> handle(number));
    if (number % 6 == 0) {
      assertThat(thrown).hasMessage("request " + number).hasNoSuppressedExceptions();
    } else {
      assertThat(thrown).isNull();
    }
    assertThat(Carrier.current()).isSameAs(Frame.ROOT); // C7
    assertThat(Context.isActive()).isFalse();
    assertThat(host.isTransactionActive()).isFalse();
  }

  private void handle(int number) {
    String name = "request " + number;
    Context.call(
        ContextMode.NEW,
        "r" + number,
        () -> {
          Context.current().set(NUMBER, number);
          host.withTransaction(
              named(name),
              () -> {
                Db db = host.tx();
                sql(name);
                Thread.yield();
                host.withTransaction(
                    as(Propagation.REQUIRES_NEW, name + " own"),
                    () -> {
                      assertThat(host.tx()).isNotSameAs(db);
                      assertSeen(number, name + " own");
                    });
                host.withTransaction(Propagation.NESTED, () -> assertSeen(number, name));
                assertThat(host.tx()).isSameAs(db);
                if (number % 3 == 0) {
                  host.currentTransaction().orElseThrow().setRollbackOnly();
                }
                if (number % 6 == 0) {
                  throw new IllegalStateException(name);
                }
              });
          return null;
        });
  }

  private void assertSeen(int number, String transaction) {
    assertThat(Context.current().require(NUMBER)).isEqualTo(number);
    assertThat(Context.current().id()).isEqualTo("r" + number);
    assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo(transaction);
  }

  private void manyOn(ExecutorService executor) throws Exception {
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        int number = i;
        all.add(executor.submit(() -> request(number)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      executor.shutdownNow();
    }
    long committed = transcript().stream().filter(told -> told.endsWith("COMMIT")).count();
    long rolledBack = transcript().stream().filter(told -> told.endsWith("ROLLBACK")).count();
    assertThat(rolledBack).isEqualTo((REQUESTS + 2) / 3);
    assertThat(committed).isEqualTo(REQUESTS - rolledBack);
    assertThat(adapter.transactions).hasSize(2 * REQUESTS);
  }

  @Test
  void manyRequestsOnAPoolSeeEachOnlyTheirOwn() throws Exception { // C6
    manyOn(Executors.newFixedThreadPool(16));
  }

  @Test
  void manyRequestsOnVirtualThreadsSeeEachOnlyTheirOwn() throws Exception { // C6
    Optional<ExecutorService> virtual = virtualThreads();
    org.junit.jupiter.api.Assumptions.assumeTrue(
        virtual.isPresent(), "virtual threads come with Java 21");
    manyOn(virtual.orElseThrow());
  }

  private static Optional<ExecutorService> virtualThreads() throws IllegalAccessException {
    try {
      return Optional.of(
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
    } catch (NoSuchMethodException | InvocationTargetException e) {
      return Optional.empty();
    }
  }

  @Test
  void workRunAfterItsTransactionEndedIsRefusedAndWritesNothing() throws Exception { // D1
    ExecutorService pool = Executors.newSingleThreadExecutor();
    AtomicReference<Db> kept = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    try {
      Future<Throwable> late =
          host.<Future<Throwable>, RuntimeException>withTransaction(
              named("ended"),
              () -> {
                kept.set(host.tx());
                return Context.wrap(pool)
                    .submit(
                        () -> {
                          ended.await();
                          return catchThrowable(host::tx);
                        });
              });
      ended.countDown();

      assertThat(late.get())
          .isInstanceOf(DetachedTransactionException.class)
          .hasMessageContaining("'ended'")
          .hasMessageContaining(Thread.currentThread().getName());
      assertThat(catchThrowable(() -> kept.get().sql("late")))
          .isInstanceOf(TransactionCompletedException.class);
    } finally {
      pool.shutdownNow();
    }
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aDetachedTaskThatSubmitsItsSuccessorKeepsOneCaptureAndNoChain() throws Exception { // D6
    ExecutorService pool = Executors.newSingleThreadExecutor();
    ExecutorService wrapped = Context.wrap(pool);
    CountDownLatch done = new CountDownLatch(1_000);
    AtomicInteger wrong = new AtomicInteger();
    Runnable[] self = new Runnable[1];
    self[0] =
        () -> {
          Frame here = Carrier.current();
          if (here.capture().size() != 1 || here.outer() != Frame.ROOT) {
            wrong.incrementAndGet();
          }
          // as a task that works in a transaction of its own and hands over from inside it
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> {
                done.countDown();
                if (done.getCount() > 0) {
                  wrapped.execute(self[0]);
                }
              });
        };
    try {
      host.withTransaction(named("origin"), () -> wrapped.execute(self[0]));
      assertThat(done.await(60, SECONDS)).isTrue();
    } finally {
      pool.shutdown();
      assertThat(pool.awaitTermination(60, SECONDS)).isTrue();
    }
    assertThat(wrong).hasValue(0);
  }

  @Test
  void interruptionIsSeenByTheWorkAndTheFlagSurvivesTheRollback() { // D10
    try {
      swallowing(
          () ->
              host.withTransaction(
                  () -> {
                    sql("a");
                    Thread.currentThread().interrupt();
                    new CountDownLatch(1).await();
                  }));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      swallowing(
          () ->
              host.withTransaction(
                  () -> {
                    sql("b");
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("saw it");
                  }));
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 ROLLBACK", "2 BEGIN", "2 b", "2 ROLLBACK");
  }
}
