package io.txhost.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is active from here inwards: a context and the nearest transaction boundary. Frames form a
 * chain outwards; each is bound once and never changes what it says.
 */
public class Frame {
  /** What is current where nothing was bound. */
  public static final Frame ROOT = new Frame();

  // not final, since letGo() empties them; stored before the final ones, whose end of construction
  // publishes them, too
  private @Nullable Frame outer;
  private @Nullable Object context;

  private final @Nullable Thread owner;
  private final @Nullable Frame boundary;

  /**
   * The top of the thread's overlays when this frame was bound; written once, before it is bound.
   */
  @Nullable Overlay over;

  /** Whether it was installed, and not bound around a body. Confined to its thread, as the next. */
  boolean installed;

  /**
   * Whether it no longer counts although it could not be taken away, since something was bound
   * inside it that has not ended.
   */
  boolean closed;

  /** Whether tasks that nobody waits for any more are inside, and go on. */
  private volatile boolean kept;

  private Frame() {
    this.owner = null;
    this.boundary = null;
  }

  /** A frame of the calling thread that changes the context alone. */
  public Frame(Frame outer, @Nullable Object context) {
    this.outer = outer;
    this.context = context;
    this.owner = Thread.currentThread();
    this.boundary = outer.boundary;
  }

  /** For boundaries: the frame is its own nearest boundary. */
  @SuppressWarnings("this-escape") // stored only
  protected Frame(Frame outer, @Nullable Object context, boolean isBoundary) {
    this.outer = outer;
    this.context = context;
    this.owner = Thread.currentThread();
    this.boundary = isBoundary ? this : outer.boundary;
  }

  /** The frame around this one; null for {@link #ROOT}. */
  public final @Nullable Frame outer() {
    return outer;
  }

  /** The nearest boundary around this frame, this one not included. */
  public final @Nullable Frame outerBoundary() {
    return outer == null ? null : outer.boundary;
  }

  /** The thread that bound it; null for {@link #ROOT}. */
  public final @Nullable Thread owner() {
    return owner;
  }

  /** The active context, if any. */
  public final @Nullable Object context() {
    return context;
  }

  /** The nearest boundary, this frame included. */
  public final @Nullable Frame boundary() {
    return boundary;
  }

  /** This frame and all around it stay as they are, since somebody goes on inside. */
  public final void keepAround() {
    for (Frame f = this; f != null; f = f.outer) {
      f.kept = true;
    }
  }

  /**
   * Forgets what is around, since nobody is inside any more: who keeps this frame for another
   * reason keeps nothing with it. Does nothing where somebody is.
   */
  protected final void letGo() {
    if (!kept) {
      outer = null;
      context = null;
    }
  }

  /** Whether it was installed, so that forks do not inherit it. */
  public final boolean isInstalled() {
    return installed;
  }

  /** This frame, or the innermost around it that still counts. */
  final Frame open() {
    Frame frame = this;
    while (frame.closed && frame.outer != null) {
      frame = frame.outer;
    }
    return frame;
  }

  /** Whether the other is this frame, or around it. */
  public final boolean isInside(Frame other) {
    for (Frame f = this; f != null; f = f.outer) {
      if (f == other) {
        return true;
      }
    }
    return false;
  }

  /**
   * What was active here, for work that will run outside it: at most one entry a host, so that a
   * task which submits its own successor does not grow a chain.
   */
  public final List<CapturedTransaction> capture() {
    if (boundary == null) {
      return List.of();
    }
    Map<Object, CapturedTransaction> nearest = new LinkedHashMap<>();
    for (Frame b = boundary; b != null; b = b.outerBoundary()) {
      for (CapturedTransaction captured : b.captured()) {
        nearest.putIfAbsent(captured.host(), captured);
      }
      if (b.endsLookup()) {
        break;
      }
    }
    nearest.values().removeIf(captured -> captured.transaction() == null);
    return List.copyOf(nearest.values());
  }

  /**
   * What is said where this frame was installed and is still there at the end of what is around.
   */
  public RuntimeException leftOpenIn(Frame around) {
    return new IllegalStateException(this + " was left open in " + around);
  }

  /**
   * Ends this frame, which was left open in one that ends. What goes wrong is suppressed in the
   * failure.
   *
   * @return whether its end takes it away, too; else it is the caller's to do
   */
  public boolean abandon(Throwable failure) {
    return false;
  }

  /** What this boundary hides or shows to captured work. */
  protected List<CapturedTransaction> captured() {
    return List.of();
  }

  /** For messages. */
  public String shown() {
    return toString();
  }

  @Override
  public String toString() {
    return context == null ? "code outside any context" : context.toString();
  }

  /** Whether nothing beyond this boundary is visible from inside. */
  protected boolean endsLookup() {
    return false;
  }
}
