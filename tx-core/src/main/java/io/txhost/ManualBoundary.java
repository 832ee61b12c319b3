package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import org.jspecify.annotations.Nullable;

/** A boundary that is ended by hand. Its frame is installed from its opening to its end. */
sealed class ManualBoundary implements ManualTransaction permits ManualBeside {
  private final Boundary boundary;
  private final @Nullable Throwable openedAt;
  private boolean ended;

  ManualBoundary(Boundary boundary) {
    this.boundary = boundary;
    this.openedAt = Diagnostics.isOn() ? Diagnostics.here(boundary.shown()) : null;
  }

  /** Makes the boundary, which was opened for this, current. */
  final ManualBoundary install() {
    boundary.manual = this;
    Carrier.install(boundary);
    return this;
  }

  /** Where it was opened, with diagnostics on. */
  final @Nullable Throwable openedAt() {
    return openedAt;
  }

  @Override
  public final void commit() {
    end("commit()", boundary.keeps(), boundary::finish);
  }

  @Override
  public final void rollback() {
    end("rollback()", false, boundary::undo);
  }

  @Override
  public final void close() {
    if (!ended) {
      end("close()", false, boundary::undo);
    }
  }

  private void end(String what, boolean keeps, Runnable how) {
    refuse(what);
    ended = true;
    try {
      endCurrent(keeps, how);
    } finally {
      boundary.after();
    }
  }

  private void endCurrent(boolean keeps, Runnable how) {
    try {
      run(keeps, how);
    } finally {
      Carrier.uninstall(boundary);
    }
  }

  /**
   * Ends the boundary, which is current.
   *
   * @param keeps whether it is to be kept
   */
  void run(boolean keeps, Runnable how) {
    how.run();
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

  /** Undoes what was opened inside and left, and returns what is to be said of it. */
  final @Nullable RuntimeException abandonInside() {
    return ended ? null : Carrier.abandonInside(boundary);
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
  public final String toString() {
    return boundary.shown();
  }
}
