package io.txhost.test;

import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a host tells its listeners, such as {@code "began 'orders.place'"}. Names, not
 * numbers, say which transaction: name them where a test tells them apart.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
public final class RecordingListener implements TransactionListener {
  private final Queue<String> events = new ConcurrentLinkedQueue<>();

  /** A listener that has heard nothing yet. */
  public RecordingListener() {}

  /** What was heard since the last {@link #clear()}, in order. */
  public List<String> events() {
    return List.copyOf(events);
  }

  /** Forgets what was heard. */
  public void clear() {
    events.clear();
  }

  private void heard(String what, TransactionInfo transaction) {
    events.add(what + " '" + transaction.name() + "'");
  }

  private void heard(String what, TransactionInfo transaction, String boundary) {
    events.add(what + " '" + transaction.name() + "' by '" + boundary + "'");
  }

  @Override
  public void began(TransactionInfo transaction) {
    heard("began", transaction);
  }

  @Override
  public void joined(TransactionInfo transaction, String boundary) {
    heard("joined", transaction, boundary);
  }

  @Override
  public void setAside(TransactionInfo transaction) {
    heard("set aside", transaction);
  }

  @Override
  public void resumed(TransactionInfo transaction) {
    heard("resumed", transaction);
  }

  @Override
  public void savepoint(TransactionInfo transaction, String boundary) {
    heard("savepoint", transaction, boundary);
  }

  @Override
  public void savepointReleased(TransactionInfo transaction, String boundary) {
    heard("savepoint released", transaction, boundary);
  }

  @Override
  public void savepointRolledBack(TransactionInfo transaction, String boundary) {
    heard("savepoint rolled back", transaction, boundary);
  }

  @Override
  public void acquired(TransactionInfo transaction) {
    heard("acquired", transaction);
  }

  @Override
  public void released(TransactionInfo transaction) {
    heard("released", transaction);
  }

  @Override
  public void committed(TransactionInfo transaction) {
    heard("committed", transaction);
  }

  @Override
  public void rolledBack(TransactionInfo transaction, @Nullable Throwable cause) {
    heard("rolled back", transaction);
  }

  @Override
  public void unknown(TransactionInfo transaction, Throwable cause) {
    heard("unknown", transaction);
  }

  @Override
  public void retried(TransactionInfo transaction, int attempt, Duration delay, Throwable failure) {
    heard("retried after attempt " + attempt, transaction);
  }

  @Override
  public void hookFailed(TransactionInfo transaction, Throwable failure) {
    heard("hook failed", transaction);
  }
}
