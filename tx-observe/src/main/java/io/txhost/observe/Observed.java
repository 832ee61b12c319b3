package io.txhost.observe;

import io.txhost.spi.ExecutedStatement;
import io.txhost.spi.TransactionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a transaction that is open.
 *
 * <p><b>Threads:</b> written by those that use the transaction, read by any; the lock guards all
 * that changes, so that an answer is of one moment.
 */
final class Observed {
  final TransactionInfo info;
  final Thread opener = Thread.currentThread();
  final long began = System.nanoTime();

  /** Where it was opened, if that was to be noted. */
  final @Nullable Throwable openedAt;

  /** Those that hear of it. Set at the begin, and read by the transaction's own threads alone. */
  List<Follower> followers = List.of();

  private final ReentrantLock lock = new ReentrantLock();
  private long firstStatement;
  private int statements;
  private long statementNanos;
  private long connectionWait;
  private long connectionHeld;
  private int savepoints;
  private boolean isHolding;
  private boolean isAside;
  private @Nullable Thread acquiring;
  private @Nullable Thread executing;
  private List<Thread> waiting = List.of();

  /** When it was last known to do something. */
  private long lastUsed = began;

  private long acquiringSince;
  private long acquiredAt;

  /** Whether the watch has warned of it, by the kind of warning. */
  private boolean saidOpen;

  private boolean saidIdle;

  Observed(TransactionInfo info, @Nullable Throwable openedAt) {
    this.info = info;
    this.openedAt = openedAt;
  }

  private static long now() {
    return System.nanoTime();
  }

  // ---- what happens to it

  void acquiring() {
    lock.lock();
    try {
      acquiring = Thread.currentThread();
      acquiringSince = now();
    } finally {
      lock.unlock();
    }
  }

  void notAcquired() {
    lock.lock();
    try {
      connectionWait += now() - acquiringSince;
      acquiring = null;
    } finally {
      lock.unlock();
    }
  }

  /** How long it waited; zero where it was lent a connection. */
  Duration acquired() {
    lock.lock();
    try {
      long at = now();
      long wait = acquiring == null ? 0 : at - acquiringSince;
      connectionWait += wait;
      acquiring = null;
      acquiredAt = at;
      lastUsed = at;
      isHolding = true;
      return Duration.ofNanos(wait);
    } finally {
      lock.unlock();
    }
  }

  /** How long it held its connection. */
  Duration released() {
    lock.lock();
    try {
      long held = isHolding ? now() - acquiredAt : 0;
      connectionHeld += held;
      isHolding = false;
      return Duration.ofNanos(held);
    } finally {
      lock.unlock();
    }
  }

  void executing() {
    lock.lock();
    try {
      executing = Thread.currentThread();
      lastUsed = now();
      if (statements == 0) {
        firstStatement = lastUsed;
      }
      statements++;
    } finally {
      lock.unlock();
    }
  }

  void executed(ExecutedStatement statement) {
    lock.lock();
    try {
      executing = null;
      lastUsed = now();
      statementNanos += statement.duration().toNanos();
    } finally {
      lock.unlock();
    }
  }

  void waiting() {
    lock.lock();
    try {
      List<Thread> now = new ArrayList<>(waiting);
      now.add(Thread.currentThread());
      waiting = now;
    } finally {
      lock.unlock();
    }
  }

  void waited() {
    lock.lock();
    try {
      List<Thread> now = new ArrayList<>(waiting);
      now.remove(Thread.currentThread());
      waiting = now;
    } finally {
      lock.unlock();
    }
  }

  void aside(boolean is) {
    lock.lock();
    try {
      isAside = is;
    } finally {
      lock.unlock();
    }
  }

  void savepoint() {
    lock.lock();
    try {
      savepoints++;
    } finally {
      lock.unlock();
    }
  }

  // ---- what is asked

  /** The thread that waits for its connection, or null. */
  @Nullable Thread currentlyAcquiring() {
    lock.lock();
    try {
      return acquiring;
    } finally {
      lock.unlock();
    }
  }

  OpenTransaction now(boolean waitsForAnother) {
    lock.lock();
    try {
      long at = now();
      return new OpenTransaction(
          info.id(),
          info.name(),
          info.host(),
          info.isReadOnly(),
          info.attempt(),
          info.startedAt(),
          Duration.ofNanos(at - began),
          Names.of(opener),
          isHolding,
          Duration.ofNanos(isHolding ? at - acquiredAt : 0),
          statements,
          Duration.ofNanos(at - lastUsed),
          waitsFor(waitsForAnother));
    } finally {
      lock.unlock();
    }
  }

  private OpenTransaction.Waiting waitsFor(boolean waitsForAnother) {
    if (acquiring != null) {
      return OpenTransaction.Waiting.CONNECTION;
    }
    if (executing != null) {
      return OpenTransaction.Waiting.DATABASE;
    }
    if (!waiting.isEmpty()) {
      return OpenTransaction.Waiting.TURN;
    }
    if (waitsForAnother) {
      return OpenTransaction.Waiting.CONNECTION_OF_ANOTHER;
    }
    return isAside
        ? OpenTransaction.Waiting.WHAT_SET_IT_ASIDE
        : OpenTransaction.Waiting.ITS_OWN_CODE;
  }

  /** The thread to look at: who is inside a call of the driver, else who opened it. */
  Thread user() {
    lock.lock();
    try {
      Thread inside = executing;
      return inside == null ? opener : inside;
    } finally {
      lock.unlock();
    }
  }

  /** Whether to warn that it is open for long: once. */
  boolean isToWarnOpen() {
    lock.lock();
    try {
      boolean isFirst = !saidOpen;
      saidOpen = true;
      return isFirst;
    } finally {
      lock.unlock();
    }
  }

  /** Whether to warn that it holds a connection and does not use it: once. */
  boolean isToWarnIdle() {
    lock.lock();
    try {
      boolean isFirst = !saidIdle;
      saidIdle = true;
      return isFirst;
    } finally {
      lock.unlock();
    }
  }

  FinishedTransaction ended(FinishedTransaction.Outcome outcome, @Nullable Throwable cause) {
    lock.lock();
    try {
      long at = now();
      return new FinishedTransaction(
          info.id(),
          info.name(),
          info.host(),
          info.isReadOnly(),
          info.attempt(),
          info.startedAt(),
          Duration.ofNanos(at - began),
          Names.of(opener),
          statements == 0 ? null : Duration.ofNanos(firstStatement - began),
          Duration.ofNanos(connectionWait),
          Duration.ofNanos(connectionHeld + (isHolding ? at - acquiredAt : 0)),
          statements,
          Duration.ofNanos(statementNanos),
          savepoints,
          outcome,
          outcome == FinishedTransaction.Outcome.COMMITTED ? null : Reason.of(cause));
    } finally {
      lock.unlock();
    }
  }
}
