package io.txhost.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.NothingLeft;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
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

  private static final Callable<Boolean> ASKED = Carrier::forkedUnderOverlay;

  @Test
  void aForkMadeUnderAnOverlayIsToldAndOneMadeAfterItIsNot() throws Exception {
    Frame base = frame();
    bound(
        base,
        () -> {
          assertThat(forked(ASKED)).isFalse();
          installed(
              frame(),
              () -> {
                assertThat(base.isOverlaid()).isTrue();
                assertThat(forked(ASKED)).isTrue();
                installed(frame(), () -> assertThat(forked(ASKED)).isTrue());
                assertThat(forked(ASKED)).isTrue();
                return null;
              });
          assertThat(base.isOverlaid()).isFalse();
          assertThat(forked(ASKED)).isFalse();
          return null;
        });
  }

  @Test
  void aForkMadeUnderARestoredSnapshotIsToldToo() throws Exception {
    Frame base = frame();
    bound(
        base,
        () -> {
          Snapshot snapshot = Snapshot.take();
          snapshot.install();
          assertThat(forked(ASKED)).isTrue();
          snapshot.putBack();
          assertThat(base.isOverlaid()).isFalse();
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
                                new DetachedFrame(Carrier.current(), Capture.NOTHING),
                                () -> assertThat(ASKED.call()).isFalse()))));
  }

  @Test
  void whatAForkUnderAnOverlayHasCapturedCountsWhereverItRuns() throws Exception {
    Capture[] captured = new Capture[1];
    Snapshot[] snapshot = new Snapshot[1];
    bound(
        frame(),
        () ->
            installed(
                frame(),
                () ->
                    forked(
                        () -> {
                          captured[0] = Capture.here();
                          snapshot[0] = Snapshot.take();
                          return null;
                        })));

    bound(
        new DetachedFrame(Carrier.current(), captured[0]),
        () -> {
          assertThat(ASKED.call()).isTrue();
          return assertThat(Capture.here().isForkUnderOverlay()).isTrue();
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
        new DetachedFrame(Carrier.current(), Capture.NOTHING),
        () -> installed(frame(), () -> assertThat(forked(ASKED)).isTrue()));
  }

  @Test
  void onABareThreadItCannotBeTold() throws Exception {
    installed(frame(), () -> assertThat(forked(ASKED)).isFalse());
  }
}
