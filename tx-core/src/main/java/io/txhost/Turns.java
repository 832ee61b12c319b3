package io.txhost;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a transaction's connection now: one thread at a time, first come first served. While
 * a NESTED block is open only its own code and its children may; what is in the block around it
 * waits until it ends.
 *
 * <p>The turn is held across a driver's call. The lock is not: it guards the queue alone, and is
 * not even taken while nobody waits.
 *
 * <p><b>Threads:</b> safe for use by many. What the holder of a turn writes is seen by the next.
 */
final class Turns {
  private static final VarHandle HOLDER = holderField();

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter> queue = new ArrayDeque<>(0);

  private volatile @Nullable Thread holder;
  private volatile int waiting;
  private volatile Block block;

  /** How often the holder has entered again. Only the holder uses it. */
  private int again;

  Turns(Block outermost) {
    this.block = outermost;
  }

  private static VarHandle holderField() {
    try {
      return MethodHandles.lookup().findVarHandle(Turns.class, "holder", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Waiter {
    final Thread thread = Thread.currentThread();

    /** Null for one that ends a block, or the whole, whatever is open inside. */
    final @Nullable Block block;

    /** How many were before it in the queue when that was looked at last. */
    int ahead;

    volatile boolean served;

    Waiter(@Nullable Block block) {
      this.block = block;
    }
  }

  /**
   * How long to wait.
   *
   * @param standing the nanoseconds in which nobody ahead in the queue is served: a long queue that
   *     moves is no reason to give up, and as nobody gets in before, the wait is bounded all the
   *     same
   * @param inAll the nanoseconds until the deadline, or {@link #UNLIMITED}. With one a call that is
   *     under way may take until then, as its statement may
   */
  record Limit(long standing, long inAll) {
    static final long UNLIMITED = Long.MAX_VALUE;
  }

  /** Why a turn was not given. */
  enum Refused {
    NOT_IN_TIME,
    INTERRUPTED
  }

  boolean isMine() {
    return holder == Thread.currentThread();
  }

  /** Who has the turn, or null. */
  @Nullable Thread holder() {
    return holder;
  }

  /** The innermost block that is open. */
  Block block() {
    return block;
  }

  /**
   * Takes the turn; the holder may take it again.
   *
   * @param mine the block that the calling code is in; null for what ends one, whatever is open
   *     inside
   * @param limit the longest wait
   * @param heedsInterrupts whether an interrupt ends the wait; else the flag is only kept
   * @return null if it was taken, and is to be {@link #leave left}
   */
  @Nullable Refused enter(@Nullable Block mine, Limit limit, boolean heedsInterrupts) {
    Thread me = Thread.currentThread();
    if (holder == me) {
      again++;
      return null;
    }
    if (waiting == 0 && isOpenTo(mine) && HOLDER.compareAndSet(this, null, me)) {
      if (isOpenTo(mine)) { // only the holder opens a block, so it stays so
        return null;
      }
      leave();
    }
    return await(new Waiter(mine), limit, heedsInterrupts);
  }

  private boolean isOpenTo(@Nullable Block mine) {
    return mine == null || mine == block;
  }

  private @Nullable Refused await(Waiter me, Limit limit, boolean heedsInterrupts) {
    long began = System.nanoTime();
    long standingSince = began;
    enqueue(me);
    boolean interrupted = false;
    Refused why = null;
    while (!me.served && why == null) {
      long now = System.nanoTime();
      long left = Math.min(limit.inAll - (now - began), limit.standing - (now - standingSince));
      if (now - began < limit.inAll && left <= 0 && (hasMoved(me) || isInACall(limit))) {
        standingSince = now;
      } else if (left <= 0) {
        why = Refused.NOT_IN_TIME;
      } else if (Thread.interrupted()) {
        interrupted = true;
        why = heedsInterrupts ? Refused.INTERRUPTED : null;
      } else {
        LockSupport.parkNanos(this, left);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return why == null || !givesUp(me) ? null : why;
  }

  private void enqueue(Waiter me) {
    lock.lock();
    try {
      me.ahead = queue.size();
      queue.add(me);
      waiting = queue.size();
      serveNext(); // the holder may have left before it could see that somebody waits
    } finally {
      lock.unlock();
    }
  }

  /** Whether fewer are ahead than when this was asked last. */
  private boolean hasMoved(Waiter me) {
    lock.lock();
    try {
      int before = me.ahead;
      me.ahead = ahead(me);
      return me.ahead < before;
    } finally {
      lock.unlock();
    }
  }

  private boolean isInACall(Limit limit) {
    return limit.inAll != Limit.UNLIMITED && holder != null;
  }

  private int ahead(Waiter me) {
    int ahead = 0;
    for (Waiter each : queue) {
      if (each == me) {
        break;
      }
      ahead++;
    }
    return ahead;
  }

  /** False if it was served meanwhile. */
  private boolean givesUp(Waiter me) {
    lock.lock();
    try {
      if (me.served) {
        return false;
      }
      queue.remove(me);
      waiting = queue.size();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the turn up. */
  void leave() {
    if (again > 0) {
      again--;
      return;
    }
    holder = null;
    if (waiting > 0) {
      serveWaiting();
    }
  }

  private void serveWaiting() {
    lock.lock();
    try {
      serveNext();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Serves the first that may have the turn. Where it is taken, whoever has it serves when leaving.
   */
  private void serveNext() {
    Waiter next = firstThatMay();
    while (next != null && HOLDER.compareAndSet(this, null, next.thread)) {
      if (isOpenTo(next.block)) {
        queue.remove(next);
        waiting = queue.size();
        next.served = true;
        LockSupport.unpark(next.thread);
        return;
      }
      holder = null; // one that had the turn meanwhile has opened a block
      next = firstThatMay();
    }
  }

  private @Nullable Waiter firstThatMay() {
    for (Waiter each : queue) {
      if (isOpenTo(each.block)) {
        return each;
      }
    }
    return null;
  }

  /** The holder opens a block inside the one that is open. */
  void open(Block inner) {
    block = inner;
  }

  /** The block has ended, and whatever is still open inside it; also without a turn. */
  void close(Block ended) {
    Block outer = ended.outer;
    if (outer == null) {
      return;
    }
    lock.lock();
    try {
      if (block.isInside(ended)) {
        block = outer.ofTurns();
        serveNext();
      }
    } finally {
      lock.unlock();
    }
  }
}
