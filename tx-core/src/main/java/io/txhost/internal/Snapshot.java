package io.txhost.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was current on a thread. On any thread its context can be {@link #install installed}, with
 * the transactions named and not carried; on its own it can be {@link #putBack put back}, as it
 * was.
 *
 * <p>Both are served by one object, because libraries that carry thread-locals ask by one method
 * for what they carry and for what they put back.
 */
public final class Snapshot {
  private final Frame frame;
  private final Thread thread;
  private final List<Captured> captured;
  private boolean isBack;

  private Snapshot(Frame frame) {
    this.frame = frame;
    this.thread = Thread.currentThread();
    // now: on another thread, or later, it would say less
    this.captured = frame.capture();
  }

  /** Of the calling thread; null where nothing is current. */
  public static @Nullable Snapshot take() {
    Frame current = Carrier.current();
    return current == Frame.ROOT ? null : new Snapshot(current);
  }

  /** Makes what was captured current on the calling thread, until something is put back there. */
  public void install() {
    install(frame.context(), captured);
  }

  /** Hides what is current on the calling thread, until something is put back there. */
  public static void installNothing() {
    install(null, List.of());
  }

  private static void install(@Nullable Object context, List<Captured> captured) {
    Carrier.install(DetachedFrame.restored(Carrier.current(), context, captured));
  }

  /**
   * Takes away what was installed since on the calling thread, once. Does nothing on a thread other
   * than its own, or if what it was taken of has ended.
   */
  public void putBack() {
    if (Thread.currentThread() != thread) {
      Leftovers.elsewhere(this);
    } else if (!isBack) {
      isBack = true;
      Carrier.backTo(frame);
    }
  }

  /** {@link #putBack} where {@link #take} gave null. */
  public static void putBackNothing() {
    Carrier.backTo(Frame.ROOT);
  }

  String thread() {
    return Captured.nameOf(thread);
  }

  @Override
  public String toString() {
    return "snapshot of " + frame;
  }
}
