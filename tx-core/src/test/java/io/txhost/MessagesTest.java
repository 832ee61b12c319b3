package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What is said: describe(), and every refusal with its code, what, where, found, and what to do.
 */
class MessagesTest extends CoreTest {
  private static String thread() {
    return "'" + Thread.currentThread().getName() + "'";
  }

  @Test
  void everyExceptionHasACodeOfItsOwnAndItsMessageStartsWithIt() {
    Map<String, BiFunction<String, Throwable, TransactionException>> all =
        Map.ofEntries(
            Map.entry("TXH-101", TransactionRequiredException::new),
            Map.entry("TXH-102", TransactionAlreadyActiveException::new),
            Map.entry("TXH-103", IncompatibleTransactionException::new),
            Map.entry("TXH-104", NestedTransactionNotSupportedException::new),
            Map.entry("TXH-105", UnexpectedRollbackException::new),
            Map.entry("TXH-106", TransactionTimedOutException::new),
            Map.entry("TXH-107", TransactionCommitException::new),
            Map.entry("TXH-108", CommitOutcomeUnknownException::new),
            Map.entry("TXH-109", CannotBeginTransactionException::new),
            Map.entry("TXH-110", PoolDeadlockException::new),
            Map.entry("TXH-111", TransactionCompletedException::new),
            Map.entry("TXH-112", DetachedTransactionException::new),
            Map.entry("TXH-113", OptimisticLockException::new));
    Throwable cause = new IllegalStateException("cause");
    all.forEach(
        (code, maker) -> {
          TransactionException made = maker.apply("what happened", cause);
          assertThat(made.code()).isEqualTo(code);
          assertThat(made).hasMessage(code + " what happened").hasCause(cause);
        });
  }

  @Test
  void mandatorySaysWhatToAskForInstead() {
    assertThatThrownBy(() -> host.withTransaction(as(Propagation.MANDATORY, "charge"), () -> {}))
        .hasMessage(
            "TXH-101 MANDATORY for 'charge' refused on host 'default', thread "
                + thread()
                + ": no transaction is active here. Call it inside a boundary that begins one, or"
                + " ask for REQUIRED.");
  }

  @Test
  void mandatoryInDetachedWorkNamesTheTransactionAndWhoHandedOver() {
    Runnable task =
        host.<Runnable, RuntimeException>withTransaction(
            named("orders.place"),
            () ->
                Context.wrap(
                    () -> host.withTransaction(as(Propagation.MANDATORY, "charge"), () -> {})));

    assertThatThrownBy(task::run)
        .isInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("MANDATORY for 'charge'")
        .hasMessageContaining("'orders.place' was active on thread " + thread())
        .hasMessageContaining("REQUIRED");
  }

  @Test
  void neverNamesWhatIsActive() {
    host.withTransaction(
        named("orders.place"),
        () ->
            assertThatThrownBy(
                    () -> host.withTransaction(as(Propagation.NEVER, "report"), () -> {}))
                .hasMessageContaining("TXH-102 NEVER for 'report'")
                .hasMessageContaining("'orders.place' on thread " + thread())
                .hasMessageContaining("NOT_SUPPORTED"));
  }

  @Test
  void supportsInDetachedWorkNamesTheWaysOut() {
    Runnable task =
        host.<Runnable, RuntimeException>withTransaction(
            named("orders.place"),
            () ->
                Context.wrap(
                    () -> host.withTransaction(as(Propagation.SUPPORTS, "read"), () -> {})));

    assertThatThrownBy(task::run)
        .hasMessageContaining("TXH-112 read refused")
        .hasMessageContaining("'orders.place'")
        .hasMessageContaining("withoutTransaction");
  }

