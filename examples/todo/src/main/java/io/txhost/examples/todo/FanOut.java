package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import io.txhost.TransactionalCallable;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Does several things that belong together, each on a thread of its own in the caller's context and
 * transaction: so one that never answers is waited for until the transaction's deadline, and no
 * longer. What the first to fail throws leaves as it is.
 */
@Component
final class FanOut {
  private final TransactionHost<?> host;

  FanOut(TransactionHost<?> host) {
    this.host = host;
  }

  /** One after the other, until one fails. */
  <R, X extends Throwable> List<R> inOrder(List<? extends TransactionalCallable<R, X>> tasks)
      throws X {
    List<R> results = new ArrayList<>();
    for (TransactionalCallable<R, X> task : tasks) {
      results.addAll(host.<R, X>inParallel(List.of(task)));
    }
    return results;
  }

  /**
   * All of them at the same time.
   *
   * @return the results in the order of the tasks
   */
  <R, X extends Throwable> List<R> inParallel(List<? extends TransactionalCallable<R, X>> tasks)
      throws X {
    return host.inParallel(tasks);
  }
}
