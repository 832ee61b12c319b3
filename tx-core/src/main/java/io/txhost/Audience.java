package io.txhost;

import io.txhost.spi.TransactionListener;
import java.util.function.Consumer;

/**
 * Those of a host's listeners that hear of one transaction: all that were enabled when it began. A
 * listener hears of the whole transaction or of nothing.
 */
final class Audience {
  private final Listeners listeners;
  private final TransactionListener[] those;

  Audience(Listeners listeners, TransactionListener[] those) {
    this.listeners = listeners;
    this.those = those;
  }

  /** Asked before a message is put together. */
  boolean isEmpty() {
    return those.length == 0;
  }

  void tell(Consumer<TransactionListener> event) {
    if (those.length > 0) {
      listeners.tell(those, event);
    }
  }

  /** Whether just these of all are enabled now: then the next transaction has the same audience. */
  boolean isStill(TransactionListener[] all) {
    int next = 0;
    for (TransactionListener each : all) {
      if (Listeners.isEnabled(each)) {
        if (next == those.length || those[next] != each) {
          return false;
        }
        next++;
      }
    }
    return next == those.length;
  }
}
