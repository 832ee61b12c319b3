package io.txhost;

import io.txhost.internal.Bridge;
import io.txhost.internal.BridgedBoundary;
import io.txhost.internal.Carrier;
import io.txhost.internal.Crossing;
import io.txhost.internal.Ending;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A boundary that a bridge goes along with. It opens before the boundary is bound, and ends inside
 * it: what the bridge calls before the end is in the transaction, what it calls afterwards is
 * outside.
 *
 * <p><b>Threads:</b> confined to the boundary's.
 */
final class Crossed implements BridgedBoundary, Ending {
  private final Boundary boundary;
  private @Nullable Crossing crossing;
  private @Nullable Runnable how;
  private @Nullable Outside afterwards;
  private boolean ended;

  Crossed(Boundary boundary) {
    this.boundary = boundary;
  }

  /** Tells the bridge, if there is one; null if it has nothing to do. What fails undoes. */
  static @Nullable Crossed open(Boundary boundary) {
    Bridge bridge = boundary.host.bridge;
    return bridge == null ? null : open(bridge, boundary);
  }

  static @Nullable Crossed open(Bridge bridge, Boundary boundary) {
    Crossed crossed = new Crossed(boundary);
    try {
      crossed.crossing = bridge.opened(crossed);
    } catch (Throwable failure) {
      undoUnopened(boundary, failure);
      throw failure;
    }
    return crossed.crossing == null ? null : crossed;
  }

  private static void undoUnopened(Boundary boundary, Throwable failure) {
    try {
      boundary.undo();
    } catch (Throwable beside) {
      Failures.suppress(failure, beside);
    } finally {
      boundary.after();
    }
  }

  /** Runs the work in the boundary, and ends that. */
  <R extends @Nullable Object, X extends Throwable> R within(
      TransactionalCallable<? extends R, X> work) throws X {
    try {
      R result;
      try {
        result = Engine.<R, X>called(boundary, work);
      } catch (Throwable failure) {
        endBound(failure);
        throw failure;
      }
      Begun.bound(boundary, () -> end(boundary.keeps(), boundary::finish));
      return result;
    } finally {
      boundary.after();
    }
  }

  /** Runs the work with the boundary bound. Its end comes later, when its race is decided. */
  static <R extends @Nullable Object, X extends Throwable> R during(
      Racing racing, TransactionalCallable<? extends R, X> work) throws X {
    Crossed crossed = open(racing);
    if (crossed == null) {
      return Carrier.<R, X>call(racing, work::call);
    }
    boolean returned = false;
    try {
      R result = Carrier.<R, X>call(racing, work::call);
      returned = true;
      return result;
    } finally {
      boolean keeps = returned;
      Begun.bound(racing, () -> crossed.end(keeps, () -> {}));
    }
  }

  private void endBound(Throwable failure) {
    boolean keeps = boundary.keepsDespite(failure);
    try {
      Begun.bound(boundary, () -> end(keeps, () -> boundary.fail(failure)));
    } catch (Throwable beside) {
      if (keeps) {
        Failures.suppress(beside, failure);
        throw beside;
      }
      Failures.suppress(failure, beside);
    }
  }

  /**
   * Ends the boundary, which is current.
   *
   * @param keeps whether it is to be kept
   * @param howTo what the host itself does to end it
   */
  void end(boolean keeps, Runnable howTo) {
    how = howTo;
    try {
      Objects.requireNonNull(crossing).end(keeps, this);
    } catch (Throwable failure) {
      undoLeft(failure);
      throw failure;
    } finally {
      comeBack();
    }
    if (!ended) {
      undo();
      comeBack();
    }
  }

  private void undoLeft(Throwable failure) {
    if (!ended) {
      try {
        undo();
      } catch (Throwable beside) {
        Failures.suppress(failure, beside);
      }
    }
  }

  // ---- what ends it

  @Override
  public void run() {
    end(Objects.requireNonNull(how));
  }

  @Override
  public void undo() {
    end(boundary::undo);
  }

  private void end(Runnable end) {
    if (ended) {
      throw new IllegalStateException(boundary.shown() + " was ended before.");
    }
    ended = true;
    try {
      end.run();
    } finally {
      goOut();
    }
  }

  /** What is called from here on is outside, as the host's own hooks are. */
  private void goOut() {
    if (boundary instanceof Begun begun) {
      Outside outside = begun.afterwards();
      Carrier.install(outside);
      afterwards = outside;
    }
  }

  private void comeBack() {
    Outside outside = afterwards;
    afterwards = null;
    if (outside != null) {
      RuntimeException leftOpen = Carrier.uninstallWhole(outside);
      if (leftOpen != null) {
        failedAfter(leftOpen);
      }
    }
  }

  @Override
  public void failedAfter(Throwable failure) {
    if (boundary instanceof Begun begun) {
      begun.hookFailed(failure);
    }
  }

  // ---- what it is

  @Override
  public Kind kind() {
    if (boundary instanceof Inside inside && inside.tasks() != null) {
      return Kind.TASK;
    }
    if (boundary instanceof Begun) {
      return Kind.BEGUN;
    }
    if (boundary instanceof Nested) {
      return Kind.NESTED;
    }
    return boundary.permitsFallback() ? Kind.WITHOUT : Kind.OTHER;
  }

  @Override
  public String name() {
    return boundary.label();
  }

  @Override
  public boolean isReadOnly() {
    return boundary instanceof Inside inside && inside.transaction.isReadOnly();
  }

  @Override
  public String isolation() {
    return boundary instanceof Inside inside
        ? inside.transaction.asked.isolation().name()
        : Isolation.DEFAULT.name();
  }

  @Override
  public @Nullable Duration remaining() {
    return boundary.deadline == null ? null : boundary.deadline.remaining();
  }

  @Override
  public boolean isDoomed() {
    return boundary instanceof Inside inside && inside.isDoomed();
  }

  @Override
  public @Nullable Object transaction() {
    return boundary instanceof Inside inside ? inside.transaction : null;
  }

  @Override
  public End end() {
    Phase phase = boundary instanceof Inside inside ? inside.transaction.phase() : Phase.ACTIVE;
    return switch (phase) {
      case ACTIVE, LOST -> End.OPEN;
      case COMMITTED -> End.COMMITTED;
      case ROLLED_BACK -> End.ROLLED_BACK;
      case UNKNOWN -> End.UNKNOWN;
    };
  }

  @Override
  public void runBeforeCommit() {
    if (boundary instanceof Begun begun && !begun.isDoomed()) {
      begun.drainBeforeCommit();
    }
  }

  @Override
  public String toString() {
    return boundary.shown();
  }
}
