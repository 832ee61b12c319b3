package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of {@link StepTest}, done: with a lambda and by hand, in every situation. */
class PropagationTest extends CoreTest {
  private static final Map<Step, Class<? extends TransactionException>> REFUSALS =
      Map.of(
          Step.REFUSE_NONE_ACTIVE, TransactionRequiredException.class,
          Step.REFUSE_ACTIVE, TransactionAlreadyActiveException.class,
          Step.REFUSE_MARKED, UnexpectedRollbackException.class,
          Step.REFUSE_DETACHED, DetachedTransactionException.class);

  /** Where a boundary is entered, and what that is to the table. */
  enum Situation {
    NOTHING(Found.NONE),
    TRANSACTION_OF_ANOTHER_HOST(Found.NONE),
    DETACHED_FROM_ANOTHER_HOST(Found.NONE),
    SET_ASIDE(Found.NONE),
    SET_ASIDE_BY_HAND(Found.NONE),
    TRANSACTION(Found.ACTIVE),
    TRANSACTION_BY_HAND(Found.ACTIVE),
    JOINED_BY_HAND(Found.ACTIVE),
    NESTED_BLOCK(Found.ACTIVE),
    CONTEXT_INSIDE_A_TRANSACTION(Found.ACTIVE),
    MARKED_BY_A_FAILURE(Found.MARKED),
    MARKED_BY_ITS_OWN_CODE(Found.MARKED),
    LOST(Found.MARKED),
    MARKED_BLOCK(Found.MARKED),
    DETACHED(Found.DETACHED);

    final Found found;

    Situation(Found found) {
      this.found = found;
    }
  }

  /** How a boundary is opened. */
  enum Way {
    CALLABLE,
    RUNNABLE,
    BY_HAND
  }

  private final TransactionHost<Db> strict = host().fallbackPolicy(FallbackPolicy.DENY).build();
  private final RecordingAdapter otherAdapter = new RecordingAdapter();
  private final TransactionHost<Db> other =
      TransactionHost.builder(otherAdapter).name("other").build();
  private final AtomicInteger calls = new AtomicInteger();

