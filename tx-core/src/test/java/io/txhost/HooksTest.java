package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Hooks: which run, when, in what order, and what their failures change. */
class HooksTest extends CoreTest {
  private static final ContextKey<String> KEY = ContextKey.of("where", String.class);

  private final List<String> ran = new ArrayList<>();

  private Transaction here() {
    return host.currentTransaction().orElseThrow();
  }

  private void registerAll(String of) {
    here().beforeCommit(() -> ran.add(of + " beforeCommit"));
    here().afterCommit(() -> ran.add(of + " afterCommit"));
    here().afterRollback(() -> ran.add(of + " afterRollback"));
    here().afterCompletion(outcome -> ran.add(of + " " + outcome));
  }

  @Test
  void hooksRunOnceInTheOrderOfTheirRegistration() { // B7
    host.withTransaction(
        () -> {
          here().afterCompletion(outcome -> ran.add("completion 1"));
          here().afterCommit(() -> ran.add("commit 2"));
          here().beforeCommit(() -> ran.add("before 3"));
          here().afterCommit(() -> ran.add("commit 4"));
          here().beforeCommit(() -> ran.add("before 5"));
          here().afterCompletion(outcome -> ran.add("completion 6"));
          assertThat(ran).isEmpty();
        });

    assertThat(ran)
        .containsExactly(
            "before 3", "before 5", "completion 1", "commit 2", "commit 4", "completion 6");
  }

