package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.ContextKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What tests of parallel tasks need: tasks, and what they are asked. */
abstract class ParallelTasks extends CoreTest {
  static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  final TransactionalCallable<String, Exception> writing(String text) {
    return () -> {
      sql(text);
      return text;
    };
  }

  static List<TransactionalCallable<Integer, Exception>> tasks(
      int count, TransactionalCallable<Integer, Exception> task) {
    return Collections.nCopies(count, task);
  }

  /** Waits as long as a test may, and says so if that was not enough. */
  static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).as("what is waited for has come").isTrue();
  }

  static <R> TransactionalCallable<R, Exception> task(TransactionalCallable<R, Exception> work) {
    return work;
  }

  static List<Throwable> allOf(Throwable thrown) {
    List<Throwable> all = new ArrayList<>();
    for (Throwable t = thrown; t != null && !all.contains(t); t = t.getCause()) {
      all.add(t);
      for (Throwable beside : t.getSuppressed()) {
        all.addAll(allOf(beside));
      }
    }
    return all;
  }

  final void registering(List<String> ran, String name) {
    host.currentTransaction().orElseThrow().afterCommit(() -> ran.add(name));
  }
}
