package io.txhost;

import io.txhost.internal.Frame;
import io.txhost.spi.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Runs the body of a boundary that begins, and again in a new transaction where that may help. */
final class Retrying {
  private final HostSetup host;
  private final TransactionOptions options;
  private final RetryPolicy policy;
  private final @Nullable Frame nearest;
  private final @Nullable Deadline deadline;

  /**
   * @param options with a policy
   * @param deadline spans all attempts and delays
   */
  Retrying(
      HostSetup host,
      TransactionOptions options,
      @Nullable Frame nearest,
      @Nullable Deadline deadline) {
    this.host = host;
    this.options = options;
    this.policy = Objects.requireNonNull(options.retryOrNull());
    this.nearest = nearest;
    this.deadline = deadline;
  }

  <R extends @Nullable Object, X extends Throwable> R run(
      TransactionalCallable<? extends R, X> work) throws X {
    List<Throwable> earlier = new ArrayList<>();
    try {
      for (int attempt = 1; ; attempt++) {
        Begun begun = Begun.begin(host, options, nearest, deadline, attempt);
        try {
          return Engine.<R, X>within(begun, work);
        } catch (Throwable failure) {
          if (!mayRepeat(attempt, begun, failure)) {
            throw failure;
          }
          earlier.add(failure);
        }
      }
    } catch (Throwable last) {
      earlier.forEach(one -> Failures.suppress(last, one));
      throw last;
    }
  }

  private boolean mayRepeat(int attempt, Begun begun, Throwable failure) {
    if (attempt >= policy.attempts()
        || begun.phase() != Phase.ROLLED_BACK
        || !isRepeatable(failure)) {
      return false;
    }
    Duration delay = policy.delayAfter(attempt, ThreadLocalRandom.current());
    if (deadline != null && deadline.remaining().compareTo(delay) <= 0) {
      return false;
    }
    EndingLog.retried(begun, attempt, policy.attempts(), delay, failure);
    begun.tell(listener -> listener.retried(begun, attempt, delay, failure));
    return pause(delay);
  }

  private boolean isRepeatable(Throwable failure) {
    return !Failures.isNeverRepeated(failure) && (policy.asksFor(failure) || isTransient(failure));
  }

  private boolean isTransient(Throwable failure) {
    try {
      return host.adapter.classify(failure) == FailureKind.TRANSIENT;
    } catch (Throwable beside) {
      // what failed the work is what is thrown, not what failed to look at it
      Failures.suppress(failure, beside);
      return false;
    }
  }

  /** False if interrupted: then the failure at hand is reported, and the flag survives. */
  private static boolean pause(Duration delay) {
    try {
      Thread.sleep(delay.toMillis(), delay.toNanosPart() % 1_000_000);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
