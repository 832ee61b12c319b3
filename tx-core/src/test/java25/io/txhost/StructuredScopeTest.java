package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.StructureViolationException;
import java.util.concurrent.StructuredTaskScope;
import org.junit.jupiter.api.Test;

/** What only Java 25 can show: structured scopes inside and around boundaries. */
class StructuredScopeTest extends CoreTest {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  private static Object open() {
    return StructuredTaskScope.open();
  }

  /** What the task gives, or throws, on a thread forked here. */
  private static <R> R forked(Callable<R> task) throws Exception {
    try (var scope = StructuredTaskScope.open(StructuredTaskScope.Joiner.<R>awaitAll())) {
      StructuredTaskScope.Subtask<R> subtask = scope.fork(task);
      scope.join();
      if (subtask.state() == StructuredTaskScope.Subtask.State.FAILED) {
        throw RecordingAdapter.<RuntimeException>sneaky(subtask.exception());
      }
      return subtask.get();
    }
  }

  @Test
  void aScopeLeftOpenIsAFailureOfTheWorkAndNeverACommit() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      open();
                    }))
        .isInstanceOf(StructureViolationException.class);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(host.isTransactionActive()).isFalse();
    assertTheNextTransactionWorks();
  }

  @Test
  void aScopeLeftOpenInABlockUndoesTheBlock() {
    host.withTransaction(
        () -> {
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            sql("b");
                            open();
                          }))
              .isInstanceOf(StructureViolationException.class);
          sql("c");
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1", "1 c", "1 COMMIT");
  }

  @Test
  void aScopeLeftOpenByWorkThatFailedIsSuppressedInTheUsersFailure() {
    IOException users = new IOException("user");

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      open();
                      throw users;
                    }));

    assertThat(thrown).isSameAs(users);
    assertThat(users.getSuppressed())
        .singleElement()
        .isInstanceOf(StructureViolationException.class);
  }

  @Test
  void aScopeLeftOpenInAJoinedBoundaryIsAFailureOfWhatIsAround() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      host.withTransaction(() -> open());
                    }))
        .isInstanceOf(StructureViolationException.class);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aScopeLeftOpenByAHookChangesNoOutcomeAfterTheCommitAndRollsBackBeforeIt() {
    host.withTransaction(
        () -> {
          sql("a");
          host.currentTransaction().orElseThrow().afterCommit(() -> open());
        });
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      sql("b");
                      host.currentTransaction().orElseThrow().beforeCommit(() -> open());
                    }))
        .isInstanceOf(StructureViolationException.class);

    assertThat(listener.hookFailures)
        .singleElement()
        .isInstanceOf(StructureViolationException.class);
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 COMMIT", "2 BEGIN", "2 b", "2 ROLLBACK");
  }

  @Test
  void aForkIsRefusedByNameWhereTheAdapterCannotShare() throws Exception {
    host.withTransaction(
        named("outer"),
        () -> {
          sql("a");
          assertRefusedInAFork(() -> host.tx());
          for (Propagation joins :
              new Propagation[] {
                Propagation.REQUIRED,
                Propagation.SUPPORTS,
                Propagation.MANDATORY,
                Propagation.NESTED
              }) {
            assertRefusedInAFork(() -> host.withTransaction(joins, () -> "never"));
            assertRefusedInAFork(() -> host.begin(as(joins, "by hand")));
          }
          assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isFalse();
          sql("b");
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  private static void assertRefusedInAFork(Callable<?> use) {
    assertThatThrownBy(() -> forked(use))
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'outer' on thread '" + Thread.currentThread().getName() + "'")
        .hasMessageContaining("recorder")
        .hasMessageContaining("REQUIRES_NEW");
  }

  @Test
  void aForkMayHaveATransactionOfItsOwnOrNone() throws Exception { // D3
    host.withTransaction(
        () -> {
          sql("a");
          forked(
              () -> {
                assertThat(host.isTransactionActive()).isTrue();
                host.withTransaction(Propagation.REQUIRES_NEW, () -> sql("own"));
                host.withoutTransaction(() -> sql("without"));
                assertThatThrownBy(() -> host.withTransaction(Propagation.NEVER, () -> {}))
                    .isInstanceOf(TransactionAlreadyActiveException.class);
                return null;
              });
          sql("b");
          return null;
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "2 BEGIN", "2 own", "2 COMMIT", "AUTO without", "1 b", "1 COMMIT");
  }

  @Test
  void aForkCanNeitherMarkNorRegisterOnTheTransactionOfItsParent() throws Exception {
    host.withTransaction(
        named("outer"),
        () -> {
          for (Callable<?> use :
              new Callable<?>[] {
                () -> {
                  host.currentTransaction().orElseThrow().setRollbackOnly();
                  return null;
                },
                () -> {
                  host.currentTransaction().orElseThrow().afterCommit(() -> {});
                  return null;
                }
              }) {
            assertThatThrownBy(() -> forked(use))
                .isInstanceOf(TransactionException.class)
                .hasMessageContaining("TXH-115")
                .hasMessageContaining("'outer'");
          }
          assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isFalse();
          return null;
        });
  }

  @Test
  void aForkIsInTheContextAndMayOpenAnother() throws Exception {
    Context.<Void, Exception>call(
        () -> {
          Context.current().set(KEY, "outer");
          String seen =
              forked(
                  () ->
                      Context.<String, RuntimeException>call(() -> Context.current().require(KEY)));
          assertThat(seen).isEqualTo("outer");
          return null;
        });
  }

  @Test
  void workCapturedInAForkIsDetachedFromTheParentsTransaction() throws Exception {
    Runnable task =
        host.<Runnable, Exception>withTransaction(
            named("outer"), () -> forked(() -> Context.wrap(() -> sql("never"))));

    assertThatThrownBy(task::run)
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'outer' was active on thread '#"); // a fork has no name
  }

  @Test
  void aScopeOpenedOutsideCannotForkInsideABoundary() throws Exception {
    try (var scope = StructuredTaskScope.open()) {
      assertThatThrownBy(() -> host.withTransaction(() -> scope.fork(() -> "never")))
          .isInstanceOf(StructureViolationException.class);
      scope.join();
    }
    assertTheNextTransactionWorks();
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
