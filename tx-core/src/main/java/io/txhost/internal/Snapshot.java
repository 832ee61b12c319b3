package io.txhost.internal;

import io.txhost.internal.micrometer.Registration;
import java.lang.ref.WeakReference;
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
  /** Weak: while it is around, its thread holds it; afterwards nothing is put back. */
  private final WeakReference<Frame> frame;

  private final Thread thread;
  private final CapturedContext captured;
  private boolean isBack;

  private Snapshot(Frame frame) {
    this.frame = new WeakReference<>(frame);
    this.thread = Thread.currentThread();
    // now: on another thread, or later, it would say less
    this.captured = Carrier.capture(frame);
  }

  /**
   * Makes snapshots known to the library that carries them, where that does not find them by
   * itself. Called before the first context or host, which are all that can be carried.
   */
  public static void makeKnown() {
    Registration.whereServicesAreNotLoaded();
  }

  /** Of the calling thread; null where nothing is current. */
  public static @Nullable Snapshot take() {
    Frame current = Carrier.current();
    return current == Frame.ROOT ? null : new Snapshot(current);
  }

  /** Makes what was captured current on the calling thread, until something is put back there. */
  public void install() {
    install(captured);
  }

  /** Hides what is current on the calling thread, until something is put back there. */
  public static void installNothing() {
    install(CapturedContext.NOTHING);
  }

  private static void install(CapturedContext captured) {
    Carrier.install(DetachedFrame.restored(Carrier.current(), captured));
  }

  /**
   * Takes away what was installed since on the calling thread, once. Does nothing on a thread other
   * than its own, or if what it was taken of has ended.
   */
  public void putBack() {
    if (Thread.currentThread() != thread) {
      Leftovers.elsewhere(CapturedTransaction.nameOf(thread));
      return;
    }
    Frame around = frame.get();
    if (around != null && !isBack) {
      isBack = true;
      Carrier.backTo(around);
    }
  }

  /**
   * {@link #putBack} where {@link #take} gave null. Does nothing where no snapshot was installed
   * over nothing: on a thread other than that of the scope, or if it was closed before.
   */
  public static void putBackNothing() {
    if (isOutermostRestored(Carrier.current())) {
      Carrier.backTo(Frame.ROOT);
    }
  }

  private static boolean isOutermostRestored(Frame current) {
    Frame outermost = current;
    for (Frame f = current; f != null && f != Frame.ROOT; f = f.outer()) {
      outermost = f;
    }
    return outermost instanceof DetachedFrame work
        && work.isRestored()
        && work.owner() == Thread.currentThread();
  }

  @Override
  public String toString() {
    Frame around = frame.get();
    return "snapshot of " + (around == null ? "what has ended" : around.shown());
  }
}