  @Test
  void eachOutcomeRunsItsOwnHooks() { // B7
    host.withTransaction(() -> registerAll("a"));
    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  registerAll("b");
                  throw new IOException("b");
                }));
    host.withTransaction(
        () -> {
          registerAll("c");
          here().setRollbackOnly();
        });
    adapter.failAt(At.COMMIT, new CommitOutcomeUnknownException("d", null));
    assertThatThrownBy(() -> host.withTransaction(() -> registerAll("d")));
    adapter.failAt(At.COMMIT, new TransactionCommitException("e", null));
    assertThatThrownBy(() -> host.withTransaction(() -> registerAll("e")));

    assertThat(ran)
        .containsExactly(
            "a beforeCommit",
            "a afterCommit",
            "a COMMITTED",
            "b afterRollback",
            "b ROLLED_BACK",
            "c afterRollback",
            "c ROLLED_BACK",
            "d beforeCommit",
            "d UNKNOWN",
            "e beforeCommit",
            "e afterRollback",
            "e ROLLED_BACK");
  }

  @Test
  void hooksOfAJoinerBelongToTheTransaction() { // B7
    host.withTransaction(
        () -> {
          host.withTransaction(() -> registerAll("joiner"));
          assertThat(ran).isEmpty();
        });

    assertThat(ran)
        .containsExactly("joiner beforeCommit", "joiner afterCommit", "joiner COMMITTED");
  }

  @Test
  void beforeCommitRunsInsideTheTransaction() { // B7
    host.withTransaction(
        () -> {
          here()
              .beforeCommit(
                  () -> {
                    sql("hook");
                    host.withTransaction(Propagation.MANDATORY, () -> sql("joined by hook"));
                    host.withTransaction(Propagation.NESTED, () -> sql("block of hook"));
                    host.withTransaction(Propagation.REQUIRES_NEW, () -> sql("own"));
                  });
          sql("work");
        });

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 work",
            "1 hook",
            "1 joined by hook",
            "1 SAVEPOINT s1",
            "1 block of hook",
            "1 RELEASE s1",
            "2 BEGIN",
            "2 own",
            "2 COMMIT",
            "1 COMMIT");
  }

  @Test
  void beforeCommitMayRegisterMoreAndAllOfThemRun() { // B7
    host.withTransaction(
        () ->
            here()
                .beforeCommit(
                    () -> {
                      ran.add("first");
                      here().beforeCommit(() -> ran.add("second"));
                      registerAll("third");
                    }));

    assertThat(ran)
        .containsExactly(
            "first", "second", "third beforeCommit", "third afterCommit", "third COMMITTED");
  }

  @Test
  void aFailingBeforeCommitRollsBackAndItsFailureLeaves() { // B7
    IOException failure = new IOException("hook");

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    TransactionOptions.defaults().noRollbackFor(IOException.class),
                    () -> {
                      sql("a");
                      here()
                          .beforeCommit(
                              () -> {
                                throw failure;
                              });
                      registerAll("later");
                    }));

    assertThat(thrown).isSameAs(failure);
    assertThat(ran).containsExactly("later afterRollback", "later ROLLED_BACK");
    assertThat(transcript()).containsExactly("1 BEGIN", "1 a", "1 ROLLBACK");
    assertTheNextTransactionWorks();
  }

  @Test
  void aBeforeCommitThatMarksStopsTheOthersAndRollsBack() { // B7
    host.withTransaction(
        () -> {
          here().beforeCommit(() -> here().setRollbackOnly());
          registerAll("later");
        });

    assertThat(ran).containsExactly("later afterRollback", "later ROLLED_BACK");
  }

  @Test
  void aBeforeCommitThatLosesTheTransactionIsReported() { // B7
    Throwable cause = state("25P02");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      here().beforeCommit(() -> host.tx().lose(cause));
                      registerAll("later");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(cause);
    assertThat(ran).containsExactly("later afterRollback", "later ROLLED_BACK");
  }

  @Test
  void beforeCommitDoesNotRunWhereTheTransactionIsMarkedOrLost() { // B7
    host.withTransaction(
        () -> {
          registerAll("marked");
          here().setRollbackOnly();
        });
    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  registerAll("lost");
                  host.tx().lose(state("25P02"));
                }));

    assertThat(ran)
        .containsExactly(
            "marked afterRollback", "marked ROLLED_BACK", "lost afterRollback", "lost ROLLED_BACK");
  }

  @Test
  void aHookThatAlwaysRegistersAnotherIsStopped() { // B7
    assertThatThrownBy(() -> host.withTransaction(this::registerForEver))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-114");
    assertThat(listener.events)
        .contains(
            "rolledBack HooksTest.aHookThatAlwaysRegistersAnotherIsStopped TransactionException");
  }

  private void registerForEver() {
    here().beforeCommit(this::registerForEver);
  }

  @Test
  void anyNumberOfHooksMayBeRegisteredByTheWork() { // B7
    int many = Hooks.MOST_WHILE_COMMITTING + 1;
    host.withTransaction(
        () -> {
          for (int i = 0; i < many; i++) {
            here().beforeCommit(() -> ran.add("before"));
            here().afterCommit(() -> ran.add("after"));
          }
        });

    assertThat(ran).hasSize(2 * many);
  }

  @Test
  void afterHooksRunWithoutATransactionWithTheConnectionReturned() { // A20
    host.withTransaction(
        () -> {
          sql("a");
          here()
              .afterCommit(
                  () -> {
                    assertThat(host.isTransactionActive()).isFalse();
                    assertThat(host.currentTransaction()).isEmpty();
                    assertThat(listener.events)
                        .contains(
                            "released HooksTest.afterHooksRunWithoutATransactionWithTheConnectionReturned",
                            "committed HooksTest.afterHooksRunWithoutATransactionWithTheConnectionReturned");
                    sql("fallback");
                    host.withTransaction(() -> sql("own"));
                  });
        });
    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  here().afterRollback(() -> host.withTransaction(() -> sql("after rollback")));
                  throw new IOException("x");
                }));

    assertThat(transcript())
        .containsExactly(
            "1 BEGIN",
            "1 a",
            "1 COMMIT",
            "AUTO fallback",
            "2 BEGIN",
            "2 own",
            "2 COMMIT",
            "4 BEGIN",
            "4 after rollback",
            "4 COMMIT");
  }

  @Test
  void afterHooksOfOneThatSetAnotherAsideRunWithoutATransactionToo() { // A20
    host.withTransaction(
        named("outer"),
        () -> {
          host.withTransaction(
              as(Propagation.REQUIRES_NEW, "inner"),
              () ->
                  here()
                      .afterCommit(
                          () -> {
                            assertThat(host.isTransactionActive()).isFalse();
                            sql("fallback");
                          }));
          assertThat(here().name()).isEqualTo("outer");
        });

    assertThat(transcript()).containsExactly("AUTO fallback");
    assertThat(listener.hookFailures).isEmpty();
  }

  @Test
  void afterHooksMayFallBackWhateverThePolicy() { // B11
    TransactionHost<RecordingAdapter.Db> strict =
        host().fallbackPolicy(FallbackPolicy.DENY).build();

    strict.withTransaction(
        () -> strict.currentTransaction().orElseThrow().afterCommit(() -> strict.tx().sql("a")));

    assertThat(transcript()).containsExactly("AUTO a");
    assertThat(listener.hookFailures).isEmpty();
  }

  @Test
  void afterHooksSeeTheContextAroundTheBoundary() { // B7
    AtomicReference<String> seen = new AtomicReference<>();
    Context.run(
        () -> {
          Context.current().set(KEY, "outer");
          host.withTransaction(
              () ->
                  Context.run(
                      () -> {
                        Context.current().set(KEY, "inner");
                        here().afterCommit(() -> seen.set(Context.current().require(KEY)));
                      }));
        });

    assertThat(seen).hasValue("outer");
  }

  @Test
  void anAfterHookThatFailsChangesNoOutcomeAndStopsNoOtherHook() { // B7
    IOException first = new IOException("first");
    AssertionError second = new AssertionError("second");

    String result =
        host.withTransaction(
            named("outer"),
            () -> {
              here()
                  .afterCommit(
                      () -> {
                        throw first;
                      });
              here()
                  .afterCompletion(
                      outcome -> {
                        throw second;
                      });
              registerAll("last");
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(ran).containsExactly("last beforeCommit", "last afterCommit", "last COMMITTED");
    assertThat(listener.hookFailures).containsExactly(first, second);
    assertThat(listener.events)
        .containsSubsequence(
            "committed outer", "hookFailed outer first", "hookFailed outer second");
  }

  @Test
  void anAfterHookThatFailsAfterARollbackLeavesTheUsersFailureAsItIs() { // B7
    IOException users = new IOException("user");

    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      here()
                          .afterRollback(
                              () -> {
                                throw new IllegalStateException("hook");
                              });
                      throw users;
                    }));

    assertThat(thrown).isSameAs(users).hasNoSuppressedExceptions();
    assertThat(listener.hookFailures).hasSize(1);
  }

  @Test
  void registeringFromAnAfterHookIsAnErrorReportedAsTheHooksFailure() { // B7
    host.withTransaction(
        () -> {
          Transaction transaction = here();
          transaction.afterCommit(() -> transaction.afterCommit(() -> ran.add("never")));
        });

    assertThat(ran).isEmpty();
    assertThat(listener.hookFailures)
        .singleElement()
        .isInstanceOf(TransactionCompletedException.class);
  }

  @Test
  void registeringWithoutATransactionHasNowhereToRegister() { // B7
    assertThat(host.currentTransaction()).isEmpty();
    host.withTransaction(
        () -> host.withoutTransaction(() -> assertThat(host.currentTransaction()).isEmpty()));
  }

  @Test
  void registeringOnAnotherThreadIsRefused() throws InterruptedException {
    AtomicReference<Throwable> refused = new AtomicReference<>();
    host.withTransaction(
        named("outer"),
        () -> {
          Transaction transaction = here();
          Thread thread =
              new Thread(
                  () -> refused.set(catchThrowable(() -> transaction.afterCommit(() -> {}))),
                  "stranger");
          thread.start();
          thread.join();
        });

    assertThat(refused.get())
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-115")
        .hasMessageContaining("'stranger'")
        .hasMessageContaining("'outer'");
  }

  // ---- NESTED

  @Test
  void hooksOfAnUndoneBlockRunForItsRollbackAtTheEndOfTheWhole() { // B7
    host.withTransaction(
        () -> {
          registerAll("before");
          assertThatThrownBy(
              () ->
                  host.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        registerAll("undone");
                        throw new IOException("x");
                      }));
          assertThat(ran).isEmpty();
          registerAll("after");
        });

    assertThat(ran)
        .containsExactly(
            "before beforeCommit",
            "after beforeCommit",
            "before afterCommit",
            "before COMMITTED",
            "undone afterRollback",
            "undone ROLLED_BACK",
            "after afterCommit",
            "after COMMITTED");
  }

  @Test
  void hooksOfAKeptBlockWaitForTheRealCommit() { // B7
    host.withTransaction(
        () -> {
          host.withTransaction(Propagation.NESTED, () -> registerAll("kept"));
          assertThat(ran).isEmpty();
        });

    assertThat(ran).containsExactly("kept beforeCommit", "kept afterCommit", "kept COMMITTED");
  }

  @Test
  void hooksOfAKeptBlockInsideAnUndoneOneAreUndoneToo() { // B7
    host.withTransaction(
        () ->
            host.withTransaction(
                Propagation.NESTED,
                () -> {
                  host.withTransaction(Propagation.NESTED, () -> registerAll("inner"));
                  here().setRollbackOnly();
                }));

    assertThat(ran).containsExactly("inner afterRollback", "inner ROLLED_BACK");
  }

  @Test
  void hooksOfAnUndoneBlockSeeRolledBackAlsoWhereTheWholeIsUnknown() { // B7
    adapter.failAt(At.COMMIT, new CommitOutcomeUnknownException("x", null));

    assertThatThrownBy(
        () ->
            host.withTransaction(
                () -> {
                  host.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        registerAll("undone");
                        here().setRollbackOnly();
                      });
                  registerAll("whole");
                }));

    assertThat(ran)
        .containsExactly(
            "whole beforeCommit", "undone afterRollback", "undone ROLLED_BACK", "whole UNKNOWN");
  }

  @Test
  void hooksOfABlockUndoneInsideABeforeCommitHookAreDropped() { // B7
    host.withTransaction(
        () -> {
          here()
              .beforeCommit(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            registerAll("undone");
                            here().setRollbackOnly();
                          }));
          registerAll("whole");
        });

    assertThat(ran)
        .containsExactly(
            "whole beforeCommit",
            "whole afterCommit",
            "whole COMMITTED",
            "undone afterRollback",
            "undone ROLLED_BACK");
  }
}
