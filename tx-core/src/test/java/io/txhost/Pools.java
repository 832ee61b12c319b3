package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Pools of one thread each, on which nothing may be left after a test. */
final class Pools implements AfterEachCallback {
  final ExecutorService plain = Executors.newSingleThreadExecutor(named("plain"));
  final ScheduledExecutorService scheduled =
      Executors.newSingleThreadScheduledExecutor(named("scheduled"));

  private static ThreadFactory named(String name) {
    return task -> new Thread(task, name);
  }

  /** Comes back when all that was submitted so far has run to its end. */
  void settle() throws Exception {
    plain.submit(() -> {}).get(30, TimeUnit.SECONDS);
    scheduled.submit(() -> {}).get(30, TimeUnit.SECONDS);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception { // C7
    try {
      for (ExecutorService pool : new ExecutorService[] {plain, scheduled}) {
        assertThat(pool.submit(Carrier::current).get(30, TimeUnit.SECONDS)).isSameAs(Frame.ROOT);
      }
    } finally {
      plain.shutdownNow();
      scheduled.shutdownNow();
      assertThat(plain.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(scheduled.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
