package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code inParallel} or {@code anyInParallel}: tasks on threads of their own, inside
 * whatever the caller is in.
 *
 * <p>Cancelled, it begins no further task, and those that run are refused at what they next ask of
 * the caller's transaction. Nobody is interrupted: inside a call of the driver that would cost
 * everybody the connection.
 *
 * @param <R> the results' type
 * @param <X> what the tasks may throw
 */
final class Parallel<R extends @Nullable Object, X extends Throwable> implements Tasks {
  /** Of tasks that do not end; a stack costs. */
  private static final int NAMED = 3;

  private final List<TransactionalCallable<? extends R, X>> tasks;
  private final Frame around = Carrier.current();
  private final LoggedValues logged = LoggedValues.ofThisThread();
  private final List<Inside> shared;
  private final @Nullable Deadline deadline;
  private final boolean isRace;
  private final String name;
  private final int mostAtOnce;

  /** How many threads were started. The caller's, as all that starts them. */
  private int started;

  private final AtomicInteger next = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by the lock
  private final @Nullable Object[] results;
  private final @Nullable Thread[] running;
  private final List<Throwable> alsoFailed = new ArrayList<>(0);
  private int won = -1;
  private @Nullable Throwable firstFailure;
  private int ended;

  private volatile boolean cancelled;
  private volatile boolean givenUp;

