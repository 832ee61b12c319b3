package io.txhost;

import io.txhost.internal.CapturedTransaction;
import io.txhost.spi.DetachedUse;
import org.jspecify.annotations.Nullable;

/** Tells a host's listeners of what is refused to work that fell out of a transaction. */
final class DetachedUses {
  private DetachedUses() {}

  /**
   * The refusal, of which the listeners have heard.
   *
   * @param what is refused
   * @param captured what was captured with the work
   */
  static TransactionException refused(
      String what, HostSetup host, @Nullable CapturedTransaction captured) {
    Audience audience = host.listeners.audience();
    if (captured != null && !audience.isEmpty()) {
      Use use =
          new Use(host.name, what, captured.boundary(), captured.transaction(), captured.thread());
      audience.tell(listener -> listener.detached(use));
    }
    return Refusals.detached(what, host, captured);
  }

  private record Use(
      String host, String what, String boundary, @Nullable String transaction, String from)
      implements DetachedUse {}
}
