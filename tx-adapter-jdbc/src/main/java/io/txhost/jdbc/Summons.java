package io.txhost.jdbc;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls a thread back that waits for a pool: an interrupt, which never reaches it after the wait is
 * over. A thread that user code has interrupted is not called: it comes back by itself, and the
 * interrupt stays the user's.
 */
final class Summons {
  private final ReentrantLock lock = new ReentrantLock(); // guards what follows
  private @Nullable Thread waiting;
  private boolean isCalled;
  private boolean isOver;

  /**
   * The calling thread begins to wait.
   *
   * @return false if it was called back before
   */
  boolean begin() {
    lock.lock();
    try {
      waiting = Thread.currentThread();
      return !isCalled;
    } finally {
      lock.unlock();
    }
  }

  void call() {
    lock.lock();
    try {
      if (isOver || (waiting != null && waiting.isInterrupted())) {
        return;
      }
      isCalled = true;
      if (waiting != null) {
        waiting.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The wait is over: clears the interrupt if it was ours. */
  void end() {
    lock.lock();
    try {
      isOver = true;
      if (isCalled) {
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isCalled() {
    lock.lock();
    try {
      return isCalled;
    } finally {
      lock.unlock();
    }
  }
}
