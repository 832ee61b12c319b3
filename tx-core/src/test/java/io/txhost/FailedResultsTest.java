package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.Db;
import io.vavr.control.Either;
import io.vavr.control.Try;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code rollbackIf} makes of a boundary's result. */
@SuppressWarnings("rawtypes") // a type with parameters has one class
class FailedResultsTest extends CoreTest {
  /** Of one's own. */
  private record Result(boolean ok) {}

  private static final Result FAILED = new Result(false);

  private final TransactionHost<Db> judging =
      host()
          .rollbackIf(Try.class, Try::isFailure)
          .rollbackIf(Either.class, Either::isLeft)
          .rollbackIf(Result.class, result -> !result.ok())
          .build();

  static List<Object> failed() {
    return List.of(Try.failure(new IOException("x")), Either.left("no"), FAILED);
  }

  static List<Object> fine() {
    return List.of(Try.success(1), Either.right("yes"), new Result(true), "left");
  }

  private <R> R returning(TransactionOptions options, R result) {
    return judging.<R, RuntimeException>withTransaction(
        options,
        () -> {
          judging.tx().sql("a");
          return result;
        });
  }

  @ParameterizedTest
  @MethodSource("failed")
  void aResultThatMeansFailureRollsBackAndIsReturned(Object result) { // B14
    assertThat(returning(named("t"), result)).isSameAs(result);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(listener.events).contains("rolledBack t asked for");
  }

