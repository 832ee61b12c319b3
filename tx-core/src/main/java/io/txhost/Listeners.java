package io.txhost;

import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of one host. Their failures are logged and change nothing. */
final class Listeners {
  private static final System.Logger LOG = System.getLogger("io.txhost");

  private final TransactionListener[] all;

  /** Set while they are told something on this thread. */
  private final ThreadLocal<@Nullable Boolean> telling = new ThreadLocal<>();

  Listeners(List<TransactionListener> all) {
    this.all = all.toArray(TransactionListener[]::new);
  }

  /** Asked before a message is put together. */
  boolean isEmpty() {
    return all.length == 0;
  }

  void tell(Consumer<TransactionListener> event) {
    if (all.length == 0) {
      return;
    }
    boolean isOutermost = telling.get() == null;
    telling.set(true);
    try {
      tellEach(event);
    } finally {
      if (isOutermost) {
        telling.remove();
      }
    }
  }

  /** Whether they are told something on this thread. */
  boolean areTold() {
    return all.length > 0 && telling.get() != null;
  }

  /**
   * Refuses what a listener asks the host for: it is told of a change that is under way, so what is
   * active there is not yet, or no longer, what the event says.
   */
  void refuseInside(String what, Object host) {
    if (areTold()) {
      throw Refusals.insideListener(what, host);
    }
  }

  private void tellEach(Consumer<TransactionListener> event) {
    for (TransactionListener listener : all) {
      try {
        event.accept(listener);
      } catch (Throwable failure) {
        LOG.log(
            System.Logger.Level.WARNING,
            "TXH-403 A listener failed, which changes nothing: " + listener.getClass().getName(),
            failure);
      }
    }
  }

  /**
   * @param outcome of the transaction, for the message
   */
  void hookFailed(TransactionInfo transaction, Object outcome, Throwable failure) {
    LOG.log(
        System.Logger.Level.ERROR,
        "TXH-404 A hook of "
            + transaction
            + " failed after its end; the outcome "
            + outcome
            + " stands",
        failure);
    tell(listener -> listener.hookFailed(transaction, failure));
  }
}
