package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/**
 * Does several things that belong together, each on a thread of its own in the caller's context and
 * transaction: so one that never answers is waited for until the transaction's deadline, and no
 * longer.
 */
final class FanOut {
  private final TransactionHost<?> host;

  FanOut(TransactionHost<?> host) {
    this.host = host;
  }

  /** One after the other, until one fails, which throws what that does. */
  <R> List<R> inOrder(List<? extends Callable<R>> tasks) {
    List<R> results = new ArrayList<>();
    for (Callable<R> task : tasks) {
      results.addAll(inParallel(List.of(task)));
    }
    return results;
  }

  /**
   * All of them at the same time; throws what the first to fail does.
   *
   * @return the results in the order of the tasks
   */
  <R> List<R> inParallel(List<? extends Callable<R>> tasks) {
    try {
      return host.<R>inParallel(tasks);
    } catch (ExecutionException e) {
      throw unchecked(Objects.requireNonNullElse(e.getCause(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted; nothing is kept", e);
    }
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }
}
