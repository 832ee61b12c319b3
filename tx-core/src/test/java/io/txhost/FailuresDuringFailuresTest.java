package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.At;
import io.txhost.RecordingAdapter.Db;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One script with everything in it, and each step of it failing in turn, alone and while the user's
 * own failure is on its way. Whatever fails: the frame is restored, the transaction is ended once,
 * what leaves is what the design says, and the next transaction works.
 */
class FailuresDuringFailuresTest extends CoreTest {
  /** What can fail besides the adapter's steps. */
  enum Hook {
    BEFORE_COMMIT,
    AFTER_COMMIT,
    AFTER_ROLLBACK,
    AFTER_COMPLETION
  }

  /** Whether a step's failure must leave the boundary, where the user's work itself succeeds. */
  private static boolean leavesAlone(Object step) {
    return step != At.ATTACHED
        && step != At.CLASSIFY
        && step != At.FALLBACK
        && step != At.ROLLBACK
        && step != At.ROLLBACK_TO
        && step != Hook.AFTER_COMMIT
        && step != Hook.AFTER_ROLLBACK
        && step != Hook.AFTER_COMPLETION;
  }

  static Stream<Arguments> cases() {
    List<Object> steps = new ArrayList<>(List.of(At.values()));
    steps.addAll(List.of(Hook.values()));
    List<Arguments> cases = new ArrayList<>();
    for (Object step : steps) {
      for (Supplier<Throwable> failure :
          List.<Supplier<Throwable>>of(
              () -> new IllegalStateException("step"), () -> new LinkageError("step"))) {
        for (Way way : Way.values()) {
          cases.add(Arguments.of(step, failure.get(), way));
        }
      }
    }
    return cases.stream();
  }

  /** How the script is run. */
  enum Way {
    USER_RETURNS,
    USER_FAILS,
    USER_FAILS_EXCEPTED,
    USER_FAILS_IN_BLOCK,
    BY_HAND
  }

  private final IOException users = new IOException("user");
  private Object failingHook = "none";
  private Throwable hooksFailure = users;

  @ParameterizedTest
  @MethodSource("cases")
  void whateverFailsNothingStaysAndTheRightFailureLeaves(Object step, Throwable failure, Way way) {
    if (step instanceof At at) {
      adapter.failAt(at, failure);
    } else {
      failingHook = step;
      hooksFailure = failure;
    }

    Throwable thrown = catchThrowable(() -> run(way));

    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
    assertThat(host.isTransactionActive()).isFalse();
    assertThat(adapter.complaints()).isEmpty();
    assertPriority(step, failure, way, thrown);
    assertOneEndIsTold(thrown);
    drainInjectedFailures();
    assertTheNextTransactionWorks();
  }

  private void assertPriority(Object step, Throwable failure, Way way, Throwable thrown) {
    boolean usersWorkRan = thrown == users || isAmong(users, thrown);
    boolean failedInside = thrown == failure || (thrown != null && thrown.getCause() == failure);
    if (way == Way.USER_FAILS && !failedInside) {
      // nothing that goes wrong while ending replaces the user's failure
      assertThat(thrown).isSameAs(users);
    } else if (way == Way.USER_FAILS_EXCEPTED && thrown != users && usersWorkRan) {
      assertThat(thrown.getSuppressed()).contains(users);
    } else if ((way == Way.USER_RETURNS || way == Way.BY_HAND) && leavesAlone(step)) {
      assertThat(isAmong(failure, thrown)).isTrue();
    } else if (way == Way.USER_RETURNS || way == Way.BY_HAND) {
      assertThat(thrown).isNull();
    }
    if (step == At.COMMIT && thrown != null && way == Way.USER_RETURNS) {
      assertThat(thrown).isInstanceOf(CommitOutcomeUnknownException.class).hasCause(failure);
    }
    if (step == At.ROLLBACK && way == Way.USER_FAILS) {
      assertThat(users.getSuppressed()).containsExactly(failure);
    }
  }

  private static boolean isAmong(Throwable sought, Throwable thrown) {
    if (thrown == null) {
      return false;
    }
    return thrown == sought
        || thrown.getCause() == sought
        || Stream.of(thrown.getSuppressed()).anyMatch(s -> isAmong(sought, s));
  }

  private void assertOneEndIsTold(Throwable thrown) {
    long begun = count("began");
    assertThat(count("committed") + count("rolledBack") + count("unknown")).isEqualTo(begun);
    assertThat(begun).isEqualTo(adapter.transactions.size());
    if (thrown == null) {
      assertThat(count("rolledBack") + count("unknown")).isZero();
    }
    assertThat(count("acquired")).isEqualTo(count("released"));
  }

