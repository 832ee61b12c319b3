package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.context.NoActiveContextException;
import io.txhost.internal.Carrier;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is different for forks where the carrier is a thread-local. */
class ForksOfThreadLocalsTest extends CoreTest {
  private final TransactionHost<Db> strict =
      host().fallbackPolicy(FallbackPolicy.IN_CONTEXT).build();

  @BeforeEach
  void theCarrierIsAThreadLocal() {
    assertThat(Carrier.name()).isEqualTo("thread-local");
  }

  /** What the task gives on a thread that the scope forks. */
  private static <R> R forkedIn(StructuredTaskScope<R, Void> scope, Callable<R> task)
      throws InterruptedException {
    Subtask<R> fork = scope.fork(task);
    scope.join();
    return fork.get();
  }

  private static <R> StructuredTaskScope<R, Void> scope() {
    return StructuredTaskScope.open(Joiner.<R>awaitAllSuccessfulOrThrow());
  }

  @Test
  void aForkInheritsNothingAndInContextRefusesIt() throws Exception {
    Context.<Void, Exception>call(
        () ->
            strict.<Void, Exception>withTransaction(
                () -> {
                  strict.tx().sql("a");
                  try (StructuredTaskScope<Void, Void> scope = scope()) {
                    forkedIn(
                        scope,
                        () -> {
                          assertThat(strict.isTransactionActive()).isFalse();
                          assertThatThrownBy(Context::current)
                              .isInstanceOf(NoActiveContextException.class);
                          assertThatThrownBy(() -> strict.tx().sql("beside"))
                              .isInstanceOf(TransactionRequiredException.class)
                              .hasMessageContaining("IN_CONTEXT");
                          return null;
                        });
                  }
                  return null;
                }));

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void aForkUnderBeginIsABareThreadToo() throws Exception { // D12
    Context.<Void, Exception>call(
        () -> {
          try (ManualTransaction manual = strict.begin();
              StructuredTaskScope<Void, Void> scope = scope()) {
            forkedIn(
                scope,
                () -> {
                  assertThatThrownBy(() -> strict.tx().sql("beside"))
                      .isInstanceOf(TransactionRequiredException.class);
                  return null;
                });
            manual.commit();
          }
          return null;
        });

    assertThat(transcript()).isEmpty();
  }

  @Test
  void tasksOfInParallelAreInside() throws Exception { // D5
    List<TransactionalCallable<Boolean, RuntimeException>> tasks =
        List.of(
            () -> {
              strict.tx().sql("inside");
              return strict.isTransactionActive();
            });
    strict.<Void, Exception>withTransaction(
        () -> {
          assertThat(strict.inParallel(tasks)).containsExactly(true);
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 inside", "1 COMMIT");
  }

  @Test
  void aScopeOpenedOutsideForksInsideABoundary() throws Exception {
    try (StructuredTaskScope<String, Void> scope = scope()) {
      String seen =
          host.<String, Exception>withTransaction(
              () -> {
                sql("a");
                return forkedIn(scope, () -> "forked");
              });
      assertThat(seen).isEqualTo("forked");
    }
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }
}
