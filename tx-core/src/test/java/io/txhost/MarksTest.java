package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.At;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Marks: who set them, which block they belong to, and how that block ends. */
class MarksTest extends CoreTest {
  private void mark() {
    host.currentTransaction().orElseThrow().setRollbackOnly();
  }

  private boolean isMarked() {
    return host.currentTransaction().orElseThrow().isRollbackOnly();
  }

  private void swallow(TransactionOptions options, RuntimeException failure) {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    options,
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void markedByItsOwnCodeItIsUndoneAndReturnsNormally() { // B8
    String result =
        host.withTransaction(
            () -> {
              sql("a");
              assertThat(isMarked()).isFalse();
              mark();
              assertThat(isMarked()).isTrue();
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertThat(listener.events)
        .contains("rolledBack MarksTest.markedByItsOwnCodeItIsUndoneAndReturnsNormally asked for");
    assertTheNextTransactionWorks();
  }

  @Test
  void markedByAJoinerItIsReportedAndTheMessageNamesTheJoiner() { // B8
    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    named("outer"),
                    () -> {
                      sql("a");
                      host.withTransaction(named("joiner"), this::mark);
                      assertThat(isMarked()).isTrue();
                    }));

    assertThat(thrown)
        .hasNoCause()
        .hasMessageContaining("'outer'")
        .hasMessageContaining("'joiner'")
        .hasMessageContaining("setRollbackOnly()");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void aMarkSetAfterAJoinerReturnedIsTheBlocksOwnAgain() { // B8
    host.withTransaction(
        named("outer"),
        () -> {
          host.withTransaction(named("joiner"), () -> sql("a"));
          mark();
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
  }

  @Test
  void theInnermostOfTheJoinersIsNamed() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        host.withTransaction(
                            named("first"),
                            () -> host.withTransaction(named("second"), this::mark))))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("'second'");
  }

  @Test
  void theHandleOfTheOuterUsedInAJoinerIsTheJoinersMark() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      Transaction outer = host.currentTransaction().orElseThrow();
                      host.withTransaction(named("joiner"), outer::setRollbackOnly);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("'joiner'");
  }

