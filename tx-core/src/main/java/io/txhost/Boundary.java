package io.txhost;

import io.txhost.internal.DetachedFrame;
import io.txhost.internal.Frame;
import io.txhost.spi.ThreadName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One boundary that binds a frame: a transaction, a NESTED block, code without a transaction, or
 * any that is ended by hand. Each kind knows how it ends.
 *
 * <p>Ended once, by {@link #finish}, {@link #undo} or {@link #fail}; then {@link #after} comes.
 */
abstract sealed class Boundary extends Frame permits Inside, Outside {
  final HostSetup host;

  /** What is in force inside: the soonest of its own and those around. */
  final @Nullable Deadline deadline;

  /** What ends it, if that is done by hand. */
  @Nullable ManualBoundary manual;

  /**
   * What was found around it, of other hosts. Plain, since what is written by one thread and not
   * seen by another is found again.
   */
  private @Nullable Around around;

  /**
   * What a search from a boundary has found.
   *
   * @param host of which
   * @param nearest its nearest frame, if there is one
   * @param next what was found before
   */
  private record Around(HostSetup host, @Nullable Frame nearest, @Nullable Around next) {}

  Boundary(HostSetup host, Frame outer, @Nullable Object context, @Nullable Deadline deadline) {
    super(outer, context, true);
    this.host = host;
    this.deadline = deadline;
  }

  /**
   * The nearest frame of the host from here outwards. Searched for once: around a boundary nothing
   * changes while it is current.
   */
  final @Nullable Frame nearest(HostSetup asked) {
    if (asked == host) {
      return this;
    }
    for (Around found = around; found != null; found = found.next) {
      if (found.host == asked) {
        return found.nearest;
      }
    }
    Frame nearest = search(asked);
    around = new Around(asked, nearest, around);
    return nearest;
  }

  private @Nullable Frame search(HostSetup asked) {
    Frame frame = outerBoundary();
    while (frame != null) {
      if (frame instanceof DetachedFrame detached) {
        return detached.of(asked) == null ? null : frame;
      }
      if (frame instanceof Boundary boundary && boundary.host == asked) {
        return frame;
      }
      frame = frame.outerBoundary();
    }
    return null;
  }

  /** What was given, or where it comes from. */
  abstract String label();

  /** Whether it runs without a transaction and says so. */
  boolean permitsFallback() {
    return false;
  }

  /** What a boundary that is entered inside finds. */
  abstract Found found();

  /** Whether {@link #finish} is to keep it, unless something speaks against it. */
  abstract boolean keeps();

  /** Whether {@link #fail} is to keep it all the same. */
  abstract boolean keepsDespite(Throwable failure);

  /** Ends it: its work returned normally. */
  abstract void finish();

  /** Undoes it, because its own code asked for it. */
  abstract void undo();

  /**
   * Ends it: its work failed. Returns normally if the failure is to be thrown; what goes wrong
   * meanwhile is suppressed in it.
   */
  abstract void fail(Throwable failure);

  /** Ends what an Error, a stack overflow say, has kept from its end. No hook runs. */
  void endAnyhow(Throwable failure) {}

  /** What comes after the end, whatever it was. The boundary's frame is no longer current. */
  abstract void after();

  final boolean isOwnedByThisThread() {
    return owner() == Thread.currentThread();
  }

  /** For messages. */
  final String onThread() {
    return " on thread " + threadName();
  }

  final String threadName() {
    return ThreadName.of(Objects.requireNonNull(owner()));
  }

  /** Where it was opened by hand, with diagnostics on. */
  final @Nullable Throwable openedAt() {
    return manual == null ? null : manual.openedAt();
  }

  @Override
  public RuntimeException leftOpenIn(Frame around) {
    return Refusals.leftOpen(around.shown(), around instanceof Boundary, shown(), openedAt());
  }

  @Override
  public boolean abandon(Throwable failure) {
    if (manual == null) {
      return super.abandon(failure);
    }
    manual.abandon(failure);
    return true;
  }
}
