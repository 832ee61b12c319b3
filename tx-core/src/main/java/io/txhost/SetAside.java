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
  static void by(HostSetup host, @Nullable Frame nearest) {
    if (!host.listeners.isEmpty() && nearest instanceof Inside outer) {
      host.listeners.tell(listener -> listener.setAside(outer.transaction));
    }
  }

  /** The boundary that had set it aside has ended. */
  static void resumed(HostSetup host) {
    if (!host.listeners.isEmpty() && Lookup.nearest(host) instanceof Inside outer) {
      host.listeners.tell(listener -> listener.resumed(outer.transaction));
    }
  }
}
