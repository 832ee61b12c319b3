package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.AdapterTransaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The transactions that the calling code is inside of: they wait for it. */
final class Surroundings {
  private Surroundings() {}

  /**
   * Those of all hosts, each once. Also those that captured work does not see where it runs inside
   * of them, on the thread of another boundary.
   */
  static List<AdapterTransaction<?>> ofThisCode() {
    List<AdapterTransaction<?>> found = new ArrayList<>(2);
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Inside inside) {
        addOnce(found, inside.transaction.adapterTransaction);
      }
    }
    return found;
  }

  /**
   * The innermost boundary of the transaction, or null. Mostly it is what is nearest of its host;
   * where that hides it, it lies further out.
   *
   * @param nearest of its host
   */
  static @Nullable Inside innermostOf(ActiveTransaction transaction, @Nullable Frame nearest) {
    return nearest instanceof Inside inside && inside.transaction == transaction
        ? inside
        : innermostOf(transaction);
  }

  private static @Nullable Inside innermostOf(ActiveTransaction transaction) {
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Inside inside && inside.transaction == transaction) {
        return inside;
      }
    }
    return null;
  }

  /** How many connections the host's have. */
  static int held(HostSetup host) {
    int held = 0;
    ActiveTransaction counted = null;
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Inside inside && inside.host == host && inside.transaction != counted) {
        counted = inside.transaction;
        held += counted.holding ? 1 : 0;
      }
    }
    return held;
  }

  private static void addOnce(List<AdapterTransaction<?>> found, AdapterTransaction<?> next) {
    for (AdapterTransaction<?> each : found) {
      if (each == next) {
        return;
      }
    }
    found.add(next);
  }
}
