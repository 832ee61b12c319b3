package io.txhost.observe;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The last slow and the last failed ones. Takes as much memory as was allowed, and no more. */
final class Memory implements Sink, Follower {
  private final int most;
  private final Duration slowFrom;
  private final ReentrantLock lock = new ReentrantLock(); // guards both
  private final Deque<FinishedTransaction> slow = new ArrayDeque<>();
  private final Deque<FinishedTransaction> failed = new ArrayDeque<>();

  Memory(int most, Duration slowFrom) {
    if (most < 1) {
      throw new IllegalArgumentException(
          "TXH-712 The memory is of 1 transaction at least, not " + most);
    }
    this.most = most;
    this.slowFrom = slowFrom;
  }

  @Override
  public boolean isEnabled() {
    return true;
  }

  @Override
  public Follower follow(Observed transaction) {
    return this;
  }

  @Override
  public void ended(FinishedTransaction how) {
    boolean isSlow = how.duration().compareTo(slowFrom) >= 0;
    if (isSlow || how.hasFailed()) {
      lock.lock();
      try {
        if (isSlow) {
          add(slow, how);
        }
        if (how.hasFailed()) {
          add(failed, how);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void add(Deque<FinishedTransaction> to, FinishedTransaction how) {
    if (to.size() == most) {
      to.removeLast();
    }
    to.addFirst(how);
  }

  List<FinishedTransaction> slow() {
    return copy(slow);
  }

  List<FinishedTransaction> failed() {
    return copy(failed);
  }

  private List<FinishedTransaction> copy(Deque<FinishedTransaction> of) {
    lock.lock();
    try {
      return List.copyOf(of);
    } finally {
      lock.unlock();
    }
  }
}
