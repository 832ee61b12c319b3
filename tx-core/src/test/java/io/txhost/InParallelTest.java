package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks of {@code inParallel} are structured children: inside the caller's transaction. */
@Timeout(60)
class InParallelTest extends ParallelTasks {
  // ---- inside

  @Test
  void theTasksWriteInTheCallersTransactionAndTheirResultsKeepTheirOrder() throws Exception { // D5
    List<String> results =
        host.<List<String>, Exception>withTransaction(
            () -> {
              sql("before");
              return host.inParallel(List.of(writing("a"), writing("b"), writing("c")));
            });

    assertThat(results).containsExactly("a", "b", "c");
    assertThat(transcript()).startsWith("1 BEGIN", "1 before").endsWith("1 COMMIT");
    assertThat(transcript().subList(2, 5)).containsExactlyInAnyOrder("1 a", "1 b", "1 c");
    assertThat(transcript()).hasSize(6);
  }

  @Test
  void eachTaskHasAResourceOfItsOwnAndTheSameOneEachTime() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          Db mine = host.tx();
          List<Db> theirs =
              host.inParallel(
                  Collections.nCopies(
                      3,
                      () -> {
                        Db own = host.tx();
                        assertThat(host.tx()).isSameAs(own);
                        return own;
                      }));
          assertThat(theirs).doesNotContain(mine).hasSize(3);
          assertThat(identities(theirs)).hasSize(3);
          assertThat(host.tx()).isSameAs(mine);
          return null;
        });
  }

  @Test
  void aTaskThatUsesTwoHostsInTurnHasTheSameResourceOfEach() throws Exception {
    TransactionHost<Db> other = TransactionHost.create(new RecordingAdapter());
    TransactionalCallable<Boolean, Exception> inTurn =
        () -> {
          Db first = host.tx();
          Db second = other.tx();
          return host.tx() == first && other.tx() == second && host.tx() == first;
        };

    List<Boolean> same =
        host.<List<Boolean>, Exception>withTransaction(
            () ->
                other.<List<Boolean>, Exception>withTransaction(
                    () -> host.inParallel(List.of(inTurn))));
    assertThat(same).containsExactly(true);
  }

  private static Set<Db> identities(List<Db> all) {
    Set<Db> identities = Collections.newSetFromMap(new IdentityHashMap<>());
    identities.addAll(all);
    return identities;
  }

  @Test
  void noTasksGiveNoResultsAndANullTaskIsRefusedBeforeAnyRuns() throws Exception {
    assertThat(host.inParallel(List.<TransactionalCallable<String, Exception>>of())).isEmpty();

    List<TransactionalCallable<String, Exception>> withNull = new ArrayList<>();
    withNull.add(writing("never"));
    withNull.add(null);
    assertThatThrownBy(() -> host.inParallel(withNull)).isInstanceOf(NullPointerException.class);
    assertThat(transcript()).isEmpty();
  }

  @Test
  void aTaskMayGiveNull() throws Exception {
    assertThat(host.inParallel(List.of(() -> null, () -> "b"))).containsExactly(null, "b");
  }

  @Test
  void theTasksAreInTheCallersContextAndWhatTheySetIsSeenByIt() throws Exception {
    Context.<Void, Exception>call(
        () -> {
          Context.current().set(KEY, "set outside");
          String id = Context.current().id();
          host.inParallel(
              List.of(
                  () -> {
                    assertThat(Context.current().id()).isEqualTo(id);
                    assertThat(Context.current().require(KEY)).isEqualTo("set outside");
                    return Context.current().set(KEY, "set by a task");
                  }));
          assertThat(Context.current().require(KEY)).isEqualTo("set by a task");
          return null;
        });
  }

  @Test
  void oneCallOfTheDriverAtATime() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    adapter.whileCalling =
        text -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          Thread.yield();
          inside.decrementAndGet();
        };

    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(
              tasks(
                  16,
                  () -> {
                    for (int i = 0; i < 200; i++) {
                      sql("x");
                    }
                    return 0;
                  }));
          return null;
        });

    assertThat(most).hasValue(1);
    assertThat(transcript()).hasSize(2 + 16 * 200);
  }

  @Test
  void tenThousandTasksAndAHundredLevelsWork() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    host.<Void, Exception>withTransaction(
        () -> {
          host.inParallel(
              tasks(
                  10_000,
                  () -> {
                    sql("wide");
                    return ran.incrementAndGet();
                  }));
          deeper(100, ran);
          return null;
        });

    assertThat(ran).hasValue(10_100);
    assertThat(transcript()).hasSize(2 + 10_100).endsWith("1 COMMIT");
  }

  private void deeper(int levels, AtomicInteger ran) throws Exception {
    if (levels > 0) {
      host.inParallel(
          List.of(
              task(
                  () -> {
                    sql("deep " + levels);
                    ran.incrementAndGet();
                    deeper(levels - 1, ran);
                    return null;
                  })));
    }
  }

  @Test
  void whatAFinishedTaskHadIsNotRetained() throws Exception {
    host.<Void, Exception>withTransaction(
        () -> {
          List<WeakReference<Db>> resources =
              host.inParallel(Collections.nCopies(50, () -> new WeakReference<>(host.tx())));
          assertCollected(resources);
          return null;
        });
  }

  @Test
  void withoutATransactionTheTasksSeeWhatTheCallerSees() throws Exception {
    host.inParallel(List.of(writing("outside")));
    host.<Void, Exception>withoutTransaction(
        () -> {
          host.inParallel(List.of(writing("without")));
          return null;
        });
    TransactionHost<Db> strict = host().fallbackPolicy(FallbackPolicy.DENY).build();
    assertThatThrownBy(() -> strict.inParallel(List.of(strict::tx)))
        .isInstanceOf(TransactionRequiredException.class);
    strict.<Void, Exception>withoutTransaction(
        () -> {
          strict.inParallel(List.of(strict::tx));
          return null;
        });

    assertThat(transcript()).containsExactly("AUTO outside", "AUTO without");
  }

  @Test
  void theTasksOfDetachedWorkAreDetachedToo() throws Exception {
    Callable<Object> late =
        host.<Callable<Object>, RuntimeException>withTransaction(
            named("captured"),
            () -> Context.wrap((Callable<Object>) () -> host.inParallel(List.of(host::tx))));

    assertThatThrownBy(late::call)
        .isInstanceOf(DetachedTransactionException.class)
        .hasStackTraceContaining("'captured'");
  }

  @Test
  void aTransactionThatWasBegunByHandReachesTheTasks() throws Exception {
    try (ManualTransaction manual = host.begin()) {
      host.inParallel(List.of(writing("a")));
      manual.commit();
    }

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  // ---- refused

  @Test
  void anAdapterThatCannotShareIsRefusedByNameAndNoTaskRuns() {
    adapter.isSharable = false;
    host.withTransaction(
        named("outer"),
        () ->
            assertThatThrownBy(() -> host.inParallel(List.of(writing("never"))))
                .isInstanceOf(DetachedTransactionException.class)
                .hasMessageContaining("recorder")
                .hasMessageContaining("'outer'"));

    assertThat(transcript()).isEmpty();
  }

  @Test
  void inTheTransactionOfAnotherHostWhoseAdapterCannotShareTasksAreRefusedThereOnly()
      throws Exception {
    RecordingAdapter alone = new RecordingAdapter();
    alone.isSharable = false;
    TransactionHost<Db> other = TransactionHost.builder(alone).name("other").build();
    TransactionalCallable<Throwable, Exception> task =
        () -> {
          sql("a");
          return catchThrowable(other::tx);
        };

    List<Throwable> refused =
        other.<List<Throwable>, Exception>withTransaction(
            () ->
                host.<List<Throwable>, Exception>withTransaction(
                    () -> host.inParallel(List.of(task))));

    assertThat(refused.get(0))
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("host 'other'")
        .hasMessageContaining("cannot share");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void inAMarkedBlockNoTaskRuns() {
    host.withTransaction(
        () -> {
          host.currentTransaction().orElseThrow().setRollbackOnly();
          assertThatThrownBy(() -> host.inParallel(List.of(writing("never"))))
              .isInstanceOf(UnexpectedRollbackException.class);
        });

    assertThat(transcript()).isEmpty();
  }
}
