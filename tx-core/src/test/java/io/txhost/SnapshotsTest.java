package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.context.ContextMode;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Micrometer's snapshots: what a scope of one changes is as it was when the scope is closed. */
class SnapshotsTest extends CoreTest {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  @RegisterExtension final Pools pools = new Pools();

  private final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
  private final ContextSnapshotFactory clearing =
      ContextSnapshotFactory.builder().clearMissing(true).build();

  private static <R> R in(String value, Callable<R> work) throws Exception {
    return Context.<R, Exception>call(
        () -> {
          Context.current().set(KEY, value);
          return work.call();
        });
  }

  private static String seen() {
    return Context.isActive() ? Context.current().get(KEY).orElse("no value") : "no context";
  }

  private static ContextSnapshot taken(ContextSnapshotFactory factory) {
    return factory.captureAll();
  }

  /** A snapshot of a context with the value, and of the transaction that is active here. */
  private ContextSnapshot of(String value) throws Exception {
    return in(value, () -> taken(snapshots));
  }

  private ContextSnapshot ofTransaction(String name) {
    return host.<ContextSnapshot, RuntimeException>withTransaction(
        named(name), () -> taken(snapshots));
  }

  private void assertDetachedFrom(String name) {
    assertThat(host.isTransactionActive()).isFalse();
    assertThatThrownBy(host::tx)
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'" + name + "' was active");
  }

  @Test
  void theAccessorIsRegisteredByServiceLoading() {
    ContextRegistry loaded = new ContextRegistry().loadThreadLocalAccessors();

    assertThat(loaded.getThreadLocalAccessors())
        .filteredOn(accessor -> accessor.key().equals("io.txhost"))
        .singleElement()
        .hasToString("txhost's context");
    assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
        .extracting(accessor -> accessor.key())
        .contains("io.txhost");
  }

  // ---- a scope on the thread of the capture

