package io.txhost.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.NothingLeft;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** D12: what is installed does not reach forks, and they can be told. */
@ExtendWith(NothingLeft.class)
class ForksUnderOverlaysTest {
  private static Frame frame() {
    return new Frame(Carrier.current(), null);
  }

  private static <R> R bound(Frame frame, Callable<R> body) throws Exception {
    return Carrier.<R, Exception>call(frame, body::call);
  }

  private static <R> R installed(Frame frame, Callable<R> body) throws Exception {
    Carrier.install(frame);
    try {
      return body.call();
    } finally {
      Carrier.uninstall(frame);
    }
  }

  /** What the task gives on a thread forked here. */
  private static <R> R forked(Callable<R> task) throws Exception {
    try (var scope =
        StructuredTaskScope.open(StructuredTaskScope.Joiner.<R>awaitAllSuccessfulOrThrow())) {
      StructuredTaskScope.Subtask<R> subtask = scope.fork(task);
      scope.join();
      return subtask.get();
    }
  }

  private static final Callable<Boolean> ASKED = () -> Carrier.forkedUnderOverlay(null);

  /** Forks, runs what is given, and then lets the fork ask. */
  private static boolean toldAfter(Callable<?> meanwhile) throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (var scope =
        StructuredTaskScope.open(StructuredTaskScope.Joiner.<Boolean>awaitAllSuccessfulOrThrow())) {
      StructuredTaskScope.Subtask<Boolean> fork =
          scope.fork(() -> done.await(10, TimeUnit.SECONDS) && ASKED.call());
      try {
        meanwhile.call();
      } finally {
        done.countDown();
      }
      scope.join();
      return fork.get();
    }
  }

  @Test
  void aForkMadeUnderAnOverlayIsToldAfterItsEndToo() throws Exception {
    bound(
        frame(),
        () -> {
          Frame overlay = frame();
          Carrier.install(overlay);
          boolean told =
              toldAfter(
                  () -> {
                    Carrier.uninstall(overlay);
                    return installed(frame(), () -> null);
                  });
          return assertThat(told).isTrue();
        });
  }

  @Test
  void aForkMadeBeforeAnOverlayIsNotToldWhileThatIsThere() throws Exception {
    bound(
        frame(),
        () -> {
          CountDownLatch open = new CountDownLatch(1);
          CountDownLatch asked = new CountDownLatch(1);
          try (var scope =
              StructuredTaskScope.open(
                  StructuredTaskScope.Joiner.<Boolean>awaitAllSuccessfulOrThrow())) {
            StructuredTaskScope.Subtask<Boolean> fork =
                scope.fork(
                    () -> {
                      assertThat(open.await(10, TimeUnit.SECONDS)).isTrue();
                      boolean told = ASKED.call();
                      asked.countDown();
                      return told;
                    });
            installed(
                frame(),
                () -> {
                  open.countDown();
                  return assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
                });
            scope.join();
            assertThat(fork.get()).isFalse();
          }
          return null;
        });
  }

  @Test
  void aForkOfAForkIsToldOfTheOverlayOfItsOwnForker() throws Exception {
    bound(
        frame(),
        () ->
            forked(
                () -> {
                  assertThat(forked(ASKED)).isFalse();
                  installed(frame(), () -> assertThat(forked(() -> forked(ASKED))).isTrue());
                  return assertThat(forked(ASKED)).isFalse();
                }));
  }

  @Test
  void whatIsBeyondWhatAForkHasBoundItselfIsNotAskedFor() throws Exception {
    bound(
        frame(),
        () ->
            installed(
                frame(),
                () ->
                    forked(
                        () -> {
                          Frame own = frame();
                          return bound(
                              own,
                              () -> {
                                assertThat(Carrier.forkedUnderOverlay(own)).isFalse();
                                assertThat(Carrier.forkedUnderOverlay(own.outer())).isTrue();
                                return forked(
                                    () -> assertThat(Carrier.forkedUnderOverlay(own)).isFalse());
                              });
                        })));
  }

  /** As {@code inParallel} does. */
  @Test
  void aThreadThatIsGivenTheOverlayHasNothingHiddenFromIt() throws Exception {
    bound(
        frame(),
        () ->
            forked(
                () ->
                    installed(
                        frame(),
                        () -> {
                          Frame around = Carrier.current();
                          CompletableFuture<Boolean> told = new CompletableFuture<>();
                          Thread.startVirtualThread(
                              () ->
                                  told.complete(
                                      Carrier.<Boolean, RuntimeException>call(
                                          new Frame(around, null),
                                          () -> Carrier.forkedUnderOverlay(null))));
                          return assertThat(told.get(10, TimeUnit.SECONDS)).isFalse();
                        })));
  }

  @Test
  void aForkMadeUnderAnOverlayIsToldAndOneMadeAfterItIsNot() throws Exception {
    bound(
        frame(),
        () -> {
          assertThat(forked(ASKED)).isFalse();
          installed(
              frame(),
              () -> {
                assertThat(forked(ASKED)).isTrue();
                installed(frame(), () -> assertThat(forked(ASKED)).isTrue());
                assertThat(forked(ASKED)).isTrue();
                return null;
              });
          assertThat(forked(ASKED)).isFalse();
          return null;
        });
  }

  @Test
  void aForkMadeUnderARestoredSnapshotIsToldToo() throws Exception {
    bound(
        frame(),
        () -> {
          Snapshot snapshot = Snapshot.take();
          snapshot.install();
          assertThat(forked(ASKED)).isTrue();
          snapshot.putBack();
          return assertThat(forked(ASKED)).isFalse();
        });
  }

  @Test
  void theForkerItselfIsNotForked() throws Exception {
    bound(frame(), () -> installed(frame(), () -> assertThat(ASKED.call()).isFalse()));
  }

  @Test
  void whatIsBoundInsideTheOverlayReachesForks() throws Exception {
    bound(
        frame(),
        () -> installed(frame(), () -> bound(frame(), () -> assertThat(forked(ASKED)).isFalse())));
  }

  @Test
  void whatAForkBindsAndForksItselfChangesNothing() throws Exception {
    bound(
        frame(),
        () ->
            installed(
                frame(),
                () ->
                    forked(
                        () ->
                            bound(
                                frame(),
                                () -> {
                                  assertThat(ASKED.call()).isTrue();
                                  return assertThat(forked(ASKED)).isTrue();
                                }))));
  }

  @Test
  void anOverlayOfOneForkIsNotItsSiblings() throws Exception {
    bound(
        frame(),
        () -> {
          CountDownLatch open = new CountDownLatch(1);
          CountDownLatch asked = new CountDownLatch(1);
          try (var scope =
              StructuredTaskScope.open(
                  StructuredTaskScope.Joiner.<Object>awaitAllSuccessfulOrThrow())) {
            scope.fork(
                () ->
                    installed(
                        frame(),
                        () -> {
                          open.countDown();
                          return assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
                        }));
            scope.fork(
                () -> {
                  assertThat(open.await(10, TimeUnit.SECONDS)).isTrue();
                  boolean told = ASKED.call();
                  asked.countDown();
                  return assertThat(told).isFalse();
                });
            scope.join();
          }
          return null;
        });
  }

  @Test
  void whatCapturedWorkIsDetachedFromDoesNotCount() throws Exception {
    bound(
        frame(),
        () ->
            installed(
                frame(),
                () ->
                    forked(
                        () ->
                            bound(
                                new DetachedFrame(Carrier.current(), CapturedContext.NOTHING),
                                () -> assertThat(ASKED.call()).isFalse()))));
  }

  @Test
  void whatAForkUnderAnOverlayHasCapturedCountsWhereverItRuns() throws Exception {
    CapturedContext[] captured = new CapturedContext[1];
    Snapshot[] snapshot = new Snapshot[1];
    bound(
        frame(),
        () ->
            installed(
                frame(),
                () ->
                    forked(
                        () -> {
                          captured[0] = Carrier.capture();
                          snapshot[0] = Snapshot.take();
                          return null;
                        })));

    bound(
        new DetachedFrame(Carrier.current(), captured[0]),
        () -> {
          assertThat(ASKED.call()).isTrue();
          return assertThat(Carrier.capture().isForkUnderOverlay()).isTrue();
        });
    snapshot[0].install();
    try {
      assertThat(ASKED.call()).isTrue();
    } finally {
      Snapshot.putBackNothing();
    }
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void anOverlayOverCapturedWorkCounts() throws Exception {
    bound(
        new DetachedFrame(Carrier.current(), CapturedContext.NOTHING),
        () -> installed(frame(), () -> assertThat(forked(ASKED)).isTrue()));
  }

  @Test
  void ofAThreadThatInheritsNoThreadLocalsItCannotBeTold() throws Exception {
    ThreadFactory factory = Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();
    bound(
        frame(),
        () ->
            installed(
                frame(),
                () -> {
                  try (var scope =
                      StructuredTaskScope.open(
                          StructuredTaskScope.Joiner.<Boolean>awaitAllSuccessfulOrThrow(),
                          options -> options.withThreadFactory(factory))) {
                    StructuredTaskScope.Subtask<Boolean> fork = scope.fork(ASKED);
                    scope.join();
                    return assertThat(fork.get()).isFalse();
                  }
                }));
  }

  @Test
  void onABareThreadItCannotBeTold() throws Exception {
    installed(frame(), () -> assertThat(forked(ASKED)).isFalse());
  }
}