  @ParameterizedTest
  @MethodSource("fine")
  void anyOtherResultCommits(Object result) { // B14
    assertThat(returning(named("t"), result)).isSameAs(result);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  @Test
  void noResultIsNoFailure() {
    assertThat(returning(named("t"), (Object) null)).isNull();
    judging.withTransaction(() -> judging.tx().sql("b"));

    assertThat(transcript()).endsWith("2 BEGIN", "2 b", "2 COMMIT").contains("1 COMMIT");
  }

  @Test
  void aHostThatWasToldNothingCommits() {
    assertThat(
            host.<Result, RuntimeException>withTransaction(
                () -> {
                  sql("a");
                  return FAILED;
                }))
        .isSameAs(FAILED);

    assertThat(transcript()).contains("1 COMMIT");
  }

  @Test
  void anyOfSeveralMaySaySo() {
    TransactionHost<Db> several =
        host()
            .rollbackIf(Object.class, result -> false)
            .rollbackIf(Result.class, result -> !result.ok())
            .rollbackIf(Record.class, result -> false)
            .build();
    several.<Result, RuntimeException>withTransaction(
        () -> {
          several.tx().sql("a");
          return FAILED;
        });

    assertThat(transcript()).contains("1 ROLLBACK");
  }

  @Test
  void inNestedItUndoesThatBlock() {
    judging.withTransaction(
        () -> {
          judging.tx().sql("before");
          assertThat(returning(as(Propagation.NESTED, "block"), FAILED)).isSameAs(FAILED);
          judging.tx().sql("after");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 before",
            "1 SAVEPOINT s1",
            "1 a",
            "1 ROLLBACK TO s1",
            "1 after",
            "1 COMMIT");
  }

  @Test
  void aJoinersIsReportedByTheBoundaryThatGoesOn() { // C2
    for (TransactionOptions joiner :
        List.of(named("joiner"), named("joiner").timeout(java.time.Duration.ofHours(1)))) {
      transcript().clear();
      assertThatThrownBy(
              () ->
                  judging.withTransaction(
                      () -> {
                        assertThat(returning(joiner, FAILED)).isSameAs(FAILED);
                        assertThat(judging.currentTransaction().orElseThrow().isRollbackOnly())
                            .isTrue();
                      }))
          .isInstanceOf(UnexpectedRollbackException.class)
          .hasMessageContaining("'joiner', which joined it, returned a result that means failure")
          .hasNoCause();
      assertThat(transcript().get(2)).endsWith("ROLLBACK");
    }
  }

  @Test
  void whoeverHandsTheFailureOnHasReportedIt() {
    assertThat(
            judging.<Result, RuntimeException>withTransaction(
                () -> returning(named("joiner"), FAILED)))
        .isSameAs(FAILED);
    Try<Object> tried =
        judging.<Try<Object>, RuntimeException>withTransaction(
            named("t"),
            () ->
                Try.of(
                    () ->
                        judging.<Object, IOException>withTransaction(
                            () -> {
                              throw new IOException("x");
                            })));

    assertThat(tried.isFailure()).isTrue();
    assertThat(listener.events).contains("rolledBack t IOException");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aLostTransactionWhoseResultSaysSoEndsQuietly() { // A5
    Result result =
        judging.<Result, RuntimeException>withTransaction(
            () -> {
              judging.tx().sql("a");
              judging.tx().lose(state("25P02"));
              return FAILED;
            });

    assertThat(result).isSameAs(FAILED);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void itsHooksAreThoseOfARollback() {
    List<String> ran = new java.util.ArrayList<>();
    judging.<Result, RuntimeException>withTransaction(
        () -> {
          Transaction tx = judging.currentTransaction().orElseThrow();
          tx.beforeCommit(() -> ran.add("before"));
          tx.afterCommit(() -> ran.add("committed"));
          tx.afterRollback(() -> ran.add("rolled back"));
          return FAILED;
        });

    assertThat(ran).containsExactly("rolled back");
  }

  @Test
  void aPredicateThatFailsRollsBackAndLeavesWhateverIsExcepted() {
    IllegalStateException undecided = new IllegalStateException("undecided");
    TransactionHost<Db> unable =
        host()
            .rollbackIf(
                Result.class,
                result -> {
                  throw undecided;
                })
            .build();
    TransactionOptions excepting = named("t").noRollbackFor(RuntimeException.class);
    TransactionalCallable<Result, RuntimeException> work =
        () -> {
          unable.tx().sql("a");
          return FAILED;
        };

    assertThatThrownBy(() -> unable.withTransaction(excepting, work)).isSameAs(undecided);
    assertThatThrownBy(
            () ->
                unable.withTransaction(
                    () ->
                        assertThatThrownBy(() -> unable.withTransaction(excepting, work))
                            .isSameAs(undecided)))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(undecided);
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 ROLLBACK", "2 BEGIN", "2 a", "2 ROLLBACK");
  }

  @Test
  void aResultIsNoFailureToARetry() {
    AtomicInteger runs = new AtomicInteger();
    judging.<Result, RuntimeException>withTransaction(
        named("t").retry(RetryPolicy.maxAttempts(3)),
        () -> {
          runs.incrementAndGet();
          return FAILED;
        });

    assertThat(runs).hasValue(1);
  }

  @Test
  void thePredicateIsAskedInsideTheBoundary() {
    AtomicReference<TransactionHost<Db>> itself = new AtomicReference<>();
    itself.set(
        host()
            .rollbackIf(
                Result.class,
                result -> {
                  itself.get().tx().sql("asked");
                  return true;
                })
            .build());
    itself.get().<Result, RuntimeException>withTransaction(() -> FAILED);

    assertThat(transcript()).containsExactly("1 BEGIN", "1 asked", "1 ROLLBACK");
  }

  @Test
  void withoutATransactionAResultIsOnlyReturned() {
    for (Propagation mode : List.of(Propagation.SUPPORTS, Propagation.NOT_SUPPORTED)) {
      assertThat(returning(as(mode, "t").readOnly(false), FAILED)).isSameAs(FAILED);
    }

    assertThat(transcript()).containsExactly("AUTO a", "AUTO a");
  }

  @Test
  void aTasksMarksAsAJoinersAndOfARaceItHasNotWon() throws Exception {
    assertThatThrownBy(
            () ->
                judging.<List<Result>, Exception>withTransaction(
                    () -> judging.inParallel(List.of(() -> FAILED, () -> new Result(true)))))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("'task 1 of inParallel', which joined it, returned a result");
    assertThatThrownBy(
            () ->
                judging.<Result, Exception>withTransaction(
                    () -> judging.anyInParallel(List.of(() -> FAILED))))
        .isInstanceOf(UnexpectedRollbackException.class);
  }
}
