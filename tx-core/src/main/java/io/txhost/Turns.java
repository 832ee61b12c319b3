package io.txhost;

import io.txhost.internal.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a transaction's connection now: one thread at a time, first come first served. While
 * a NESTED block is open only its own code and its children may; what is in the block around it
 * waits until it ends.
 *
 * <p>The turn is held across a driver's call. The lock is not: it guards the queue alone, and
 * neither is there while nobody has waited yet.
 *
 * <p><b>Threads:</b> safe for use by many. What the holder of a turn writes is seen by the next.
 */
// a layer of the transaction's object: one of its own would be 32 bytes more for each transaction
abstract non-sealed class Turns extends Block {
  private static final AtomicReferenceFieldUpdater<Turns, @Nullable Thread> HOLDER =
      AtomicReferenceFieldUpdater.newUpdater(Turns.class, Thread.class, "holder");
  private static final AtomicReferenceFieldUpdater<Turns, @Nullable Queue> QUEUE =
      AtomicReferenceFieldUpdater.newUpdater(Turns.class, Queue.class, "queue");
  private static final AtomicReferenceFieldUpdater<Turns, Block> INNERMOST =
      AtomicReferenceFieldUpdater.newUpdater(Turns.class, Block.class, "innermost");

  private volatile @Nullable Thread holder;
  private volatile @Nullable Queue queue;
  private volatile Block innermost;

  /** How often the holder has entered again. Only the holder uses it. */
  private int again;

  @SuppressWarnings("this-escape") // stored only
  Turns(HostSetup host, Frame outer, TransactionOptions options, @Nullable Deadline deadline) {
    super(host, outer, null, options, deadline);
    this.innermost = this;
  }

  @Override
  final @Nullable Block around() {
    return null;
  }

  @Override
  final Block ofTurns() {
    return this;
  }

  /** Those that wait; made when the first one has to. */
  private static final class Queue {
    final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    final Deque<Waiter> waiters = new ArrayDeque<>();

    volatile int length;

    void add(Waiter waiter) {
      waiters.add(waiter);
      length = waiters.size();
    }

    void remove(Waiter waiter) {
      waiters.remove(waiter);
      length = waiters.size();
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

  final boolean isMine() {
    return holder == Thread.currentThread();
  }

  /** Who has the turn, or null. */
  final @Nullable Thread holder() {
    return holder;
  }

  /** The innermost block that is open. */
  final Block innermost() {
    return innermost;
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
  final TurnWait.@Nullable Refused enter(
      @Nullable Block mine, TurnWait.Limit limit, boolean heedsInterrupts) {
    return entersAtOnce(mine) ? null : await(new Waiter(mine), limit, heedsInterrupts);
  }

  /** {@link #enter} where nobody has to wait; false where somebody may have to. */
  final boolean entersAtOnce(@Nullable Block mine) {
    Thread me = Thread.currentThread();
    if (holder == me) {
      again++;
      return true;
    }
    if (nobodyWaits() && isOpenTo(mine) && HOLDER.compareAndSet(this, null, me)) {
      if (isOpenTo(mine)) { // only the holder opens a block, so it stays so
        return true;
      }
      leave();
    }
    return false;
  }

  private boolean isOpenTo(@Nullable Block mine) {
    return mine == null || mine == innermost;
  }

  private boolean nobodyWaits() {
    Queue waiting = queue;
    return waiting == null || waiting.length == 0;
  }

  private Queue queue() {
    Queue present = queue;
    if (present != null) {
      return present;
    }
    QUEUE.compareAndSet(this, null, new Queue());
    return queue();
  }

  /** Told by a thread that is about to wait for its turn. */
  abstract void waiting();

  /** Told by a thread whose wait is over, whether it has the turn or not. */
  abstract void waited(long sinceNanos);

  private TurnWait.@Nullable Refused await(
      Waiter me, TurnWait.Limit limit, boolean heedsInterrupts) {
    waiting();
    long began = System.nanoTime();
    TurnWait.Refused why = await(me, limit, heedsInterrupts, began);
    waited(began);
    return why;
  }

  private TurnWait.@Nullable Refused await(
      Waiter me, TurnWait.Limit limit, boolean heedsInterrupts, long began) {
    long standingSince = began;
    Queue waiting = queue();
    enqueue(waiting, me);
    boolean interrupted = false;
    TurnWait.Refused why = null;
    while (!me.served && why == null) {
      long now = System.nanoTime();
      long left = Math.min(limit.inAll() - (now - began), limit.standing() - (now - standingSince));
      if (now - began < limit.inAll() && left <= 0 && (hasMoved(waiting, me) || isInACall(limit))) {
        standingSince = now;
      } else if (left <= 0) {
        why = TurnWait.Refused.NOT_IN_TIME;
      } else if (Thread.interrupted()) {
        interrupted = true;
        why = heedsInterrupts ? TurnWait.Refused.INTERRUPTED : null;
      } else {
        LockSupport.parkNanos(this, left);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return why == null || !givesUp(waiting, me) ? null : why;
  }

  private void enqueue(Queue waiting, Waiter me) {
    waiting.lock.lock();
    try {
      me.ahead = waiting.length;
      waiting.add(me);
      serveNext(waiting); // the holder may have left before it could see that somebody waits
    } finally {
      waiting.lock.unlock();
    }
  }

  /** Whether fewer are ahead than when this was asked last. */
  private static boolean hasMoved(Queue waiting, Waiter me) {
    waiting.lock.lock();
    try {
      int before = me.ahead;
      me.ahead = ahead(waiting, me);
      return me.ahead < before;
    } finally {
      waiting.lock.unlock();
    }
  }

  private boolean isInACall(TurnWait.Limit limit) {
    return limit.inAll() != TurnWait.Limit.UNLIMITED && holder != null;
  }

  private static int ahead(Queue waiting, Waiter me) {
    int ahead = 0;
    for (Waiter each : waiting.waiters) {
      if (each == me) {
        break;
      }
      ahead++;
    }
    return ahead;
  }

  /** False if it was served meanwhile. */
  private static boolean givesUp(Queue waiting, Waiter me) {
    waiting.lock.lock();
    try {
      if (me.served) {
        return false;
      }
      waiting.remove(me);
      return true;
    } finally {
      waiting.lock.unlock();
    }
  }

  /** What is said to one that was not given the turn. */
  final TransactionException refusal(
      String what, TurnWait.Refused why, @Nullable Deadline deadline) {
    return TurnWait.refused(what, this, holder, innermost.whoseTurn(), why, deadline);
  }

  /** Gives the turn up. */
  public final void leave() {
    if (again > 0) {
      again--;
      return;
    }
    holder = null;
    serveWaiting();
  }

  private void serveWaiting() {
    Queue waiting = queue;
    if (waiting == null || waiting.length == 0) {
      return;
    }
    waiting.lock.lock();
    try {
      serveNext(waiting);
    } finally {
      waiting.lock.unlock();
    }
  }

  /**
   * Serves the first that may have the turn. Where it is taken, whoever has it serves when leaving.
   */
  private void serveNext(Queue waiting) {
    Waiter next = firstThatMay(waiting);
    while (next != null && HOLDER.compareAndSet(this, null, next.thread)) {
      if (isOpenTo(next.block)) {
        waiting.remove(next);
        next.served = true;
        LockSupport.unpark(next.thread);
        return;
      }
      holder = null; // one that had the turn meanwhile has opened a block
      next = firstThatMay(waiting);
    }
  }

  private @Nullable Waiter firstThatMay(Queue waiting) {
    for (Waiter each : waiting.waiters) {
      if (isOpenTo(each.block)) {
        return each;
      }
    }
    return null;
  }

  /** The holder opens a block inside the one that is open. */
  final void open(Block inner) {
    innermost = inner;
  }

  /** The block has ended, and whatever is still open inside it; also without a turn. */
  final void close(Block ended) {
    Block outer = ended.around();
    if (outer == null) {
      return;
    }
    Block next = outer.ofTurns();
    for (Block open = innermost; open.isIn(ended); open = innermost) {
      if (INNERMOST.compareAndSet(this, open, next)) {
        serveWaiting();
        return;
      }
    }
  }
}