  static Stream<Arguments> everything() {
    List<Arguments> all = new ArrayList<>();
    for (Propagation asked : Propagation.values()) {
      for (Situation situation : Situation.values()) {
        for (Way way : Way.values()) {
          all.add(Arguments.of(asked, situation, way));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("everything")
  void everyModeDoesInEverySituationWhatTheTableSays( // B1
      Propagation asked, Situation situation, Way way) {
    Step expected = Step.of(asked, situation.found);
    AtomicReference<Throwable> refused = new AtomicReference<>();
    AtomicReference<String> seen = new AtomicReference<>("nothing");

    enter(
        situation,
        () -> {
          int before = listener.events.size();
          refused.set(
              catchThrowable(
                  () -> boundary(way, as(asked, "inner"), () -> seen.set(whatIsSeen(before)))));
        });

    if (REFUSALS.containsKey(expected)) {
      assertThat(refused.get())
          .isExactlyInstanceOf(REFUSALS.get(expected))
          .hasMessageContaining("inner")
          .hasMessageContaining(Thread.currentThread().getName());
      assertThat(calls).hasValue(0);
      assertThat(seen).hasValue("nothing");
      return;
    }
    assertThat(refused.get()).isNull();
    assertThat(calls).hasValue(1);
    assertThat(seen).hasValue(expectedToBeSeen(expected, situation));
    assertThat(strict.isTransactionActive()).isFalse();
  }

  private static String expectedToBeSeen(Step expected, Situation situation) {
    boolean permittedAlready =
        situation == Situation.SET_ASIDE || situation == Situation.SET_ASIDE_BY_HAND;
    return switch (expected) {
      case BEGIN -> "began inner";
      case JOIN -> "joined outer inner";
      case NEST -> "savepoint outer inner";
      case WITHOUT -> "without";
      case PLAIN -> permittedAlready ? "without" : "plain";
      default -> throw new AssertionError(expected);
    };
  }

  private String whatIsSeen(int eventsBefore) {
    calls.incrementAndGet();
    if (!strict.isTransactionActive()) {
      assertThat(strict.currentTransaction()).isEmpty();
      return catchThrowable(strict::tx) == null ? "without" : "plain";
    }
    assertThatCode(strict::tx).doesNotThrowAnyException();
    return listener.events.stream()
        .skip(eventsBefore)
        .filter(event -> event.matches("(began|joined|savepoint) .*"))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private void boundary(Way way, TransactionOptions options, Runnable work) {
    switch (way) {
      case CALLABLE -> {
        String result =
            strict.withTransaction(
                options,
                () -> {
                  work.run();
                  return "result";
                });
        assertThat(result).isEqualTo("result");
      }
      case RUNNABLE -> strict.withTransaction(options, work::run);
      case BY_HAND -> {
        try (ManualTransaction manual = strict.begin(options)) {
          work.run();
          manual.commit();
        }
      }
    }
  }

  private void enter(Situation situation, Runnable inside) {
    TransactionOptions outer = named("outer");
    switch (situation) {
      case NOTHING -> inside.run();
      case TRANSACTION_OF_ANOTHER_HOST -> other.withTransaction(inside::run);
      case DETACHED_FROM_ANOTHER_HOST ->
          other.<Runnable, RuntimeException>withTransaction(() -> Context.wrap(inside)).run();
      case SET_ASIDE -> strict.withTransaction(outer, () -> strict.withoutTransaction(inside::run));
      case SET_ASIDE_BY_HAND ->
          strict.withTransaction(
              outer,
              () -> {
                try (ManualTransaction aside =
                    strict.begin(as(Propagation.NOT_SUPPORTED, "aside"))) {
                  inside.run();
                }
              });
      case TRANSACTION -> strict.withTransaction(outer, inside::run);
      case TRANSACTION_BY_HAND -> {
        try (ManualTransaction manual = strict.begin(outer)) {
          inside.run();
          manual.commit();
        }
      }
      case JOINED_BY_HAND ->
          strict.withTransaction(
              outer,
              () -> {
                try (ManualTransaction joined = strict.begin()) {
                  inside.run();
                  joined.commit();
                }
              });
      case NESTED_BLOCK ->
          strict.withTransaction(
              outer, () -> strict.withTransaction(Propagation.NESTED, inside::run));
      case CONTEXT_INSIDE_A_TRANSACTION ->
          strict.withTransaction(outer, () -> Context.run(inside::run));
      case MARKED_BY_A_FAILURE -> {
        IllegalStateException first = new IllegalStateException("first");
        assertThatThrownBy(
                () ->
                    strict.withTransaction(
                        outer,
                        () -> {
                          failJoining(first);
                          inside.run();
                        }))
            .isInstanceOf(UnexpectedRollbackException.class)
            .hasCause(first);
      }
      case MARKED_BY_ITS_OWN_CODE ->
          strict.withTransaction(
              outer,
              () -> {
                strict.currentTransaction().orElseThrow().setRollbackOnly();
                inside.run();
              });
      case LOST -> {
        IllegalStateException cause = new IllegalStateException("gone");
        assertThatThrownBy(
                () ->
                    strict.withTransaction(
                        outer,
                        () -> {
                          strict.tx().lose(cause);
                          inside.run();
                        }))
            .isInstanceOf(UnexpectedRollbackException.class)
            .hasCause(cause);
      }
      case MARKED_BLOCK ->
          strict.withTransaction(
              outer,
              () ->
                  strict.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        strict.currentTransaction().orElseThrow().setRollbackOnly();
                        inside.run();
                      }));
      case DETACHED ->
          strict
              .<Runnable, RuntimeException>withTransaction(outer, () -> Context.wrap(inside))
              .run();
    }
  }

  private void failJoining(RuntimeException failure) {
    assertThatThrownBy(
            () ->
                strict.withTransaction(
                    named("joiner"),
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @ParameterizedTest
  @EnumSource(names = {"REQUIRED", "NESTED", "SUPPORTS", "MANDATORY"})
  void aRefusalBecauseOfAMarkHasTheFirstFailureAsCauseAndNamesWhoFailed(Propagation asked) { // B1
    IllegalStateException first = new IllegalStateException("first");
    AtomicReference<Throwable> refused = new AtomicReference<>();

    assertThatThrownBy(
            () ->
                strict.withTransaction(
                    named("outer"),
                    () -> {
                      failJoining(first);
                      failJoiningAgain();
                      refused.set(
                          catchThrowable(
                              () -> strict.withTransaction(asked, () -> calls.incrementAndGet())));
                    }))
        .hasCause(first);

    assertThat(refused.get())
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(first)
        .hasMessageContaining("'joiner'");
    assertThat(calls).hasValue(0);
  }

  private void failJoiningAgain() {
    assertThatThrownBy(() -> strict.withTransaction(() -> calls.incrementAndGet()))
        .isInstanceOf(UnexpectedRollbackException.class);
  }

  @Test
  void aMixedScriptTellsTheDatabaseExactlyThis() { // B2
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    Propagation.NOT_SUPPORTED,
                    () -> {
                      sql("outside");
                      host.withTransaction(
                          as(Propagation.REQUIRED, "first"),
                          () -> {
                            sql("a");
                            host.withTransaction(
                                as(Propagation.REQUIRES_NEW, "second"), this::secondOfTheScript);
                            sql("b");
                          });
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("script");

    assertThat(transcript())
        .containsExactly(
            "AUTO outside",
            "1 BEGIN",
            "1 a",
            "2 BEGIN",
            "2 c",
            "3 BEGIN",
            "3 d",
            "3 COMMIT",
            "2 required",
            "2 mandatory",
            "2 supports",
            "AUTO aside",
            "2 e",
            "2 ROLLBACK",
            "1 ROLLBACK");
  }

  private void secondOfTheScript() {
    sql("c");
    host.withTransaction(Propagation.REQUIRES_NEW, () -> sql("d"));
    host.withTransaction(Propagation.REQUIRED, () -> sql("required"));
    host.withTransaction(Propagation.MANDATORY, () -> sql("mandatory"));
    host.withTransaction(Propagation.SUPPORTS, () -> sql("supports"));
    host.withTransaction(Propagation.NOT_SUPPORTED, () -> sql("aside"));
    sql("e");
    throw new IllegalStateException("script");
  }

  @Test
  void theOuterTransactionIsUntouchedByWhatHappensInOneThatSetItAside() { // A6 A7
    host.withTransaction(
        () -> {
          sql("before");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.REQUIRES_NEW,
                          () -> {
                            sql("inner");
                            throw new IllegalStateException("inner");
                          }))
              .hasMessage("inner");
          assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isFalse();
          sql("after");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 before", "2 BEGIN", "2 inner", "2 ROLLBACK", "1 after", "1 COMMIT");
  }

  @Test
  void aFailureUndoesTheNestedBlockAndOnlyIt() { // A8
    host.withTransaction(
        () -> {
          sql("a");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            sql("b");
                            throw new IllegalStateException("block");
                          }))
              .hasMessage("block");
          assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isFalse();
          host.withTransaction(Propagation.NESTED, () -> sql("c"));
          sql("d");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 a",
            "1 SAVEPOINT s1",
            "1 b",
            "1 ROLLBACK TO s1",
            "1 SAVEPOINT s2",
            "1 c",
            "1 RELEASE s2",
            "1 d",
            "1 COMMIT");
  }

  @Test
  void nestedBlocksInsideNestedBlocksEndInnermostFirst() { // A8
    host.withTransaction(
        () ->
            host.withTransaction(
                Propagation.NESTED,
                () -> {
                  assertThatThrownBy(
                          () ->
                              host.withTransaction(
                                  Propagation.NESTED,
                                  () -> {
                                    host.withTransaction(Propagation.NESTED, () -> sql("third"));
                                    throw new IllegalStateException("second");
                                  }))
                      .hasMessage("second");
                  assertThat(host.currentTransaction().orElseThrow().isNested()).isTrue();
                }));

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 SAVEPOINT s1",
            "1 SAVEPOINT s2",
            "1 SAVEPOINT s3",
            "1 third",
            "1 RELEASE s3",
            "1 ROLLBACK TO s2",
            "1 RELEASE s1",
            "1 COMMIT");
  }

  @Test
  void nestedWithoutSavepointsIsRefusedBeforeTheWorkRuns() { // A9
    adapter.hasSavepoints = false;
    host.withTransaction(
        () -> {
          sql("a");
          assertThatThrownBy(() -> host.withTransaction(Propagation.NESTED, calls::incrementAndGet))
              .isInstanceOf(NestedTransactionNotSupportedException.class)
              .hasMessageContaining("recorded transaction 1");
          assertThatThrownBy(() -> host.begin(as(Propagation.NESTED, "by hand")))
              .isInstanceOf(NestedTransactionNotSupportedException.class);
          sql("b");
        });

    assertThat(calls).hasValue(0);
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void aBoundaryThatRanNoStatementTellsTheDatabaseNothing() { // A15
    host.withTransaction(
        () -> {
          assertThat(host.tx()).isNotNull();
          host.withTransaction(Propagation.NESTED, () -> assertThat(host.tx()).isNotNull());
        });

    assertThat(transcript()).isEmpty();
  }

  @Test
  void theResultPassesThroughAlsoIfItIsNull() { // A1
    assertThat(host.<String, RuntimeException>withTransaction(() -> "r")).isEqualTo("r");
    assertThat(host.<String, RuntimeException>withTransaction(() -> null)).isNull();
    assertThat(host.<String, RuntimeException>withoutTransaction(() -> "r")).isEqualTo("r");
  }
}
