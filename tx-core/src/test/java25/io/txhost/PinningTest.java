package io.txhost;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** No virtual thread is pinned by us, wherever it waits. */
@Isolated("counts the events of all threads")
class PinningTest extends CoreTest {
  private static final int REQUESTS = 200;
  private static final int CHILDREN = 8;
  private static final String PINNED = "jdk.VirtualThreadPinned";
  private static final ContextKey<String> MADE = ContextKey.of("made", String.class);

  @TempDir private Path folder;

  private static void waitAMoment() {
    LockSupport.parkNanos(200_000);
  }

  /** Pins whoever comes first, so that the recording is known to see it. */
  private static final class Pinning {
    static final long SINCE = waited();

    private static long waited() {
      LockSupport.parkNanos(50_000_000);
      return System.nanoTime();
    }
  }

  @Test
  void noVirtualThreadIsPinnedWhileItWaitsInUs() throws Exception { // D9
    adapter.whileCalling = text -> waitAMoment();
    try (Recording first = started()) {
      onVirtualThreads(); // initialises every class, those that a recording needs included
      first.stop();
    }
    try (Recording recording = started()) {
      onVirtualThreads();
      Thread control =
          Thread.ofVirtual().name("control").start(() -> assertThat(Pinning.SINCE).isNotZero());
      control.join();
      recording.stop();
      List<RecordedEvent> pinned = pinned(recording);

      assertThat(pinned.stream().filter(PinningTest::isControl))
          .as("the recording sees")
          .isNotEmpty();
      assertThat(pinned.stream().filter(event -> !isControl(event))).isEmpty();
    }
    System.out.println(
        "PinningTest: " + transcript().size() + " statements, pinned by the control alone");
  }

  private static Recording started() {
    Recording recording = new Recording();
    recording.enable(PINNED).withoutThreshold().withStackTrace();
    recording.start();
    return recording;
  }

  private static boolean isControl(RecordedEvent event) {
    return event.getThread().getJavaName().equals("control");
  }

  private List<RecordedEvent> pinned(Recording recording) throws Exception {
    Path file = folder.resolve("pinned.jfr");
    recording.dump(file);
    assertThat(Files.size(file)).isPositive();
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(PINNED))
        .toList();
  }

  private void onVirtualThreads() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < REQUESTS; i++) {
        int number = i;
        all.add(virtual.submit(() -> request(number)));
      }
      for (Future<?> one : all) {
        one.get(60, SECONDS);
      }
    }
  }

  /** Waits in a call, for a turn, for a block's end, for children, for a value somebody makes. */
  private Void request(int number) throws Exception {
    return Context.<Void, Exception>call(
        () -> {
          host.withTransaction(
              named("request " + number),
              () -> {
                sql("a");
                host.inParallel(children());
                host.withTransaction(Propagation.REQUIRES_NEW, () -> sql("own"));
                try (ManualTransaction manual = host.begin(as(Propagation.NESTED, "by hand"))) {
                  sql("b");
                  manual.commit();
                }
              });
          return null;
        });
  }

  private List<TransactionalCallable<Integer, Exception>> children() {
    AtomicInteger made = new AtomicInteger();
    List<TransactionalCallable<Integer, Exception>> children = new ArrayList<>();
    for (int i = 0; i < CHILDREN; i++) {
      int number = i;
      children.add(
          () -> {
            Context.current()
                .computeIfAbsent(
                    MADE,
                    () -> {
                      waitAMoment();
                      return "made " + made.incrementAndGet();
                    });
            sql("child");
            host.withTransaction(
                number % 2 == 0 ? Propagation.NESTED : Propagation.REQUIRED, () -> sql("inner"));
            return made.get();
          });
    }
    return children;
  }
}
