package io.txhost.test;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test that leaves something behind: a boundary or a context open on its thread, a
 * connection of a {@link RecordingDataSource} not returned, either of the first on a worker of a
 * watched pool. It then cleans up, so that the next test is not hit.
 *
 * <pre>{@code
 * @ExtendWith(NothingLeftBehind.class)
 * class OrderServiceTest { ... }
 * }</pre>
 *
 * <p>or, to watch pools too:
 *
 * <pre>{@code
 * @RegisterExtension final NothingLeftBehind nothingLeftBehind = new NothingLeftBehind();
 * ...
 * nothingLeftBehind.watch(workers, 4);
 * }</pre>
 *
 * <p>It looks after the test's own {@code @AfterEach} methods. A test may end with its thread
 * interrupted: that is neither changed nor in the way. Recorders are watched on the thread that
 * made them.
 *
 * <p>With {@code tx-test} on the class path {@code txhost.diagnostics} is {@code on} unless it is
 * set otherwise, so that what was left names its opener with a stack.
 *
 * <p><b>Threads:</b> one instance may serve tests that run at once, where no pool is watched.
 */
public final class NothingLeftBehind implements BeforeEachCallback, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(NothingLeftBehind.class);

  private final Queue<Workers> watched = new ConcurrentLinkedQueue<>();

  /** An extension that watches the test's thread, and no pool yet. */
  public NothingLeftBehind() {}

  /**
   * Has each worker of the pool looked at after every test from now on, until the pool is shut
   * down. Hand over the pool itself, not one wrapped by {@code Context.wrap}.
   *
   * @param workers how many threads the pool has, or may have started
   * @throws IllegalArgumentException if there is not even one
   */
  public void watch(ExecutorService pool, int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("A pool has at least one worker, not " + workers);
    }
    watched.add(new Workers(Objects.requireNonNull(pool, "pool"), workers));
  }

  /** {@link #watch(ExecutorService, int)} with the workers that the pool has by then. */
  public void watch(ThreadPoolExecutor pool) {
    watched.add(new Workers(Objects.requireNonNull(pool, "pool"), 0));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(Frame.class, Carrier.current());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    boolean interrupted = Thread.interrupted(); // else no worker could be waited for
    List<Leftover> found = new ArrayList<>();
    try {
      Frame before = context.getStore(NAMESPACE).getOrDefault(Frame.class, Frame.class, Frame.ROOT);
      found.addAll(Leftover.framesAbove(before));
      RecordingDataSource.madeHere().forEach(made -> found.addAll(Leftover.connectionsOf(made)));
      watched.removeIf(Workers::areGone);
      watched.forEach(workers -> found.addAll(workers.leftovers()));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    Leftover.report("This test left something behind:", found);
  }
}
