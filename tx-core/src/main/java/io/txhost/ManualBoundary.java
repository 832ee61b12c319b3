package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;

/** A boundary that is ended by hand. Its frame is installed from its opening to its end. */
final class ManualBoundary implements ManualTransaction {
  private final Engine<?> engine;
  private final Boundary boundary;
  private boolean ended;

  ManualBoundary(Engine<?> engine, Boundary boundary) {
    this.engine = engine;
    this.boundary = boundary;
  }

  @Override
  public void commit() {
    end("commit()", () -> engine.finish(boundary));
  }

  @Override
  public void rollback() {
    end("rollback()", () -> engine.undo(boundary));
  }

  @Override
  public void close() {
    if (!ended) {
      end("close()", () -> engine.undo(boundary));
    }
  }

  private void end(String what, Runnable how) {
    refuse(what);
    ended = true;
    try {
      endCurrent(how);
    } finally {
      engine.after(boundary);
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
          what + " refused: " + boundary + " was ended before.", null);
    }
    if (!boundary.isOwnedByThisThread()) {
      throw Refusals.otherThread(what, boundary);
    }
    Frame current = Carrier.current();
    if (current != boundary) {
      throw Refusals.outOfOrder(what, boundary, current);
    }
  }

  /** Rolls back, because what is around it ends. */
  void abandon(Throwable failure) {
    try {
      close();
    } catch (Throwable beside) {
      Engine.suppress(failure, beside);
    }
    engine.endAnyhow(boundary, failure);
  }

  @Override
  public String toString() {
    return boundary.toString();
  }
}
