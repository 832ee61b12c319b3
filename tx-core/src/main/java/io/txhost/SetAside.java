package io.txhost;

import io.txhost.internal.Frame;
import org.jspecify.annotations.Nullable;

/** Tells a host's listeners of the transaction that another boundary sets aside. */
final class SetAside {
  private SetAside() {}

  /**
   * By a boundary that is being opened.
   *
   * @param nearest what is around it
   */
  static void by(@Nullable Frame nearest) {
    if (nearest instanceof Inside outer && outer.transaction.isObserved()) {
      ActiveTransaction aside = outer.transaction;
      aside.tell(listener -> listener.setAside(aside));
    }
  }

  /** The boundary that had set it aside has ended. */
  static void resumed(HostSetup host) {
    if (!host.listeners.isEmpty()
        && Lookup.nearest(host) instanceof Inside outer
        && outer.transaction.isObserved()) {
      ActiveTransaction resumed = outer.transaction;
      resumed.tell(listener -> listener.resumed(resumed));
    }
  }
}
