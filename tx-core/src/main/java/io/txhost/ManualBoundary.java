package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import org.jspecify.annotations.Nullable;

/** A boundary that is ended by hand. Its frame is installed from its opening to its end. */
final class ManualBoundary implements ManualTransaction {
  private final Boundary boundary;
  private final @Nullable Throwable openedAt;
  private boolean ended;

  private ManualBoundary(Boundary boundary) {
    this.boundary = boundary;
    this.openedAt = Diagnostics.isOn() ? Diagnostics.here(boundary.shown()) : null;
  }

  /** Installs the boundary, which was opened for this. */
  static ManualBoundary install(Boundary boundary) {
    ManualBoundary manual = new ManualBoundary(boundary);
    boundary.manual = manual;
    Carrier.install(boundary);
    return manual;
  }

  /** Where it was opened, with diagnostics on. */
  @Nullable Throwable openedAt() {
    return openedAt;
  }

  @Override
  public void commit() {
    end("commit()", boundary::finish);
  }

  @Override
  public void rollback() {
    end("rollback()", boundary::undo);
  }

  @Override
  public void close() {
    if (!ended) {
      end("close()", boundary::undo);
    }
  }

  private void end(String what, Runnable how) {
    refuse(what);
    ended = true;
    try {
      endCurrent(how);
    } finally {
      boundary.after();
    }
  }

  private void endCurrent(Runnable how) {
    try {
      how.run();
    } finally {
      Carrier.uninstall(boundary);
    }
  }

  private void refuse(String what) {
    if (ended) {
      throw new TransactionCompletedException(
          what + " refused: " + boundary.shown() + " was ended before.", null);
    }
    if (!boundary.isOwnedByThisThread()) {
      throw Refusals.otherThread(what, boundary.shown(), openedAt);
    }
    Frame current = Carrier.current();
    if (current != boundary) {
      Throwable openedInside = current instanceof Boundary inner ? inner.openedAt() : null;
      throw Refusals.outOfOrder(what, boundary.shown(), current.shown(), openedInside);
    }
  }

  /** Rolls back, because what is around it ends. */
  void abandon(Throwable failure) {
    try {
      close();
    } catch (Throwable beside) {
      Failures.suppress(failure, beside);
    }
    boundary.endAnyhow(failure);
  }

  @Override
  public String toString() {
    return boundary.shown();
  }
}
