package io.txhost;

import io.txhost.spi.TransactionListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of one host. Their failures are logged and change nothing. */
final class Listeners {
  private static final System.Logger LOG = System.getLogger("io.txhost");

  private final TransactionListener[] all;

  /** Set while they are told something on this thread. */
  private final ThreadLocal<@Nullable Boolean> telling = new ThreadLocal<>();

  /** Whether they were ever told anything: before, no thread needs a cell for it. */
  private volatile boolean haveBeenTold;

  /** Of the transaction that began last: mostly the same listeners hear of the next. */
  private volatile Audience last = new Audience(this, new TransactionListener[0]);

  Listeners(List<TransactionListener> all) {
    this.all = all.toArray(TransactionListener[]::new);
  }

  /** Whether there are none at all, enabled or not. */
  boolean isEmpty() {
    return all.length == 0;
  }

  /** Those that hear of what begins now. */
  Audience audience() {
    Audience before = last;
    return before.isStill(all) ? before : anew();
  }

  private Audience anew() {
    List<TransactionListener> enabled = new ArrayList<>(all.length);
    for (TransactionListener each : all) {
      if (isEnabled(each)) {
        enabled.add(each);
      }
    }
    Audience now = new Audience(this, enabled.toArray(TransactionListener[]::new));
    last = now;
    return now;
  }

  static boolean isEnabled(TransactionListener listener) {
    try {
      return listener.isEnabled();
    } catch (Throwable failure) {
      failed(listener, failure);
      return false;
    }
  }

  /** Called by an {@link Audience}, for those of it. */
  void tell(TransactionListener[] those, Consumer<TransactionListener> event) {
    if (!haveBeenTold) {
      haveBeenTold = true;
    }
    boolean isOutermost = telling.get() == null;
    telling.set(true);
    try {
      tellEach(those, event);
    } finally {
      if (isOutermost) {
        telling.remove();
      }
    }
  }

  /** Whether they are told something on this thread. */
  boolean areTold() {
    return haveBeenTold && telling.get() != null;
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

  private static void tellEach(TransactionListener[] those, Consumer<TransactionListener> event) {
    for (TransactionListener listener : those) {
      try {
        event.accept(listener);
      } catch (Throwable failure) {
        failed(listener, failure);
      }
    }
  }

  private static void failed(TransactionListener listener, Throwable failure) {
    LOG.log(
        System.Logger.Level.WARNING,
        "TXH-403 A listener failed, which changes nothing: " + listener.getClass().getName(),
        failure);
  }

  /**
   * Says in the log that a hook has failed after the end.
   *
   * @param outcome of the transaction
   */
  static void hookFailed(Object transaction, Object outcome, Throwable failure) {
    LOG.log(
        System.Logger.Level.ERROR,
        "TXH-404 A hook of "
            + transaction
            + " failed after its end; the outcome "
            + outcome
            + " stands",
        failure);
  }
}
