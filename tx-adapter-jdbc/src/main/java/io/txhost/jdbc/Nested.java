package io.txhost.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who waits inside of a boundary, before the gates of all pools, the oldest first. Only where a
 * boundary around has a connection can they wait for themselves: then the newest of them is
 * refused.
 */
final class Nested {
  private static final ReentrantLock LOCK = new ReentrantLock(); // guards what follows

  /** Inside of a boundary that has a connection. */
  private static final Set<Waiter> HOLDING = new LinkedHashSet<>();

  /** Inside of boundaries that have none yet. */
  private static final Set<Waiter> OTHERS = new LinkedHashSet<>();

  private Nested() {}

  /** The waiter begins to wait. */
  static void enter(Waiter waiter) {
    waiter.around().forEach(Holder::waitedIn); // before it is looked at: it may acquire next
    LOCK.lock();
    try {
      if (waiter.isHolding()) {
        begin(waiter);
        refuseStuck();
      } else { // whose wait keeps nobody from a connection
        OTHERS.add(waiter);
      }
    } finally {
      LOCK.unlock();
    }
  }

  private static void begin(Waiter waiter) {
    HOLDING.add(waiter);
    waiter.pool().moveUp(waiter);
  }

  static void leave(Waiter waiter) {
    LOCK.lock();
    try {
      HOLDING.remove(waiter);
      OTHERS.remove(waiter);
    } finally {
      LOCK.unlock();
    }
  }

  /** A boundary that somebody has waited in has taken a connection. */
  static void hasTaken() {
    LOCK.lock();
    try {
      List<Waiter> moved = new ArrayList<>(OTHERS);
      moved.removeIf(each -> !each.isHolding());
      moved.forEach(OTHERS::remove);
      moved.forEach(Nested::begin);
      refuseStuck();
    } finally {
      LOCK.unlock();
    }
  }

  private static void refuseStuck() {
    List<Waiter> stuck = stuck();
    while (!stuck.isEmpty()) {
      Waiter newest = stuck.get(stuck.size() - 1);
      newest.refuse(
          Refusals.waitsForItself(
              newest.toString(),
              newest.pool().toString(),
              newest.pool().most(),
              holdersAround(stuck)));
      stuck = stuck();
    }
  }

  /** Each once, with the first that waits in it. */
  private static Collection<String> holdersAround(List<Waiter> stuck) {
    Map<Holder, String> said = new LinkedHashMap<>();
    for (Waiter waiter : stuck) {
      for (Holder each : waiter.around()) {
        Gate held = each.held();
        if (held != null) {
          said.putIfAbsent(each, each + " holds 1 of " + held + " and waits in " + waiter);
        }
      }
    }
    return said.values();
  }

  private static List<Waiter> stuck() {
    List<Waiter> waiting = new ArrayList<>(HOLDING);
    waiting.removeIf(each -> !each.isWaiting());
    return List.copyOf(Stuck.of(waiting, Holder::held, Gate::most));
  }
}
