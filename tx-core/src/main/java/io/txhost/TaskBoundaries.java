package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The boundaries of tasks: in each of the transactions that the caller's tasks share. */
final class TaskBoundaries {
  private static final TransactionOptions JOINING =
      TransactionOptions.defaults().propagation(Propagation.REQUIRED);

  private TaskBoundaries() {}

  /**
   * The boundaries of the transactions that tasks share, this host's first if it has one: a task is
   * a child in those of other hosts too, and cancelled and given up there as well. One that this
   * thread may not use is none that its tasks share; they are refused there as it is.
   */
  static List<Inside> sharedHere(HostSetup host, Engine engine, String what) {
    host.listeners.refuseInside(what, host);
    List<Inside> shared = new ArrayList<>(1);
    if (Lookup.nearest(host) instanceof Inside own) {
      Step unused = engine.decide(JOINING.name(what), own); // or refuse
      if (!own.transaction.isSharable()) {
        throw own.unsharable(what);
      }
      shared.add(own);
    }
    for (HostSetup other : hostsHere()) {
      if (other != host && Lookup.nearest(other) instanceof Inside active && isShared(active)) {
        shared.add(active);
      }
    }
    return shared;
  }

  private static boolean isShared(Inside active) {
    return !active.transaction.isOver()
        && active.transaction.isSharable()
        && !Carrier.forkedUnderOverlay(active);
  }

  private static Set<HostSetup> hostsHere() {
    Set<HostSetup> hosts = new LinkedHashSet<>();
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Boundary boundary) {
        hosts.add(boundary.host);
      }
    }
    return hosts;
  }

  /** Runs a task as a boundary that has joined each of the transactions. */
  static <R extends @Nullable Object, X extends Throwable> R joining(
      List<Inside> shared, Tasks tasks, int task, TransactionalCallable<? extends R, X> work)
      throws X {
    if (shared.isEmpty()) {
      return work.call();
    }
    Joined joined = Joined.open(shared.get(0), JOINING.name(tasks.nameOf(task)), tasks);
    List<Inside> others = shared.subList(1, shared.size());
    return Engine.<R, X>within(
        joined, () -> TaskBoundaries.<R, X>joining(others, tasks, task, work));
  }

  /**
   * Runs a task of a race: what it marks and registers is its own until it has won. What a loser
   * has written cannot be told from what the winner has: then nothing is kept.
   */
  static <R extends @Nullable Object, X extends Throwable> R racing(
      List<Inside> shared,
      Parallel<?, ?> race,
      int task,
      TransactionalCallable<? extends R, X> work)
      throws X {
    List<Racing> racing = new ArrayList<>(shared.size());
    boolean won = false;
    Throwable failure = null;
    try {
      R result = TaskBoundaries.<R, X>bindingEach(shared, racing, race, task, work);
      won = race.wins(task);
      return result;
    } catch (Throwable thrown) {
      failure = thrown;
      throw thrown;
    } finally {
      for (Racing each : racing) {
        each.settle(won, task, failure);
      }
    }
  }

  /**
   * @param racing what was bound so far, outermost first
   */
  private static <R extends @Nullable Object, X extends Throwable> R bindingEach(
      List<Inside> shared,
      List<Racing> racing,
      Tasks race,
      int task,
      TransactionalCallable<? extends R, X> work)
      throws X {
    if (racing.size() == shared.size()) {
      return work.call();
    }
    TransactionOptions asked = JOINING.name(race.nameOf(task));
    Racing bound = new Racing(shared.get(racing.size()), asked, race);
    racing.add(bound);
    bound.tellJoined(asked);
    R result =
        Crossed.<R, X>during(
            bound, () -> TaskBoundaries.<R, X>bindingEach(shared, racing, race, task, work));
    bound.refuseWhereFailed(result);
    return result;
  }
}