  @Test
  void detachedWorkIsToldOfTheTransactionTheThreadTheBoundaryAndTheWaysOut() throws Exception {
    AtomicReference<Runnable> task = new AtomicReference<>();
    Thread capturing =
        new Thread(
            () ->
                host.withTransaction(
                    named("orders.place"),
                    () ->
                        host.withTransaction(
                            as(Propagation.NESTED, "audit"),
                            () -> task.set(Context.wrap(() -> sql("never"))))),
            "http-7");
    capturing.start();
    capturing.join();

    assertThatThrownBy(task.get()::run)
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageMatching(
            "TXH-112 tx\\(\\) refused on host 'default', thread "
                + thread()
                + ": Tx \\d+ 'orders\\.place' was active on thread 'http-7', in boundary 'audit',"
                + " where this work was captured\\. A transaction does not come along, since it may"
                + " end before the work runs\\. Open a boundary of its own around the work"
                + " \\(REQUIRED begins one\\), or say withoutTransaction, or run it where the"
                + " transaction reaches it: in a structured scope \\(inParallel, or a"
                + " StructuredTaskScope on Java 25\\), or before handing over\\.");
  }

  @Test
  void describeSaysThatNothingIsActive() {
    assertThat(host.describe())
        .isEqualTo("host 'default' on thread " + thread() + ": no transaction");
  }

  @Test
  void describeShowsWhatIsActiveAsATree() {
    host.withTransaction(
        named("outer").isolation(Isolation.SERIALIZABLE).readOnly(true),
        () -> {
          sql("a");
          host.withTransaction(
              as(Propagation.NESTED, "block"),
              () -> {
                host.currentTransaction().orElseThrow().setRollbackOnly();
                try (ManualTransaction aside = host.begin(as(Propagation.NOT_SUPPORTED, "aside"))) {
                  assertThat(host.describe().replaceAll("Tx \\d+", "Tx #"))
                      .isEqualTo(
                          String.join(
                              "\n",
                              "host 'default' on thread " + thread(),
                              "└─ Tx # 'outer' on thread "
                                  + thread()
                                  + ": ACTIVE, SERIALIZABLE, read-only, holds a connection",
                              "   └─ NESTED 'block' of Tx # 'outer' on thread "
                                  + thread()
                                  + ": ACTIVE, SERIALIZABLE, read-only, rollback-only since its own"
                                  + " code called setRollbackOnly(), holds a connection",
                              "      └─ 'aside' without a transaction on thread " + thread()));
                }
              });
        });
  }

  @Test
  void describeShowsADeadlineAJoinAndAMark() {
    assertThatThrownBy(
        () ->
            host.withTransaction(
                named("outer").timeout(Duration.ofMinutes(2)),
                () -> {
                  assertThatThrownBy(
                      () ->
                          host.withTransaction(
                              named("joiner"),
                              () -> {
                                throw new IllegalStateException("x");
                              }));
                  assertThat(host.describe())
                      .containsPattern("\\d+ ms left, holds no connection")
                      .contains(
                          "rollback-only since 'joiner', which joined it, failed with"
                              + " java.lang.IllegalStateException");
                }));
    host.withTransaction(
        named("outer"),
        () -> {
          try (ManualTransaction joined = host.begin(named("by hand"))) {
            assertThat(host.describe()).contains("'by hand', joined to Tx");
            joined.commit();
          }
        });
  }

