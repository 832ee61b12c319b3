package io.txhost;

import io.txhost.spi.DetachedUse;
import io.txhost.spi.ExecutedStatement;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Writes down every event, as its name, the transaction's name, and what else it says. */
class RecordingListener implements TransactionListener {
  final List<String> events = Collections.synchronizedList(new ArrayList<>());

  /** What is told of its connection, statements and waits. */
  final List<String> details = Collections.synchronizedList(new ArrayList<>());

  final List<Throwable> hookFailures = Collections.synchronizedList(new ArrayList<>());

  /** Told before the event is written down; overridden by listeners that fail. */
  void hear(String event) {}

  private void add(String event, TransactionInfo transaction, String more) {
    events.add((event + " " + transaction.name() + " " + more).trim());
    hear(event);
  }

  private void detail(String event, String more) {
    details.add((event + " " + more).trim());
    hear(event);
  }

  @Override
  public void acquiring(TransactionInfo transaction) {
    detail("acquiring", transaction.name());
  }

  @Override
  public void notAcquired(TransactionInfo transaction, Throwable failure) {
    detail("notAcquired", transaction.name() + " " + failure.getMessage());
  }

  @Override
  public void executing(TransactionInfo transaction, String sql) {
    detail("executing", transaction.name() + " " + sql);
  }

  @Override
  public void executed(TransactionInfo transaction, ExecutedStatement statement) {
    Throwable failure = statement.failure();
    detail(
        "executed",
        transaction.name()
            + " "
            + statement.sql()
            + (failure == null ? "" : " " + failure.getMessage())
            + (statement.duration().isNegative() ? " in no time" : ""));
  }

  @Override
  public void waiting(TransactionInfo transaction) {
    detail("waiting", transaction.name());
  }

  @Override
  public void waited(TransactionInfo transaction, Duration time) {
    detail("waited", transaction.name() + (time.toNanos() > 0 ? "" : " no time"));
  }

  @Override
  public void detached(DetachedUse use) {
    detail(
        "detached",
        use.what() + " on " + use.host() + " of " + use.boundary() + " from " + use.from());
  }

  @Override
  public void began(TransactionInfo transaction) {
    add("began", transaction, "");
  }

  @Override
  public void joined(TransactionInfo transaction, String boundary) {
    add("joined", transaction, boundary);
  }

  @Override
  public void setAside(TransactionInfo transaction) {
    add("setAside", transaction, "");
  }

  @Override
  public void resumed(TransactionInfo transaction) {
    add("resumed", transaction, "");
  }

  @Override
  public void savepoint(TransactionInfo transaction, String boundary) {
    add("savepoint", transaction, boundary);
  }

  @Override
  public void savepointReleased(TransactionInfo transaction, String boundary) {
    add("savepointReleased", transaction, boundary);
  }

  @Override
  public void savepointRolledBack(TransactionInfo transaction, String boundary) {
    add("savepointRolledBack", transaction, boundary);
  }

  @Override
  public void acquired(TransactionInfo transaction) {
    add("acquired", transaction, "");
  }

  @Override
  public void released(TransactionInfo transaction) {
    add("released", transaction, "");
  }

  @Override
  public void committed(TransactionInfo transaction) {
    add("committed", transaction, "");
  }

  @Override
  public void rolledBack(TransactionInfo transaction, Throwable cause) {
    add("rolledBack", transaction, cause == null ? "asked for" : cause.getClass().getSimpleName());
  }

  @Override
  public void unknown(TransactionInfo transaction, Throwable cause) {
    add("unknown", transaction, cause.getClass().getSimpleName());
  }

  @Override
  public void retried(TransactionInfo transaction, int attempt, Duration delay, Throwable failure) {
    add("retried", transaction, attempt + " " + failure.getMessage());
  }

  @Override
  public void hookFailed(TransactionInfo transaction, Throwable failure) {
    hookFailures.add(failure);
    add("hookFailed", transaction, failure.getMessage());
  }
}
