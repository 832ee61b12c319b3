package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import io.txhost.context.Context;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
          assertThatThrownBy(
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
  void statementsAndWaitsForAConnectionAreToldWithWhatFailed() {
    adapter.failAt(At.SQL, new IllegalStateException("no such table"));
    host.withTransaction(named("t"), () -> swallowing(() -> sql("a")));
    adapter.failAt(At.ACQUIRE, new IllegalStateException("no connection"));
    assertThatThrownBy(() -> host.withTransaction(named("u"), () -> sql("b")));

    assertThat(listener.details)
        .containsExactly(
            "acquiring t",
            "executing t a",
            "executed t a no such table",
            "acquiring u",
            "notAcquired u no connection");
  }

  @Test
  void whoWaitsForTheTurnIsToldAsLongAsItWaits() {
    Meddler waiting = new Meddler();
    TransactionHost<RecordingAdapter.Db> told = host().listener(waiting).build();
    waiting.host = told;

    twoTasksWantTheTurn(told);

    assertThat(waiting.details).containsOnlyOnce("waiting shared", "waited shared");
  }

  @Test
  void aUseByWorkThatFellOutIsTold() {
    host.withTransaction(named("gone"), () -> useElsewhere(host));

    assertThat(listener.details)
        .containsExactly(
            "detached tx() on default of gone from '" + Thread.currentThread().getName() + "'");
  }

  @Test
  void eachAttemptIsToldItsNumber() {
    List<Integer> attempts = new ArrayList<>();
    TransactionHost<RecordingAdapter.Db> told =
        host()
            .listener(
                new TransactionListener() {
                  @Override
                  public void began(TransactionInfo transaction) {
                    attempts.add(transaction.attempt());
                  }
                })
            .build();

    swallowing(
        () ->
            told.withTransaction(
                TransactionOptions.defaults()
                    .retry(RetryPolicy.maxAttempts(3).initialDelay(Duration.ZERO)),
                () -> {
                  throw state("40001");
                }));

    assertThat(attempts).containsExactly(1, 2, 3);
  }

  /** Hears only while it is on. */
  private static final class Switched extends RecordingListener {
    private volatile boolean on;
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public boolean isEnabled() {
      asked.incrementAndGet();
      return on;
    }
  }

  @Test
  void aListenerHearsOfAWholeTransactionOrOfNothing() {
    Switched switched = new Switched();
    TransactionHost<RecordingAdapter.Db> told = host().listener(switched).build();

    told.withTransaction(
        named("begun while off"),
        () -> {
          switched.on = true;
          told.tx().sql("a");
          told.withTransaction(
              as(Propagation.REQUIRES_NEW, "begun while on"),
              () -> {
                switched.on = false;
                told.tx().sql("b");
              });
        });

    assertThat(switched.events)
        .containsExactly(
            "began begun while on",
            "acquired begun while on",
            "released begun while on",
            "committed begun while on");
    assertThat(switched.asked).hasValueLessThanOrEqualTo(4);
    assertThat(listener.events).contains("began begun while off", "committed begun while off");
  }

  @Test
  void aListenerThatCannotSayWhetherItIsEnabledHearsNothing() {
    RecordingListener broken =
        new RecordingListener() {
          @Override
          public boolean isEnabled() {
            throw new AssertionError("broken");
          }
        };

    TransactionHost<RecordingAdapter.Db> told = host().listener(broken).build();
    told.withTransaction(named("t"), () -> told.tx().sql("a"));

    assertThat(broken.events).isEmpty();
    assertThat(listener.events).contains("committed t");
  }

  @Test
  void whatWasRefusedIsNotTold() {
    assertThatThrownBy(() -> host.withTransaction(Propagation.MANDATORY, () -> {}));

    assertThat(listener.events).isEmpty();
  }

  @Test
  void setAsideWithoutATransactionNothingIsToldOfIt() {
    host.withoutTransaction(() -> host.withTransaction(() -> {}));

    assertThat(listener.events)
        .containsExactly(
            "began ListenersTest.setAsideWithoutATransactionNothingIsToldOfIt",
            "committed ListenersTest.setAsideWithoutATransactionNothingIsToldOfIt");
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
    assertThatThrownBy(() -> host.withTransaction(named("unknown"), () -> sql("a")));
    assertThatThrownBy(
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
            "began ListenersTest.aListenerThatFailsChangesNothingAndTheNextOneStillHears",
            "acquired ListenersTest.aListenerThatFailsChangesNothingAndTheNextOneStillHears",
            "released ListenersTest.aListenerThatFailsChangesNothingAndTheNextOneStillHears",
            "committed ListenersTest.aListenerThatFailsChangesNothingAndTheNextOneStillHears",
            "began ListenersTest.aListenerThatFailsChangesNothingAndTheNextOneStillHears",
            "rolledBack ListenersTest.aListenerThatFailsChangesNothingAndTheNextOneStillHears IOException");
  }

  /** Whatever it is told of, it uses the host. */
  private final class Meddler extends RecordingListener {
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();
    private final List<Throwable> otherwise = new CopyOnWriteArrayList<>();
    private List<ThrowingCallable> uses = List.of();
    private TransactionHost<?> host;

    @Override
    void hear(String event) {
      if (event.equals("waiting")) {
        waits.incrementAndGet();
      }
      for (ThrowingCallable use : uses) {
        Throwable thrown = catchThrowable(use);
        if (thrown instanceof TransactionException ours && ours.code().equals("TXH-128")) {
          refused.merge(event, 1, Integer::sum);
        } else {
          otherwise.add(new AssertionError("at " + event, thrown));
        }
      }
      assertThatCode(host::isTransactionActive).doesNotThrowAnyException();
      assertThatCode(host::describe).doesNotThrowAnyException();
    }
  }

  @Test
  void whatAListenerAsksTheHostForIsRefusedAtEachEvent() {
    Meddler meddler = new Meddler();
    TransactionHost<RecordingAdapter.Db> told =
        TransactionHost.builder(adapter)
            .fallbackPolicy(FallbackPolicy.ALLOW)
            .listener(meddler)
            .listener(listener)
            .build();
    meddler.host = told;
    RecordingAdapter.Db outside = told.tx();
    meddler.uses =
        List.of(
            told::tx,
            told::currentTransaction,
            () -> told.withTransaction(() -> {}),
            () -> told.withoutTransaction(() -> {}),
            () -> told.<Object, RuntimeException>withTransaction(() -> 1),
            told::begin,
            () -> told.inParallel(List.of(() -> 1)),
            () -> told.anyInParallel(List.of(() -> 1)),
            () -> outside.sql("never"),
            () -> outside.reads("never"));

    everythingHappens(told);

    assertThat(meddler.otherwise).isEmpty();
    assertThat(meddler.refused)
        .containsOnlyKeys(events())
        .allSatisfy((event, times) -> assertThat(times % 10).as(event).isZero());
    assertThat(transcript()).noneMatch(line -> line.contains("never"));
    assertThat(listener.events).hasSize(meddler.events.size());
  }

  /** What a listener is told; coverage adds a method of its own. */
  private static List<String> events() {
    return Stream.of(TransactionListener.class.getDeclaredMethods())
        .filter(method -> !method.isSynthetic() && !method.getName().equals("isEnabled"))
        .map(Method::getName)
        .toList();
  }

  /** Each kind of event. */
  private void everythingHappens(TransactionHost<RecordingAdapter.Db> told) {
    told.withTransaction(
        () -> {
          told.tx().sql("a");
          told.withTransaction(() -> {});
          told.withTransaction(Propagation.NESTED, () -> {});
          swallowing(
              () ->
                  told.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        throw new IOException("x");
                      }));
          told.withTransaction(
              Propagation.REQUIRES_NEW,
              () ->
                  told.currentTransaction()
                      .orElseThrow()
                      .afterCommit(
                          () -> {
                            throw new IOException("hook");
                          }));
        });
    swallowing(
        () ->
            told.withTransaction(
                TransactionOptions.defaults()
                    .retry(RetryPolicy.maxAttempts(2).initialDelay(Duration.ZERO)),
                () -> {
                  throw state("40001");
                }));
    adapter.failAt(At.COMMIT, new IllegalStateException("x"));
    swallowing(() -> told.withTransaction(() -> told.tx().sql("b")));
    adapter.failAt(At.ACQUIRE, new IllegalStateException("no connection"));
    swallowing(() -> told.withTransaction(() -> told.tx().sql("c")));
    twoTasksWantTheTurn(told);
    told.withTransaction(named("gone"), () -> useElsewhere(told));
  }

  /** One is inside a call of the driver until the other waits for it. */
  private void twoTasksWantTheTurn(TransactionHost<RecordingAdapter.Db> told) {
    adapter.whileCalling = text -> awaitOneThatWaits();
    try {
      told.withTransaction(
          named("shared"),
          () ->
              told.inParallel(
                  List.<TransactionalRunnable<RuntimeException>>of(
                      () -> told.tx().sql("first"), () -> told.tx().sql("second"))));
    } finally {
      adapter.whileCalling = text -> {};
    }
  }

  private final AtomicInteger waits = new AtomicInteger();

  private void awaitOneThatWaits() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (waits.get() == 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(100_000);
    }
  }

  private static void useElsewhere(TransactionHost<RecordingAdapter.Db> told) {
    CompletableFuture.runAsync(Context.wrap(() -> swallowing(() -> told.tx()))).join();
  }

  @Test
  void whatAListenerKeptOfTheTransactionIsRefusedToo() {
    AtomicReference<RecordingAdapter.Db> kept = new AtomicReference<>();
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    TransactionHost<RecordingAdapter.Db> told =
        TransactionHost.builder(adapter)
            .listener(
                new RecordingListener() {
                  @Override
                  void hear(String event) {
                    if (kept.get() != null) {
                      thrown.add(catchThrowable(() -> kept.get().sql("never")));
                    }
                  }
                })
            .build();
    told.withTransaction(
        () -> {
          kept.set(told.tx());
          told.withTransaction(named("joiner"), () -> {});
          told.tx().sql("a");
        });

    assertThat(thrown)
        .isNotEmpty()
        .first()
        .isInstanceOfSatisfying(
            TransactionException.class, e -> assertThat(e.code()).isEqualTo("TXH-128"));
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void aListenerMayUseAnotherHostAndAnotherThread() {
    AtomicInteger done = new AtomicInteger();
    TransactionHost<RecordingAdapter.Db> audit = host().name("audit").build();
    AtomicReference<TransactionHost<RecordingAdapter.Db>> itself = new AtomicReference<>();
    itself.set(
        TransactionHost.builder(adapter)
            .listener(
                new io.txhost.spi.TransactionListener() {
                  @Override
                  public void committed(io.txhost.spi.TransactionInfo transaction) {
                    audit.withTransaction(() -> audit.tx().sql("audit"));
                    CompletableFuture.runAsync(
                            () ->
                                itself
                                    .get()
                                    .withTransaction(
                                        () -> {
                                          throw new IllegalStateException("as it is");
                                        }))
                        .exceptionally(failure -> null)
                        .join();
                    done.incrementAndGet();
                  }
                })
            .build());
    itself.get().withTransaction(() -> itself.get().tx().sql("a"));
    itself.get().tx().reads("r");

    assertThat(done).hasValue(1);
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 COMMIT", "2 BEGIN", "2 audit", "2 COMMIT", "AUTO r");
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

  @Test
  void anEventSaysHowItsTransactionRunsSinceWhenAndHowDeepTheCodeIsInIt() {
    List<Integer> nesting = new ArrayList<>();
    List<String> runs = new ArrayList<>();
    Instant before = Instant.now().minusSeconds(1);
    TransactionHost<RecordingAdapter.Db> told =
        host()
            .listener(
                new TransactionListener() {
                  @Override
                  public void began(TransactionInfo transaction) {
                    runs.add(transaction.isReadOnly() + " " + transaction.isolation());
                    assertThat(transaction.startedAt()).isBetween(before, Instant.now());
                  }

                  @Override
                  public void joined(TransactionInfo transaction, String boundary) {
                    nesting.add(transaction.nesting());
                  }
                })
            .build();
    told.withTransaction(
        TransactionOptions.defaults().readOnly(true).isolation(Isolation.SERIALIZABLE),
        () -> {
          told.withTransaction(() -> {});
          told.withTransaction(
              Propagation.NESTED,
              () -> told.withTransaction(Propagation.NESTED, () -> told.withTransaction(() -> {})));
          told.withTransaction(() -> {});
        });

    assertThat(runs).containsExactly("true SERIALIZABLE");
    assertThat(nesting).containsExactly(0, 2, 0);
  }

  @Test // issue 13: who waits inside of whom
  void anAdapterLearnsWhichTransactionsOfAllHostsTheCallingCodeIsInsideOf() throws Exception {
    RecordingAdapter others = new RecordingAdapter();
    TransactionHost<RecordingAdapter.Db> other = TransactionHost.create(others);
    List<List<?>> around = new CopyOnWriteArrayList<>();
    host.withTransaction(
        () ->
            other.withTransaction(
                () ->
                    host.withTransaction(
                        Propagation.NESTED,
                        () ->
                            host.withTransaction(
                                Propagation.REQUIRES_NEW,
                                () -> {
                                  around.add(
                                      adapter.transactions.get(1).signals.transactionsAround());
                                  host.inParallel(
                                      List.of(
                                          () ->
                                              around.add(
                                                  others
                                                      .transactions
                                                      .get(0)
                                                      .signals
                                                      .transactionsAround())));
                                }))));

    assertThat(around)
        .hasSize(2)
        .allSatisfy(
            each ->
                assertThat(each.stream().map(Object.class::cast))
                    .containsExactlyInAnyOrder(
                        adapter.transactions.get(0),
                        adapter.transactions.get(1),
                        others.transactions.get(0)));
  }
}
