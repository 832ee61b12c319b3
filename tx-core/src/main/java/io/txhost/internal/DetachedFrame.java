package io.txhost.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Captured work runs in one: it has the context of its capture, and of the transactions there only
 * their names.
 */
public final class DetachedFrame extends Frame {
  private final List<Captured> captured;

  /** A frame of the calling thread. */
  public DetachedFrame(Frame outer, @Nullable Object context, List<Captured> captured) {
    super(outer, context, true);
    this.captured = captured;
  }

  /** What was captured of the host, or null. */
  public @Nullable Captured of(Object host) {
    for (Captured candidate : captured) {
      if (candidate.host() == host) {
        return candidate;
      }
    }
    return null;
  }

  @Override
  protected List<Captured> captured() {
    return captured;
  }

  @Override
  public String toString() {
    return "wrapped work of " + super.toString();
  }

  @Override
  protected boolean endsLookup() {
    return true;
  }
}
