package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.spi.AdapterTransaction;
import java.util.ArrayList;
import java.util.List;

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

  private static void addOnce(List<AdapterTransaction<?>> found, AdapterTransaction<?> next) {
    for (AdapterTransaction<?> each : found) {
      if (each == next) {
        return;
      }
    }
    found.add(next);
  }
}
