package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.StructureViolationException;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Forks of a {@code StructuredTaskScope} are structured children: inside the transaction around the
 * scope.
 */
class StructuredScopeTest extends InScopes {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  @Test
  void aForkIsRefusedByNameWhereTheAdapterCannotShare() throws Exception {
    adapter.isSharable = false;
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
  void forksWriteInTheTransactionEachWithAResourceOfItsOwn() throws Exception { // D5
    host.<Void, Exception>withTransaction(
        () -> {
          RecordingAdapter.Db mine = host.tx();
          RecordingAdapter.Db theirs =
              forked(
                  () -> {
                    sql("a");
                    assertThat(host.tx()).isSameAs(host.tx());
                    return host.tx();
                  });
          assertThat(theirs).isNotSameAs(mine);
          forked(() -> forked(() -> host.withTransaction(() -> host.tx())).getClass());
          sql("b");
          return null;
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void aForksFailureInAJoinedBoundaryMarksAndOneInItsOwnCodeIsTheScopesToReport() throws Exception {
    IOException failure = new IOException("fork");
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      swallowing(() -> forked(() -> host.withTransaction(() -> fails(failure))));
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(failure);

    host.<Void, Exception>withTransaction(
        () -> {
          swallowing(() -> forked(() -> fails(failure)));
          sql("kept");
          return null;
        });
    assertThat(transcript()).containsExactly("2 BEGIN", "2 kept", "2 COMMIT");
  }

  @Test
  void aForksSetRollbackOnlyIsReportedSinceItIsNotTheBlocksOwnCode() {
    assertThatThrownBy(
            () ->
                host.<Void, Exception>withTransaction(
                    () -> {
                      sql("a");
                      forked(
                          () -> {
                            host.currentTransaction().orElseThrow().setRollbackOnly();
                            return null;
                          });
                      return null;
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("a structured child on thread");

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aForksHooksRunAtTheEndOfTheTransaction() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    host.<Void, Exception>withTransaction(
        () -> {
          forked(
              () -> {
                host.currentTransaction().orElseThrow().afterCommit(ran::incrementAndGet);
                return null;
              });
          assertThat(ran).hasValue(0);
          return null;
        });
    assertThat(ran).hasValue(1);
  }

  @Test
  void aForkInABlockIsInThatBlock() throws Exception { // D4
    host.<Void, Exception>withTransaction(
        () -> {
          swallowing(
              () ->
                  host.<Void, Exception>withTransaction(
                      Propagation.NESTED,
                      () -> {
                        forked(
                            () -> {
                              sql("gone");
                              return null;
                            });
                        throw new IOException("undo");
                      }));
          sql("kept");
          return null;
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 SAVEPOINT s1", "1 gone", "1 ROLLBACK TO s1", "1 kept", "1 COMMIT");
  }

  @Test
  void whatAFinishedForkHadIsNotRetained() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          WeakReference<Object> resource = forked(() -> new WeakReference<Object>(host.tx()));
          assertCollected(List.of(resource));
          return null;
        });
  }

  @Test
  void tenThousandForksAndAHundredLevelsWork() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          try (var scope = StructuredTaskScope.open()) {
            for (int i = 0; i < 10_000; i++) {
              scope.fork(() -> sql("wide"));
            }
            scope.join();
          }
          deeper(100);
          return null;
        });

    assertThat(transcript()).hasSize(10_102).endsWith("1 COMMIT");
  }

  private void deeper(int levels) throws Exception {
    if (levels > 0) {
      forked(
          () -> {
            sql("deep");
            deeper(levels - 1);
            return null;
          });
    }
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
}
