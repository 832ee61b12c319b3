package io.txhost.test;

import io.txhost.spi.DetachedUse;
import io.txhost.spi.ExecutedStatement;
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
  private final Queue<String> statements = new ConcurrentLinkedQueue<>();
  private final Queue<String> waits = new ConcurrentLinkedQueue<>();

  /** A listener that has heard nothing yet. */
  public RecordingListener() {}

  /** What was heard since the last {@link #clear()}, in order. */
  public List<String> events() {
    return List.copyOf(events);
  }

  /**
   * The statements that were sent since the last {@link #clear()}, in order: their texts, and after
   * the text of one that failed {@code " (failed)"}. They are not among the {@link #events()}.
   */
  public List<String> statements() {
    return List.copyOf(statements);
  }

  /**
   * What was waited for since the last {@link #clear()}, in order, such as {@code "acquiring
   * 'orders.place'"}: a connection, a statement's answer, a turn. Which threads wait for a turn is
   * chance, so waits are not among the {@link #events()}.
   */
  public List<String> waits() {
    return List.copyOf(waits);
  }

  /** Forgets what was heard. */
  public void clear() {
    events.clear();
    statements.clear();
    waits.clear();
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
  public void notAcquired(TransactionInfo transaction, Throwable failure) {
    heard("not acquired", transaction);
  }

  private void waitsFor(String what, TransactionInfo transaction) {
    waits.add(what + " '" + transaction.name() + "'");
  }

  @Override
  public void acquiring(TransactionInfo transaction) {
    waitsFor("acquiring", transaction);
  }

  @Override
  public void executing(TransactionInfo transaction, String sql) {
    waitsFor("executing", transaction);
  }

  @Override
  public void executed(TransactionInfo transaction, ExecutedStatement statement) {
    statements.add(statement.sql() + (statement.failure() == null ? "" : " (failed)"));
  }

  @Override
  public void waiting(TransactionInfo transaction) {
    waitsFor("waiting", transaction);
  }

  @Override
  public void waited(TransactionInfo transaction, Duration time) {
    waitsFor("waited", transaction);
  }

  @Override
  public void detached(DetachedUse use) {
    events.add("detached '" + use.what() + "' by '" + use.boundary() + "'");
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