  @Test
  void onTheSameThreadAScopeIsOutsideAndTheTransactionIsBackAfterIt() throws Exception { // D6
    in(
        "v",
        () ->
            host.<Object, Exception>withTransaction(
                named("outer"),
                () -> {
                  sql("a");
                  try (ContextSnapshot.Scope scope = taken(snapshots).setThreadLocals()) {
                    assertThat(seen()).isEqualTo("v");
                    assertDetachedFrom("outer");
                    host.withTransaction(() -> sql("own"));
                  }
                  assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo("outer");
                  sql("b");
                  return null;
                }));

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "2 BEGIN", "2 own", "2 COMMIT", "1 b", "1 COMMIT");
  }

  @Test
  void whatWasOpenedByHandIsBackAfterAScope() throws Exception {
    ContextSnapshot other = of("other");
    try (ManualTransaction manual = host.begin(named("by hand"))) {
      sql("a");
      try (ContextSnapshot.Scope scope = other.setThreadLocals()) {
        assertThat(seen()).isEqualTo("other");
        assertThat(host.isTransactionActive()).isFalse();
      }
      try (ContextSnapshot.Scope scope = taken(snapshots).setThreadLocals()) {
        assertDetachedFrom("by hand");
      }
      assertThat(seen()).isEqualTo("no context");
      sql("b");
      manual.commit();
    }
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void nothingIsBackAfterAScopeWhereNothingWas() throws Exception { // C7
    ContextSnapshot snapshot = of("v");
    try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
      assertThat(seen()).isEqualTo("v");
    }
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void whatAScopePutBackDoesNotOutliveWhatItWasBoundBy() throws Exception {
    ContextSnapshot other = of("other");
    in(
        "bound",
        () -> {
          try (ContextSnapshot.Scope scope = other.setThreadLocals()) {
            assertThat(seen()).isEqualTo("other");
          }
          return assertThat(seen()).isEqualTo("bound");
        });
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void theInnermostOfScopesContextsAndBoundariesWins() throws Exception { // D8
    ContextSnapshot first = of("1");
    ContextSnapshot third = host.<ContextSnapshot, Exception>withTransaction(() -> of("3"));
    try (ContextSnapshot.Scope one = first.setThreadLocals()) {
      in(
          "2",
          () -> {
            try (ContextSnapshot.Scope three = third.setThreadLocals()) {
              host.<Object, Exception>withTransaction(
                  named("4"),
                  () -> {
                    assertThat(seen()).isEqualTo("3");
                    try (ContextSnapshot.Scope five = first.setThreadLocals();
                        ManualTransaction six = host.begin(named("6"))) {
                      in("7", () -> assertThat(seen()).isEqualTo("7"));
                      assertThat(seen()).isEqualTo("1");
                      assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo("6");
                    }
                    return assertThat(host.currentTransaction().orElseThrow().name())
                        .isEqualTo("4");
                  });
              assertThat(seen()).isEqualTo("3");
              assertThat(catchThrowable(host::tx)).isInstanceOf(DetachedTransactionException.class);
            }
            return assertThat(seen()).isEqualTo("2");
          });
      assertThat(seen()).isEqualTo("1");
    }
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void clearingHidesWhatIsThereAndPutsItBack() throws Exception {
    ContextSnapshot nothing = taken(clearing);
    ContextSnapshot leaving = taken(snapshots);
    in(
        "v",
        () ->
            host.<Object, Exception>withTransaction(
                () -> {
                  try (ContextSnapshot.Scope scope = leaving.setThreadLocals()) {
                    assertThat(seen()).isEqualTo("v");
                    assertThat(host.isTransactionActive()).isTrue();
                  }
                  try (ContextSnapshot.Scope scope = nothing.setThreadLocals()) {
                    assertThat(seen()).isEqualTo("no context");
                    assertThat(host.isTransactionActive()).isFalse();
                    host.tx().sql("outside");
                  }
                  assertThat(seen()).isEqualTo("v");
                  return assertThat(host.isTransactionActive()).isTrue();
                }));
    assertThat(transcript()).containsExactly("AUTO outside");
  }

  @Test
  void aSnapshotInstalledManyTimesIsTheSameEachTime() throws Exception {
    ContextSnapshot snapshot =
        host.<ContextSnapshot, Exception>withTransaction(named("origin"), () -> of("v"));
    for (int i = 0; i < 3; i++) {
      pools
          .plain
          .submit(
              snapshot.wrap(
                  () -> {
                    assertThat(seen()).isEqualTo("v");
                    assertDetachedFrom("origin");
                  }))
          .get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatIsCapturedInAScopeIsWhatTheScopeWasCapturedFrom() { // D6
    ContextSnapshot first = ofTransaction("origin");
    AtomicReference<ContextSnapshot> second = new AtomicReference<>();
    first.wrap(() -> second.set(taken(snapshots))).run();
    second.get().wrap(() -> assertDetachedFrom("origin")).run();
  }

  @Test
  void aTaskThatSubmitsItsSuccessorBySnapshotGrowsNoChain() throws Exception { // D6
    CountDownLatch done = new CountDownLatch(1_000);
    AtomicInteger wrong = new AtomicInteger();
    Runnable[] self = new Runnable[1];
    self[0] =
        () -> {
          if (Carrier.current().capture().size() != 1 || Carrier.current().outer() != Frame.ROOT) {
            wrong.incrementAndGet();
          }
          host.withTransaction(
              () -> {
                done.countDown();
                if (done.getCount() > 0) {
                  pools.plain.execute(taken(snapshots).wrap(self[0]));
                }
              });
        };
    host.withTransaction(
        named("origin"), () -> pools.plain.execute(taken(snapshots).wrap(self[0])));
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    pools.settle();
    assertThat(wrong).hasValue(0);
  }

  // ---- scopes that are not closed, or not as they should be

  @Test
  void aScopeLeftOpenInABoundaryIsNamedAndRollsItBack() throws Exception {
    ContextSnapshot snapshot = of("v");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    named("outer"),
                    () -> {
                      sql("a");
                      var unused = snapshot.setThreadLocals();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TXH-406 Tx")
        .hasMessageContaining("'outer'")
        .hasMessageContaining("restored snapshot of context")
        .hasMessageContaining("try-with-resources");

    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertTheNextTransactionWorks();
  }

  @Test
  void aScopeLeftOpenByWorkThatFailedLeavesTheFailureAsItIs() throws Exception {
    ContextSnapshot snapshot = of("v");
    IOException users = new IOException("user");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      var unused = snapshot.setThreadLocals();
                      throw users;
                    }))
        .isSameAs(users)
        .hasNoSuppressedExceptions();
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void aScopeLeftOpenInAWrappedTaskIsTakenAway() throws Exception { // C7
    ContextSnapshot snapshot = of("v");
    assertThatThrownBy(
            () ->
                pools
                    .plain
                    .submit(
                        Context.wrap(
                            () -> {
                              var unused = snapshot.setThreadLocals();
                            }))
                    .get(30, TimeUnit.SECONDS))
        .hasMessageContaining("TXH-406 wrapped work");
  }

  @Test
  void aScopeClosedAfterWhatItWasOpenedInChangesNothing() throws Exception {
    ContextSnapshot snapshot = of("v");
    AtomicReference<ContextSnapshot.Scope> late = new AtomicReference<>();
    swallowing(() -> host.withTransaction(() -> late.set(snapshot.setThreadLocals())));
    try (ManualTransaction manual = host.begin()) {
      sql("a");
      late.get().close();
      sql("b");
      manual.commit();
    }
    assertThat(transcript()).containsExactly("2 BEGIN", "2 a", "2 b", "2 COMMIT");
  }

  @Test
  void aScopeClosedTwiceChangesNothingTheSecondTime() throws Exception {
    ContextSnapshot snapshot = of("v");
    in(
        "outer",
        () -> {
          ContextSnapshot.Scope scope = snapshot.setThreadLocals();
          scope.close();
          try (ManualTransaction manual = host.begin()) {
            sql("a");
            scope.close();
            sql("b");
            manual.commit();
          }
          return null;
        });
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void anOuterScopeThatIsClosedFirstTakesTheInnerOneWithIt() throws Exception {
    long before = Carrier.leftovers();
    ContextSnapshot.Scope outer = of("outer").setThreadLocals();
    ContextSnapshot.Scope inner = of("inner").setThreadLocals();
    outer.close();
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
    assertThat(Carrier.leftovers()).isEqualTo(before + 1);
    try (ContextSnapshot.Scope later = of("later").setThreadLocals()) {
      inner.close();
      assertThat(seen()).isEqualTo("later");
    }
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void aScopeClosedInsideWhatWasBoundInItIsGoneWhenThatEnds() throws Exception {
    ContextSnapshot snapshot = of("v");
    in(
        "outer",
        () -> {
          ContextSnapshot.Scope scope = snapshot.setThreadLocals();
          host.withTransaction(
              named("bound"),
              () -> {
                try (ManualTransaction manual = host.begin(as(Propagation.REQUIRES_NEW, "new"))) {
                  scope.close();
                  assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo("new");
                }
                assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo("bound");
                assertThat(seen()).isEqualTo("v");
              });
          return assertThat(seen()).isEqualTo("outer");
        });
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void aScopeClosedInsideABoundaryAroundWhichABeginIsOpenLeavesThat() throws Exception {
    ContextSnapshot.Scope scope = of("v").setThreadLocals();
    try (ManualTransaction manual = host.begin(named("by hand"))) {
      Context.run(scope::close);
      assertThat(host.currentTransaction().orElseThrow().name()).isEqualTo("by hand");
      manual.commit();
    }
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void whatIsLeftOpenInAScopeIsRolledBackAndReportedAndTheOthersArePutBack() throws Exception {
    ThreadLocal<String> theirs = new ThreadLocal<>();
    ContextRegistry registry = new ContextRegistry();
    registry.registerThreadLocalAccessor("theirs before", theirs);
    registry.loadThreadLocalAccessors();
    ThreadLocal<String> alsoTheirs = new ThreadLocal<>();
    registry.registerThreadLocalAccessor("theirs after", alsoTheirs);
    ContextSnapshotFactory factory =
        ContextSnapshotFactory.builder().contextRegistry(registry).build();
    theirs.set("captured");
    alsoTheirs.set("captured");
    ContextSnapshot snapshot = in("v", factory::captureAll);
    theirs.set("mine");
    alsoTheirs.set("mine");

    List<LogRecord> logged;
    try (Logged log = new Logged()) {
      try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
        var unused = host.begin(named("left"));
        sql("a");
        assertThat(theirs.get()).isEqualTo("captured");
      }
      logged = log.records;
    }

    assertThat(theirs.get()).isEqualTo("mine");
    assertThat(alsoTheirs.get()).isEqualTo("mine");
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(logged)
        .singleElement()
        .satisfies(
            record -> assertThat(record.getMessage()).startsWith("TXH-407 Tx").contains("'left'"));
  }

  @Test
  void aScopeClosedOnAnotherThreadChangesNothingThere() throws Exception {
    ContextSnapshot snapshot = of("v");
    in(
        "here",
        () -> {
          ContextSnapshot.Scope scope = snapshot.setThreadLocals();
          pools
              .plain
              .submit(
                  () -> {
                    try (ManualTransaction manual = host.begin()) {
                      sql("a");
                      scope.close();
                      sql("b");
                      manual.commit();
                    }
                  })
              .get(30, TimeUnit.SECONDS);
          assertThat(seen()).isEqualTo("v");
          scope.close();
          return assertThat(seen()).isEqualTo("here");
        });
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void aScopeThatWasOpenedWhereNothingWasChangesNothingOnAnotherThread() throws Exception {
    ContextSnapshot.Scope scope = of("v").setThreadLocals();
    pools
        .plain
        .submit(
            () -> {
              inATransactionByHand(scope::close);
              return null;
            })
        .get(30, TimeUnit.SECONDS);
    assertThat(seen()).isEqualTo("v");
    scope.close();
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void aScopeThatWasOpenedWhereNothingWasAndIsClosedTwiceLeavesWhatIsOpenThen() throws Exception {
    ContextSnapshot.Scope scope = of("v").setThreadLocals();
    scope.close();
    inATransactionByHand(scope::close);
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  private void inATransactionByHand(Runnable inside) {
    try (ManualTransaction manual = host.begin()) {
      sql("a");
      inside.run();
      sql("b");
      manual.commit();
    }
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void whatWasCapturedKeepsNothingOfItsTransactionNorOfWhatIsAroundItAlive() throws Exception {
    List<Object> kept = new ArrayList<>();
    List<WeakReference<?>> hooked = new ArrayList<>();
    Context.run(
        () -> {
          Object value = new Object();
          hooked.add(new WeakReference<>(value));
          Context.current().set(ContextKey.of("outer's", Object.class), value);
          Context.run(
              ContextMode.NEW,
              () ->
                  host.withTransaction(
                      () -> {
                        Object hook = new Object();
                        hooked.add(new WeakReference<>(hook));
                        host.currentTransaction()
                            .orElseThrow()
                            .afterCommit(() -> assertThat(hook).isNotNull());
                        sql("a");
                        kept.add(Context.wrap((Runnable) () -> {}));
                        kept.add(taken(snapshots));
                      }));
        });
    adapter.transactions.clear();
    assertCollected(hooked);
    assertThat(kept).hasSize(2);
  }

  /** What is logged once a process can be seen in a process of its own. */
  static final class Careless {
    private Careless() {}

    public static void main(String[] arguments) throws Exception {
      ContextSnapshot snapshot =
          Context.<ContextSnapshot, RuntimeException>call(
              () -> ContextSnapshotFactory.builder().build().captureAll());
      for (int i = 0; i < 3; i++) {
        ContextSnapshot.Scope outer = snapshot.setThreadLocals();
        var unused = snapshot.setThreadLocals();
        outer.close();
        Context.<Object, Exception>call(
            () -> {
              ContextSnapshot.Scope scope = snapshot.setThreadLocals();
              Thread other = new Thread(scope::close);
              other.start();
              other.join();
              scope.close();
              return "done";
            });
      }
      System.out.println("left " + Carrier.leftovers() + ", now " + Carrier.current());
    }
  }

  @Test
  void whatIsIgnoredIsLoggedOnceAndCounted() throws Exception {
    String output = Programs.output(Careless.class);

    assertThat(output)
        .containsOnlyOnce("TXH-402 'restored snapshot of context")
        .containsOnlyOnce("TXH-408 The scope of a snapshot was opened on thread 'main'")
        .contains("left 3, now code outside any context");
  }

  /** What the process logs, from its making to its closing. */
  private static final class Logged extends Handler implements AutoCloseable {
    final List<LogRecord> records = new ArrayList<>();
    private final Logger logger = Logger.getLogger("io.txhost");

    Logged() {
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }
}