  @Test
  void whereBothHappenedTheFailureIsReported() { // B8
    IllegalStateException failure = new IllegalStateException("first");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      swallow(named("failing"), failure);
                      mark();
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(failure);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        assertThatThrownBy(
                                () ->
                                    host.withTransaction(
                                        named("both"),
                                        () -> {
                                          mark();
                                          throw failure;
                                        }))
                            .isSameAs(failure)))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(failure)
        .hasMessageContaining("'both'");
  }

  @Test
  void insideNestedItUndoesThatBlockAlone() { // B8
    host.withTransaction(
        () -> {
          sql("a");
          host.withTransaction(
              Propagation.NESTED,
              () -> {
                sql("b");
                mark();
                assertThat(isMarked()).isTrue();
              });
          assertThat(isMarked()).isFalse();
          sql("c");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1", "1 c", "1 COMMIT");
  }

  @Test
  void aMarkOfTheOuterBlockDoesNotUndoTheNestedOneItselfAndStaysWithTheOuter() {
    host.withTransaction(
        () -> {
          Transaction outer = host.currentTransaction().orElseThrow();
          host.withTransaction(
              Propagation.NESTED,
              () -> {
                sql("b");
                outer.setRollbackOnly();
                assertThat(isMarked()).isFalse();
              });
          assertThat(isMarked()).isTrue();
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 b", "1 RELEASE s1", "1 ROLLBACK");
  }

  @Test
  void aJoinedFailureSwallowedInsideNestedIsReportedByTheBlockAndLeavesTheOuterClean() { // A11
    IllegalStateException failure = new IllegalStateException("first");

    host.withTransaction(
        () -> {
          UnexpectedRollbackException thrown =
              thrownBy(
                  UnexpectedRollbackException.class,
                  () ->
                      host.withTransaction(
                          as(Propagation.NESTED, "block"),
                          () -> {
                            sql("b");
                            swallow(named("joiner"), failure);
                          }));
          assertThat(thrown)
              .hasCause(failure)
              .hasMessageContaining("NESTED 'block'")
              .hasMessageContaining("'joiner'");
          assertThat(isMarked()).isFalse();
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1", "1 COMMIT");
  }

  @Test
  void theFirstOfSeveralFailuresIsTheCause() { // A11
    IllegalStateException first = new IllegalStateException("first");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        host.withTransaction(
                            named("middle"),
                            () -> {
                              swallow(named("inner"), first);
                              throw new IllegalArgumentException("second");
                            })))
        .isInstanceOf(IllegalArgumentException.class);
    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    () ->
                        assertThatThrownBy(
                            () ->
                                host.withTransaction(
                                    named("middle"),
                                    () -> {
                                      swallow(named("inner"), first);
                                      throw new IllegalArgumentException("second");
                                    }))));
    assertThat(thrown).hasCause(first).hasMessageContaining("'inner'");
  }

  @Test
  void aFailedUndoOfABlockLosesTheWholeTransaction() { // B8
    IllegalStateException users = new IllegalStateException("user");
    IllegalStateException undo = new IllegalStateException("undo");
    adapter.failAt(At.ROLLBACK_TO, undo);

    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    named("outer"),
                    () -> {
                      sql("a");
                      assertThatThrownBy(
                              () ->
                                  host.withTransaction(
                                      Propagation.NESTED,
                                      () -> {
                                        sql("b");
                                        throw users;
                                      }))
                          .isSameAs(users);
                      assertThat(isMarked()).isTrue();
                      assertThatThrownBy(() -> host.withTransaction(() -> {}))
                          .isInstanceOf(UnexpectedRollbackException.class)
                          .hasCause(undo);
                    }));

    assertThat(users.getSuppressed()).containsExactly(undo);
    assertThat(thrown).hasCause(undo);
    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1 failed", "1 ROLLBACK");
    assertThat(listener.events)
        .doesNotContain(
            "savepointRolledBack outer MarksTest.aFailedUndoOfABlockLosesTheWholeTransaction");
    assertTheNextTransactionWorks();
  }

  @Test
  void aFailedUndoOfABlockMarkedByItsOwnCodeIsReported() { // B8
    IllegalStateException undo = new IllegalStateException("undo");
    adapter.failAt(At.ROLLBACK_TO, undo);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        host.withTransaction(
                            as(Propagation.NESTED, "block"),
                            () -> {
                              sql("b");
                              mark();
                            })))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(undo)
        .hasMessageContaining("NESTED 'block'");
    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1 failed", "1 ROLLBACK");
  }

  @Test
  void aFailedReleaseOfABlockLosesTheWholeTransaction() {
    IllegalStateException release = new IllegalStateException("release");
    adapter.failAt(At.RELEASE, release);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      assertThatThrownBy(
                              () -> host.withTransaction(Propagation.NESTED, () -> sql("b")))
                          .isSameAs(release);
                      assertThat(isMarked()).isTrue();
                      assertThatThrownBy(() -> sql("never"))
                          .isInstanceOf(TransactionException.class)
                          .hasMessageContaining("TXH-126")
                          .hasCause(release);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("a NESTED block of it could not be ended")
        .hasCause(release);
    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 SAVEPOINT s1", "1 b", "1 RELEASE s1 failed", "1 ROLLBACK");
  }

  @Test
  void aFailedUndoInsideABlockThatCanBeUndoneLosesOnlyThatBlock() {
    adapter.failAt(At.ROLLBACK_TO, new IllegalStateException("undo"));

    host.withTransaction(
        () -> {
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            sql("outer block");
                            assertThatThrownBy(
                                () ->
                                    host.withTransaction(
                                        Propagation.NESTED,
                                        () -> {
                                          sql("inner block");
                                          throw new IllegalStateException("user");
                                        }));
                          }))
              .isInstanceOf(UnexpectedRollbackException.class)
              .hasRootCauseMessage("undo");
          assertThat(isMarked()).isFalse();
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 SAVEPOINT s1",
            "1 outer block",
            "1 SAVEPOINT s2",
            "1 inner block",
            "1 ROLLBACK TO s2 failed",
            "1 ROLLBACK TO s1",
            "1 COMMIT");
  }

  // ---- lost transactions

  @Test
  void aSwallowedFailureThatLostTheTransactionIsNeverACommit() { // A24
    AtomicReference<Throwable> cause = new AtomicReference<>(state("25P02"));

    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    named("outer"),
                    () -> {
                      sql("a");
                      host.tx().lose(cause.get());
                      host.tx().lose(state("later"));
                      assertThat(isMarked()).isTrue();
                    }));

    assertThat(thrown).hasCause(cause.get()).hasMessageContaining("'outer'");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertTheNextTransactionWorks();
  }

  @Test
  void lostAndMarkedByItsOwnCodeIsReportedAsLost() { // A24
    Throwable cause = state("25P02");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      mark();
                      host.tx().lose(cause);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(cause);
  }

  @Test
  void aJoinerWhoseFailureLostTheTransactionReportsWhatLostIt() { // A24
    Throwable cause = state("25P02");
    IllegalStateException wrapper = new IllegalStateException("wrapper");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      assertThatThrownBy(
                              () ->
                                  host.withTransaction(
                                      named("joiner"),
                                      () -> {
                                        host.tx().lose(cause);
                                        throw wrapper;
                                      }))
                          .isSameAs(wrapper);
                      assertThatThrownBy(() -> host.withTransaction(() -> {})).hasCause(cause);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(cause)
        .hasMessageContaining("'joiner'");
  }

  @Test
  void aJoinersMarkOnALostTransactionIsRefusedWithTheLossAsCause() {
    Throwable cause = state("25P02");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      host.withTransaction(
                          () -> {
                            mark();
                            host.tx().lose(cause);
                          });
                      assertThatThrownBy(() -> host.withTransaction(() -> {}))
                          .isInstanceOf(UnexpectedRollbackException.class)
                          .hasCause(cause);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(cause);
  }

  @Test
  void lostInsideNestedIsClearedByUndoingTheBlock() { // A24
    Throwable cause = state("25P02");

    host.withTransaction(
        () -> {
          sql("a");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          as(Propagation.NESTED, "block"),
                          () -> {
                            sql("b");
                            host.tx().lose(cause);
                          }))
              .isInstanceOf(UnexpectedRollbackException.class)
              .hasCause(cause)
              .hasMessageContaining("NESTED 'block'");
          assertThat(isMarked()).isFalse();
          host.withTransaction(() -> sql("c"));
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1", "1 c", "1 COMMIT");
  }

  @Test
  void lostInsideNestedWhoseUndoFailsStaysLostWithTheFirstCause() { // A24
    Throwable cause = state("40001");
    IllegalStateException undo = new IllegalStateException("undo");
    adapter.failAt(At.ROLLBACK_TO, undo);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      UnexpectedRollbackException ofBlock =
                          thrownBy(
                              UnexpectedRollbackException.class,
                              () ->
                                  host.withTransaction(
                                      Propagation.NESTED,
                                      () -> {
                                        sql("b");
                                        host.tx().lose(cause);
                                      }));
                      assertThat(ofBlock).hasCause(cause);
                      assertThat(ofBlock.getSuppressed()).containsExactly(undo);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(cause);
  }

  @Test
  void aUsersOwnSavepointBringsALostTransactionBack() { // A24
    host.withTransaction(
        () -> {
          sql("a");
          host.tx().lose(state("25P02"));
          host.tx().recover();
          assertThat(isMarked()).isFalse();
          host.withTransaction(() -> sql("b"));
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }

  @Test
  void recoveringWhatWasNotLostOrHasEndedChangesNothing() {
    AtomicReference<io.txhost.spi.TransactionSignals> kept = new AtomicReference<>();
    host.withTransaction(
        () -> {
          kept.set(adapter.transactions.get(0).signals);
          kept.get().recovered();
          sql("a");
        });

    kept.get().recovered();
    kept.get().lost(state("late"));

    assertThat(listener.events)
        .containsOnlyOnce("committed MarksTest.recoveringWhatWasNotLostOrHasEndedChangesNothing");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 COMMIT");
  }

  private void refuseACall(RuntimeException refusal) {
    adapter.transactions.get(adapter.transactions.size() - 1).signals.marked(refusal);
  }

  @Test
  void aRefusedCallThatWasSwallowedIsReportedWithTheRefusalAsCause() { // A29
    IllegalStateException refusal = new IllegalStateException("commit refused");

    UnexpectedRollbackException thrown =
        thrownBy(
            UnexpectedRollbackException.class,
            () ->
                host.withTransaction(
                    () -> {
                      sql("a");
                      refuseACall(refusal);
                      sql("b");
                    }));

    assertThat(thrown).hasCause(refusal);
    assertThat(thrown.getMessage()).contains("a call in it that only the host may make");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 ROLLBACK");
  }

  @Test
  void aRefusedCallInANestedBlockUndoesThatBlockAlone() { // A29
    IllegalStateException refusal = new IllegalStateException("rollback refused");

    host.withTransaction(
        () -> {
          sql("a");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          as(Propagation.NESTED, "block"),
                          () -> {
                            sql("b");
                            refuseACall(refusal);
                          }))
              .isInstanceOf(UnexpectedRollbackException.class)
              .hasCause(refusal);
        });

    assertThat(transcript())
        .containsExactly("1 BEGIN", "1 a", "1 SAVEPOINT s1", "1 b", "1 ROLLBACK TO s1", "1 COMMIT");
  }

  @Test
  void aResourceIsRefusedWhileItsTransactionIsSetAside() { // A27
    host.withTransaction(
        named("outer"),
        () -> {
          RecordingAdapter.Db kept = host.tx();
          kept.sql("a");
          for (Propagation aside :
              java.util.List.of(Propagation.REQUIRES_NEW, Propagation.NOT_SUPPORTED)) {
            host.withTransaction(
                as(aside, "inner"),
                () ->
                    assertThatThrownBy(() -> kept.sql("never"))
                        .hasMessageContaining("TXH-127")
                        .hasMessageContaining("'outer'")
                        .hasMessageContaining("'inner'"));
          }
          kept.sql("b");
        });

    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 b", "1 COMMIT");
  }
}
