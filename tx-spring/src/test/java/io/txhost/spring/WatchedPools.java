package io.txhost.spring;

import io.txhost.test.NothingLeftBehind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * {@link NothingLeftBehind}, on the threads of a test's pools too: those are looked at after the
 * test, and shut down only then.
 */
final class WatchedPools implements BeforeEachCallback, AfterEachCallback {
  private final NothingLeftBehind nothingLeftBehind = new NothingLeftBehind();
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

  ExecutorService ofThreads(int threads) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    watch(pool, threads);
    closeAfterwards(pool::shutdownNow);
    return pool;
  }

  void watch(ExecutorService pool, int threads) {
    nothingLeftBehind.watch(pool, threads);
  }

  void closeAfterwards(AutoCloseable resource) {
    toClose.push(resource);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    nothingLeftBehind.beforeEach(context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    try {
      nothingLeftBehind.afterEach(context);
    } finally {
      while (!toClose.isEmpty()) {
        toClose.pop().close();
      }
    }
  }
}