  /**
   * To be run by the calling thread.
   *
   * @param host names the host, where there is no transaction
   * @param shared the boundaries of the active transactions that the tasks share, of all hosts
   */
  Parallel(
      String host,
      Collection<? extends TransactionalCallable<? extends R, X>> tasks,
      List<Inside> shared,
      boolean isRace) {
    this.tasks = List.copyOf(tasks);
    this.shared = shared;
    this.deadline = shared.stream().map(each -> each.deadline).reduce(null, Deadline::sooner);
    this.isRace = isRace;
    this.name =
        (isRace ? "anyInParallel in " : "inParallel in ")
            + (shared.isEmpty() ? host : shared.get(0).shown());
    this.mostAtOnce = TaskThreads.most(this.tasks.size());
    this.results = new @Nullable Object[this.tasks.size()];
    this.running = new @Nullable Thread[this.tasks.size()];
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public boolean isGivenUp() {
    return givenUp;
  }

  List<R> all() throws X {
    run();
    return results();
  }

  R any() throws X {
    run();
    return results().get(won);
  }

  /** Returns where there is a result. */
  private void run() throws X {
    if (deadline != null && deadline.isPast()) {
      throw deadline.exceeded(name);
    }
    if (Thread.currentThread().isInterrupted()) { // as what waits, whether or not it had to
      throw interrupted();
    }
    start(0); // without the lock, which they take
    boolean wasInterrupted = awaitAll();
    lock.lock();
    try {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
      if (ended < tasks.size()) {
        throw giveUp();
      }
      if (wasInterrupted) {
        throw interrupted();
      }
      if (firstFailure != null && won < 0) {
        throw failed(firstFailure);
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("unchecked") // only what the tasks returned is in there
  private List<R> results() {
    return Collections.unmodifiableList((List<R>) Arrays.asList(results));
  }

  // ---- the tasks' threads

  /**
   * As many as may run at once; by the caller's thread, since a new one takes over what is
   * inheritable of its maker.
   *
   * @param over how many have ended
   */
  private void start(int over) {
    try {
      while (started < tasks.size() && started - over < mostAtOnce) {
        started++;
        TaskThreads.start(this::work);
      }
    } catch (Throwable failure) { // out of memory, or of threads
      startFailed(failure);
    }
  }

  private void startFailed(Throwable failure) {
    lock.lock();
    try {
      fail(failure);
      if (!isRace) { // one that never ran has lost, and has done nothing
        mark(failure);
      }
      skipTheRest();
    } finally {
      lock.unlock();
    }
  }

  /** Those that no thread has taken, and none will. */
  private void skipTheRest() {
    int taken = Math.min(next.getAndSet(tasks.size()), tasks.size());
    ended += tasks.size() - taken;
    started = tasks.size();
    changed.signalAll();
  }

  /** One task: what it leaves on its thread, an interrupt say, is not for the next to find. */
  private void work() {
    int task = next.getAndIncrement();
    if (task < tasks.size()) {
      run(task);
    }
  }

  private void run(int task) {
    Throwable failure = null;
    Object result = null;
    try {
      Thread me = Thread.currentThread();
      me.setName(nameOf(task));
      logged.setOnThisThread();
      if (begins(task, me)) {
        result = Carrier.<R, X>call(new Frame(around, around.context()), () -> body(task));
        if (isRace && shared.isEmpty()) {
          wins(task);
        }
      }
    } catch (Throwable thrown) {
      failure = thrown;
    } finally {
      end(task, result, failure);
    }
  }

  /** In a transaction the task is a boundary that has joined. */
  private R body(int task) throws X {
    for (Inside each : shared) { // cancelled by what is around all of this
      each.refuseCancelled(nameOf(task));
    }
    TransactionalCallable<? extends R, X> work = tasks.get(task);
    return isRace && !shared.isEmpty()
        ? TaskBoundaries.<R, X>racing(shared, this, task, work)
        : TaskBoundaries.<R, X>joining(shared, this, task, work);
  }

  @Override
  public String nameOf(int task) {
    return "task " + (task + 1) + (isRace ? " of anyInParallel" : " of inParallel");
  }

  /**
   * Whether the task, which has succeeded, is the first of a race; the others are cancelled then.
   */
  boolean wins(int task) {
    lock.lock();
    try {
      if (won >= 0 || cancelled) {
        return false;
      }
      won = task;
      cancelled = true;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean begins(int task, Thread thread) {
    lock.lock();
    try {
      if (!cancelled) {
        running[task] = thread;
      }
      return !cancelled;
    } finally {
      lock.unlock();
    }
  }

  private void end(int task, @Nullable Object result, @Nullable Throwable failure) {
    lock.lock();
    try {
      running[task] = null;
      results[task] = result;
      ended++;
      if (failure != null || ended == tasks.size() || mostAtOnce < tasks.size()) {
        changed.signalAll(); // they wait for the lock: and for what fail(..) makes of it
      }
      if (failure != null) {
        fail(failure);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A sibling that is refused because the failure has marked the block, or lost the transaction,
   * may end before the task that failed: the failure counts as the first all the same.
   */
  private void fail(Throwable failure) {
    cancelled |= !isRace;
    Throwable first = firstFailure;
    boolean saysNothingNew =
        first != null && (failure == first || Failures.isBecauseOf(first, failure));
    if (first == null || (!saysNothingNew && Failures.isBecauseOf(failure, first))) {
      firstFailure = failure;
    } else if (!saysNothingNew && !Failures.isCancelled(failure)) {
      alsoFailed.add(failure);
    }
  }

  // ---- the caller

  /**
   * Until all have ended; without a deadline as long as it takes, but once cancelled no longer than
   * {@link TurnWait#LONGEST}.
   *
   * @return whether the caller was interrupted
   */
  private boolean awaitAll() {
    boolean wasInterrupted = false;
    long cancelledAt = 0;
    lock.lock();
    try {
      while (ended < tasks.size()) {
        if (cancelled && cancelledAt == 0) {
          cancelledAt = System.nanoTime();
          skipTheRest();
          continue; // those that are left may have been all
        }
        start(ended);
        long left = left(cancelledAt);
        if (left <= 0) {
          return wasInterrupted;
        }
        try {
          changed.awaitNanos(left);
        } catch (InterruptedException e) {
          wasInterrupted = true;
          cancelled = true;
        }
      }
      return wasInterrupted;
    } finally {
      lock.unlock();
    }
  }

  private long left(long cancelledAt) {
    long left = TimeUnit.DAYS.toNanos(365);
    if (deadline != null) {
      left = deadline.remaining().toNanos();
    }
    return cancelledAt == 0
        ? left
        : Math.min(left, cancelledAt + TurnWait.LONGEST.toNanos() - System.nanoTime());
  }

  /** The same object: whoever knows it by its type need not look into ours. */
  @SuppressWarnings("unchecked") // tasks throw X, or what is unchecked
  private X failed(Throwable first) {
    alsoFailed.forEach(other -> Failures.suppress(first, other));
    return (X) first;
  }

  private TransactionException interrupted() {
    return marking(SharingRefusals.interruptedParallel(name));
  }

  /** Some tasks may have done their work and others not: nothing of it may be kept. */
  private void mark(Throwable failure) {
    for (Inside each : shared) {
      each.block().joinerFailed(name, failure);
    }
  }

  /** With what failed meanwhile beside it. */
  private TransactionException marking(TransactionException thrown) {
    if (firstFailure != null) {
      Failures.suppress(thrown, firstFailure);
    }
    alsoFailed.forEach(other -> Failures.suppress(thrown, other));
    mark(thrown);
    return thrown;
  }

  private TransactionException giveUp() {
    cancelled = true;
    givenUp = true;
    around.keepAround(); // those that go on are still inside
    return marking(noAnswer());
  }

  private TransactionException noAnswer() {
    List<Throwable> where = new ArrayList<>(NAMED);
    StringBuilder who = new StringBuilder();
    int more = 0;
    for (int i = 0; i < running.length; i++) {
      Thread thread = running[i];
      if (thread != null && where.size() < NAMED) {
        who.append(who.isEmpty() ? "task " : ", ").append(i + 1);
        where.add(TurnWait.whereIs(thread));
      } else if (thread != null) {
        more++;
      }
    }
    if (more > 0) {
      who.append(" and ").append(more).append(" more");
    }
    TransactionException thrown =
        deadline != null && deadline.isPast()
            ? deadline.exceeded(name + ", where " + who + " did not end")
            : SharingRefusals.noAnswer(name, who.toString(), TurnWait.LONGEST.toSeconds());
    where.forEach(thrown::addSuppressed);
    return thrown;
  }

  @Override
  public String toString() {
    return name;
  }
}
