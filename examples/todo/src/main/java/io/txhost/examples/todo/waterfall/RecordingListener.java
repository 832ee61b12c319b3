package io.txhost.examples.todo.waterfall;

import io.txhost.context.Context;
import io.txhost.examples.todo.waterfall.Event.Lane;
import io.txhost.examples.todo.waterfall.Event.What;
import io.txhost.spi.DetachedUse;
import io.txhost.spi.ExecutedStatement;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Writes what hosts tell into the recording of the request. As a bean it is heard by every host.
 * What happens outside a request is not recorded.
 */
@Component
final class RecordingListener implements TransactionListener {
  private final Recordings recordings;

  RecordingListener(Recordings recordings) {
    this.recordings = recordings;
  }

  /** Outside a request nothing is recorded, and a transaction costs what it costs unobserved. */
  @Override
  public boolean isEnabled() {
    return Context.isActive() && Context.current().has(Recording.KEY);
  }

  @Override
  public void began(TransactionInfo transaction) {
    int attempt = transaction.attempt();
    String name = transaction.name() + (attempt > 1 ? ", attempt " + attempt : "");
    record(What.BEGAN, transaction, name, Duration.ZERO);
  }

  @Override
  public void setAside(TransactionInfo transaction) {
    record(What.SET_ASIDE, transaction, transaction.name(), Duration.ZERO);
  }

  @Override
  public void resumed(TransactionInfo transaction) {
    record(What.RESUMED, transaction, transaction.name(), Duration.ZERO);
  }

  @Override
  public void savepoint(TransactionInfo transaction, String boundary) {
    record(What.SAVEPOINT, transaction, boundary, Duration.ZERO);
  }

  @Override
  public void savepointReleased(TransactionInfo transaction, String boundary) {
    record(What.SAVEPOINT_RELEASED, transaction, boundary, Duration.ZERO);
  }

  @Override
  public void savepointRolledBack(TransactionInfo transaction, String boundary) {
    record(What.SAVEPOINT_ROLLED_BACK, transaction, boundary, Duration.ZERO);
  }

  @Override
  public void acquiring(TransactionInfo transaction) {
    record(What.ACQUIRING, transaction, "", Duration.ZERO);
  }

  @Override
  public void notAcquired(TransactionInfo transaction, Throwable failure) {
    record(What.NOT_ACQUIRED, transaction, Failures.named(failure), Duration.ZERO);
  }

  @Override
  public void acquired(TransactionInfo transaction) {
    record(What.ACQUIRED, transaction, "", Duration.ZERO);
  }

  @Override
  public void released(TransactionInfo transaction) {
    record(What.RELEASED, transaction, "", Duration.ZERO);
  }

  @Override
  public void executing(TransactionInfo transaction, String sql) {
    record(What.EXECUTING, transaction, sql, Duration.ZERO);
  }

  @Override
  public void executed(TransactionInfo transaction, ExecutedStatement statement) {
    Throwable failure = statement.failure();
    if (failure == null) {
      String batch = statement.count() > 1 ? "batch of " + statement.count() : "";
      record(What.EXECUTED, transaction, batch, Duration.ZERO);
    } else {
      record(What.NOT_EXECUTED, transaction, Failures.named(failure), Duration.ZERO);
    }
  }

  @Override
  public void waiting(TransactionInfo transaction) {
    record(What.WAITING, transaction, "", Duration.ZERO);
  }

  @Override
  public void waited(TransactionInfo transaction, Duration time) {
    record(What.WAITED, transaction, "", Duration.ZERO);
  }

  @Override
  public void committed(TransactionInfo transaction) {
    record(What.COMMITTED, transaction, "", Duration.ZERO);
  }

  @Override
  public void rolledBack(TransactionInfo transaction, @Nullable Throwable cause) {
    record(
        What.ROLLED_BACK, transaction, cause == null ? "" : Failures.named(cause), Duration.ZERO);
  }

  @Override
  public void unknown(TransactionInfo transaction, Throwable cause) {
    record(What.UNKNOWN, transaction, Failures.named(cause), Duration.ZERO);
  }

  @Override
  public void retried(TransactionInfo transaction, int attempt, Duration delay, Throwable failure) {
    record(What.RETRIED, transaction, Failures.named(failure), delay);
  }

  @Override
  public void detached(DetachedUse use) {
    record(What.DETACHED, 0, use.what(), Duration.ZERO);
  }

  private void record(What what, TransactionInfo transaction, String text, Duration time) {
    record(what, transaction.id(), text, time);
  }

  private void record(What what, long transaction, String text, Duration time) {
    if (Context.isActive()) {
      Context.current()
          .get(Recording.KEY)
          .filter(recording -> recording.add(event(what, transaction, text, time)))
          .ifPresent(recordings::keep);
    }
  }

  private static Event event(What what, long transaction, String text, Duration time) {
    return new Event(
        System.nanoTime(), Lane.here(), what, transaction, Visible.shortened(text), time.toNanos());
  }
}
