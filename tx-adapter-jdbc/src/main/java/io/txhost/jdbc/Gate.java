package io.txhost.jdbc;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands before a pool and lets as many through as the pool has connections. Newcomers come first
 * come, first served; who already has a connection of the pool comes before them, and once anybody
 * has asked for a second one, the last connection is kept for those. See docs/in-depth/pools.md.
 *
 * <p><b>Threads:</b> serves every thread at once. Who need not wait takes no lock and allocates
 * nothing.
 */
final class Gate {
  /** What is waited where the pool's own patience is not known. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private volatile PoolLimits limits;
  private final Holders holders;

  /** Permits that are out. */
  private final AtomicInteger out = new AtomicInteger();

  /** How many wait in line; changed with the lock. Nobody overtakes them. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock(); // guards the lines
  private final Set<Waiter> inner = new LinkedHashSet<>();
  private final Set<Waiter> newcomers = new LinkedHashSet<>();

  /** Somebody has asked for a second connection. */
  private volatile boolean isNested;

  Gate(PoolLimits limits) {
    this.limits = limits;
    this.holders = new Holders(limits.size());
  }

  void limitTo(PoolLimits told) {
    limits = told;
  }

  /**
   * Goes through.
   *
   * @param left how long it may wait, empty for as long as the pool would
   * @return what is left of that
   * @throws io.txhost.PoolDeadlockException if it would wait for itself
   * @throws SQLException if it waited too long, or was interrupted
   */
  Optional<Duration> enter(Taker taker, Optional<Duration> left) throws SQLException {
    if (waiting.get() == 0 && take(forNewcomers())) {
      return left;
    }
    long since = System.nanoTime();
    waitInLine(taker, left);
    return left.map(all -> notNegative(all.minusNanos(System.nanoTime() - since)));
  }

  private static Duration notNegative(Duration left) {
    return left.isNegative() ? Duration.ZERO : left;
  }

  private boolean take(int most) {
    int now = out.get();
    while (now < most) {
      if (out.compareAndSet(now, now + 1)) {
        return true;
      }
      now = out.get();
    }
    return false;
  }

  private int forNewcomers() {
    int size = limits.size();
    return isNested && size > 1 ? size - 1 : size;
  }

  /** Comes back through. The connection has gone back before. */
  void leave() {
    out.decrementAndGet();
    if (waiting.get() != 0) {
      lock.lock();
      try {
        admit();
      } finally {
        lock.unlock();
      }
    }
  }

  // ---- the line

  private void waitInLine(Taker taker, Optional<Duration> left) throws SQLException {
    Waiter waiter = new Waiter(this, taker);
    if (lineUp(waiter)) {
      return;
    }
    boolean isInside = !waiter.around().isEmpty();
    try {
      if (isInside) {
        Nested.enter(waiter);
      }
      long patience = (left.isEmpty() ? patience() : left.get()).toNanos();
      if (!waiter.await(patience)) {
        throw tooLate(Duration.ofNanos(patience));
      }
    } finally {
      if (isInside) {
        Nested.leave(waiter);
      }
      leaveLine(waiter);
    }
  }

  /** Whether it need not wait. */
  private boolean lineUp(Waiter waiter) {
    boolean isInner = isInner(waiter);
    lock.lock();
    try {
      lineOf(isInner).add(waiter);
      waiting.incrementAndGet();
      admit();
      return !waiter.isWaiting();
    } finally {
      lock.unlock();
    }
  }

  private Set<Waiter> lineOf(boolean isInner) {
    if (!isInner) {
      return newcomers;
    }
    isNested = true;
    return inner;
  }

  /** A boundary around one that waits may have taken a connection since. */
  void moveUp(Waiter waiter) {
    if (isInner(waiter)) {
      lock.lock();
      try {
        if (newcomers.remove(waiter)) {
          lineOf(true).add(waiter);
          admit();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void leaveLine(Waiter waiter) {
    lock.lock();
    try {
      if (inner.remove(waiter) || newcomers.remove(waiter)) {
        waiting.decrementAndGet();
        admit();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets through whom there is room for. With the lock. */
  private void admit() {
    while (admitFirst(inner, limits.size()) || admitFirst(newcomers, forNewcomers())) {
      // and the next
    }
  }

  private boolean admitFirst(Set<Waiter> line, int most) {
    Iterator<Waiter> first = line.iterator();
    if (!first.hasNext() || !take(most)) {
      return false;
    }
    Waiter next = first.next();
    first.remove();
    waiting.decrementAndGet();
    if (!next.admit()) { // has stopped waiting meanwhile
      out.decrementAndGet();
    }
    return true;
  }

  /**
   * Whether it has a connection: of whatever pool by a boundary around it, since others may wait
   * for that, or of this one by its thread.
   */
  private boolean isInner(Waiter waiter) {
    return waiter.isHolding() || holders.include(waiter.thread());
  }

  private Duration patience() {
    Duration ofPool = limits.patience();
    return ofPool == null ? PATIENCE : ofPool;
  }

  private SQLException tooLate(Duration waited) {
    return new SQLTransientConnectionException(
        "TXH-595 No connection came within "
            + waited.toMillis()
            + " ms: all "
            + limits.size()
            + " of "
            + limits
            + " are out, and "
            + waiting.get()
            + " wait for one."
            + said());
  }

  // ---- who has what

  /**
   * How many connections would have to be stuck for nobody to be served. Where the pool has shrunk,
   * those that are out.
   */
  int most() {
    return Math.max(limits.size(), out.get());
  }

  Holders holders() {
    return holders;
  }

  /** How many are through. */
  int out() {
    return out.get();
  }

  /** How many wait. */
  int waiting() {
    return waiting.get();
  }

  /** Who has connections of the pool, as a sentence to follow another; empty if nobody has. */
  String said() {
    List<String> who = holders.described();
    return who.isEmpty() ? "" : " Held by " + String.join("; ", who) + ".";
  }

  @Override
  public String toString() {
    return limits.toString();
  }
}
