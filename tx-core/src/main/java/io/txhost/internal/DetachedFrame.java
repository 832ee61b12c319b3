package io.txhost.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Captured work runs in one: it has the context of its capture, and of the transactions there only
 * their names.
 */
public final class DetachedFrame extends Frame {
  private final CapturedContext captured;
  private final boolean restored;

  /** A frame of the calling thread, for wrapped work. */
  public DetachedFrame(Frame outer, CapturedContext captured) {
    this(outer, captured, false);
  }

  private DetachedFrame(Frame outer, CapturedContext captured, boolean restored) {
    super(outer, captured.context(), true);
    this.captured = captured;
    this.restored = restored;
  }

  /** What a snapshot's scope has installed on the calling thread. */
  static DetachedFrame restored(Frame outer, CapturedContext captured) {
    return new DetachedFrame(outer, captured, true);
  }

  /** Whether the work was captured by a fork that could not see what its forker had installed. */
  boolean isOfForkUnderOverlay() {
    return captured.isForkUnderOverlay();
  }

  /** Whether a snapshot's scope installed it, and not wrapped work. */
  boolean isRestored() {
    return restored;
  }

  /** What was captured of the host, or null. */
  public @Nullable CapturedTransaction of(Object host) {
    for (CapturedTransaction candidate : captured.transactions()) {
      if (candidate.host() == host) {
        return candidate;
      }
    }
    return null;
  }

  @Override
  protected List<CapturedTransaction> captured() {
    return captured.transactions();
  }

  @Override
  public RuntimeException leftOpenIn(Frame around) {
    return restored
        ? new IllegalStateException(
            "TXH-406 "
                + around.shown()
                + " cannot end: a "
                + this
                + " was installed inside it and never taken away. It is taken away now. What is"
                + " around it has failed, and a transaction is rolled back. Close the snapshot's"
                + " scope with try-with-resources.")
        : super.leftOpenIn(around);
  }

  @Override
  public String toString() {
    return (restored ? "restored snapshot of " : "wrapped work of ") + super.toString();
  }

  @Override
  protected boolean endsLookup() {
    return true;
  }
}
