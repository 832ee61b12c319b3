package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** How several things are done that belong together. */
interface FanOut {

  /** One after the other, on the caller's thread. */
  FanOut IN_ORDER =
      new FanOut() {
        @Override
        public <R> List<R> call(List<? extends Callable<R>> tasks) {
          List<R> results = new ArrayList<>();
          for (Callable<R> task : tasks) {
            try {
              results.add(task.call());
            } catch (Exception e) {
              throw unchecked(e);
            }
          }
          return results;
        }
      };

  /**
   * All of them, or what the first to fail throws.
   *
   * @return the results in the order of the tasks
   */
  <R> List<R> call(List<? extends Callable<R>> tasks);

  /**
   * At the same time, each on a thread of its own, all in the caller's context and transaction: a
   * task that never answers is waited for until the transaction's deadline.
   */
  static FanOut inParallel(TransactionHost<?> host) {
    return new FanOut() {
      @Override
      public <R> List<R> call(List<? extends Callable<R>> tasks) {
        try {
          return host.<R>inParallel(tasks);
        } catch (ExecutionException e) {
          throw unchecked(Objects.requireNonNullElse(e.getCause(), e));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("Interrupted; nothing was done", e);
        }
      }
    };
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