  private long count(String event) {
    return listener.events.stream().filter(told -> told.startsWith(event + " ")).count();
  }

  private void drainInjectedFailures() {
    adapter.forgetFailures();
    failingHook = "none";
  }

  private void run(Way way) throws IOException {
    switch (way) {
      case USER_RETURNS -> host.withTransaction(named("script"), () -> script(false));
      case USER_FAILS, USER_FAILS_IN_BLOCK ->
          host.withTransaction(
              named("script"),
              () -> {
                script(way == Way.USER_FAILS_IN_BLOCK);
                throw users;
              });
      case USER_FAILS_EXCEPTED ->
          host.withTransaction(
              named("script").noRollbackFor(IOException.class),
              () -> {
                script(false);
                throw users;
              });
      case BY_HAND -> {
        try (ManualTransaction manual = host.begin(named("script"))) {
          script(false);
          manual.commit();
        }
      }
    }
  }

  private void script(boolean failInBlock) throws IOException {
    Transaction here = host.currentTransaction().orElseThrow();
    here.beforeCommit(() -> failIf(Hook.BEFORE_COMMIT));
    here.afterCommit(() -> failIf(Hook.AFTER_COMMIT));
    here.afterRollback(() -> failIf(Hook.AFTER_ROLLBACK));
    here.afterCompletion(outcome -> failUncheckedIf(Hook.AFTER_COMPLETION));
    Db db = host.tx();
    db.sql("a");
    host.withTransaction(named("joiner"), () -> sql("b"));
    host.withTransaction(
        as(Propagation.NESTED, "block"),
        () -> {
          sql("c");
          if (failInBlock) {
            throw users;
          }
        });
    host.withTransaction(as(Propagation.REQUIRES_NEW, "own"), () -> host.tx());
  }

  private void failIf(Hook hook) throws IOException {
    failUncheckedIf(hook);
  }

  private void failUncheckedIf(Hook hook) {
    if (failingHook == hook) {
      throw RecordingAdapter.<RuntimeException>sneaky(hooksFailure);
    }
  }

  // ---- listeners

  static Stream<String> events() {
    return Stream.of(
        "began",
        "joined",
        "setAside",
        "resumed",
        "savepoint",
        "savepointReleased",
        "savepointRolledBack",
        "acquired",
        "released",
        "committed",
        "rolledBack",
        "unknown",
        "hookFailed");
  }

  @ParameterizedTest
  @MethodSource("events")
  void aListenerFailingAtAnyEventChangesNothing(String event) {
    List<String> quiet = transcriptOfEverything("");
    List<String> noisy = transcriptOfEverything(event);

    assertThat(noisy).isEqualTo(quiet);
  }

  private List<String> transcriptOfEverything(String failingEvent) {
    RecordingAdapter own = new RecordingAdapter();
    List<String> heard = new ArrayList<>();
    TransactionHost<Db> noisy =
        TransactionHost.builder(own)
            .listener(
                new RecordingListener() {
                  @Override
                  void hear(String event) {
                    heard.add(event.split(" ", 2)[0]);
                    if (event.startsWith(failingEvent + " ")) {
                      throw new LinkageError("listener");
                    }
                  }
                })
            .build();
    own.failAt(At.COMMIT, new IllegalStateException("unknown"));
    catchThrowable(() -> noisy.withTransaction(() -> noisy.tx().sql("unknown")));
    noisy.withTransaction(
        () -> {
          noisy.tx().sql("a");
          noisy.currentTransaction().orElseThrow().afterCommit(() -> failIfAsked());
          noisy.withTransaction(() -> {});
          noisy.withTransaction(Propagation.NESTED, () -> noisy.tx().sql("b"));
          noisy.withTransaction(
              Propagation.NESTED, () -> noisy.currentTransaction().get().setRollbackOnly());
          noisy.withTransaction(Propagation.REQUIRES_NEW, () -> noisy.tx().sql("c"));
        });
    catchThrowable(
        () ->
            noisy.withTransaction(
                () -> {
                  noisy.tx().sql("d");
                  throw users;
                }));
    assertThat(own.complaints()).isEmpty();
    assertThat(heard).containsAll(events().toList());
    return own.transcript;
  }

  private static void failIfAsked() {
    throw new IllegalStateException("hook");
  }
}