  @Test
  void describeShowsWhatWorkWasDetachedFrom() {
    AtomicReference<String> described = new AtomicReference<>();
    Runnable task =
        host.<Runnable, RuntimeException>withTransaction(
            named("origin"),
            () ->
                Context.wrap(
                    () ->
                        host.withTransaction(named("own"), () -> described.set(host.describe()))));
    task.run();

    assertThat(described.get().lines().toList())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("host 'default'"),
            origin ->
                assertThat(origin)
                    .contains("detached from Tx", "'origin', captured on thread " + thread()),
            own -> assertThat(own).contains("'own'"));
  }

  @Test
  void describeOfOneHostShowsNothingOfAnother() {
    TransactionHost<RecordingAdapter.Db> other =
        TransactionHost.builder(new RecordingAdapter()).name("other").build();

    host.withTransaction(() -> assertThat(other.describe()).endsWith("no transaction"));
  }

  // ---- null

  @Test
  void aNullArgumentIsNamed() {
    TransactionOptions options = TransactionOptions.defaults();
    RetryPolicy retry = RetryPolicy.maxAttempts(2);
    TransactionalCallable<String, RuntimeException> callable = null;
    TransactionalRunnable<RuntimeException> runnable = null;
    Map<String, List<ThrowingCallable>> refused =
        Map.ofEntries(
            Map.entry(
                "work",
                List.of(
                    () -> host.withTransaction(callable),
                    () -> host.withTransaction(runnable),
                    () -> host.withTransaction(Propagation.NEVER, callable),
                    () -> host.withTransaction(Propagation.NEVER, runnable),
                    () -> host.withTransaction(options, callable),
                    () -> host.withTransaction(options, runnable),
                    () -> host.withoutTransaction(callable),
                    () -> host.withoutTransaction(runnable))),
            Map.entry(
                "options",
                List.of(
                    () -> host.withTransaction((TransactionOptions) null, () -> "x"),
                    () -> host.withTransaction((TransactionOptions) null, () -> {}),
                    () -> host.begin(null),
                    () -> host().defaultOptions(null))),
            Map.entry(
                "propagation",
                List.of(
                    () -> host.withTransaction((Propagation) null, () -> "x"),
                    () -> host.withTransaction((Propagation) null, () -> {}),
                    () -> options.propagation(null))),
            Map.entry("isolation", List.of(() -> options.isolation(null))),
            Map.entry("timeout", List.of(() -> options.timeout(null))),
            Map.entry("retry", List.of(() -> options.retry(null))),
            Map.entry(
                "rollbackFor",
                List.of(
                    () -> options.rollbackFor((Class<? extends Throwable>[]) null),
                    () -> options.rollbackFor((Class<? extends Throwable>) null))),
            Map.entry(
                "noRollbackFor",
                List.of(
                    () -> options.noRollbackFor((Class<? extends Throwable>[]) null),
                    () -> options.noRollbackFor((Class<? extends Throwable>) null))),
            Map.entry(
                "name",
                List.of(
                    () -> options.name(null),
                    () -> host().name(null),
                    () -> TransactionHosts.of(host).get(null),
                    () ->
                        TransactionOptions.of(
                            OptionsTest.AllDefaults.class.getAnnotation(Transactional.class),
                            null))),
            Map.entry("annotation", List.of(() -> TransactionOptions.of(null, "x"))),
            Map.entry("initialDelay", List.of(() -> retry.initialDelay(null))),
            Map.entry("maxDelay", List.of(() -> retry.maxDelay(null))),
            Map.entry("alsoOn", List.of(() -> retry.alsoOn((Class<? extends Throwable>) null))),
            Map.entry("alsoOnSqlState", List.of(() -> retry.alsoOnSqlState((String) null))),
            Map.entry("adapter", List.of(() -> TransactionHost.create(null))),
            Map.entry("policy", List.of(() -> host().fallbackPolicy(null))),
            Map.entry("listener", List.of(() -> host().listener(null))),
            Map.entry("view", List.of(() -> host.viewedAs(null))),
            Map.entry("host", List.of(() -> TransactionHosts.of((TransactionHost<?>) null))),
            Map.entry("hosts", List.of(() -> TransactionHosts.of((TransactionHost<?>[]) null))));

    refused.forEach(
        (argument, calls) ->
            calls.forEach(
                call ->
                    assertThatThrownBy(call)
                        .isExactlyInstanceOf(NullPointerException.class)
                        .hasMessage(argument)));
    host.withTransaction(
        () -> {
          Transaction here = host.currentTransaction().orElseThrow();
          for (ThrowingCallable call :
              List.<ThrowingCallable>of(
                  () -> here.beforeCommit(null),
                  () -> here.afterCommit(null),
                  () -> here.afterRollback(null),
                  () -> here.afterCompletion(null))) {
            assertThatThrownBy(call)
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("hook");
          }
        });
  }
}
