package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * Holds the current frame of each thread. Chosen once: by the system property {@value #PROPERTY},
 * else the best that this Java has.
 */
public abstract class Carrier {
  /** {@code scoped-value} or {@code thread-local}. */
  public static final String PROPERTY = "txhost.carrier";

  private static final Carrier CHOSEN = CarrierChoice.of(System.getProperty(PROPERTY));

  Carrier() {}

  /**
   * Refuses a carrier that was asked for and is not there, before anything is carried.
   *
   * @throws IllegalStateException TXH-401
   */
  public static void refuseAbsent() {
    CHOSEN.top();
  }

  /** The innermost frame of the calling thread; {@link Frame#ROOT} where nothing was bound. */
  public static Frame current() {
    return CHOSEN.top();
  }

  /**
   * Runs the body with the frame current; what was current before is again, whatever it throws.
   * What the body installed and left is abandoned, and a failure of the body.
   */
  public static <R extends @Nullable Object, X extends Throwable> R call(
      Frame frame, Body<R, X> body) throws X {
    return CHOSEN.<Body<R, X>, R, X>bind(frame, body, Body::run, true);
  }

  /** As {@link #call(Frame, Body)}, without an object for a body of another type. */
  public static <W, R extends @Nullable Object, X extends Throwable> R call(
      Frame frame, W work, Runner<? super W, R, X> runner) throws X {
    return CHOSEN.<W, R, X>bind(frame, work, runner, true);
  }

  /** What work that is captured here takes along. */
  public static CapturedContext capture() {
    return capture(current());
  }

  /**
   * @param current the calling thread's
   */
  static CapturedContext capture(Frame current) {
    return new CapturedContext(current.context(), current.capture(), forkedUnderOverlay(null));
  }

  /** Runs the body with what was captured. */
  public static <R extends @Nullable Object, X extends Throwable> R callDetached(
      CapturedContext captured, Body<R, X> body) throws X {
    return Carrier.<R, X>call(new DetachedFrame(current(), captured), body);
  }

  /**
   * Runs the work in the frame.
   *
   * @param guards whether what it has installed and left is a failure of it
   */
  static <W, R extends @Nullable Object, X extends Throwable> R run(
      Frame frame, W work, Runner<? super W, R, X> runner, boolean guards) throws X {
    return guards ? Carrier.<W, R, X>guarded(frame, work, runner) : runner.run(work);
  }

  private static <W, R extends @Nullable Object, X extends Throwable> R guarded(
      Frame frame, W work, Runner<? super W, R, X> runner) throws X {
    R result;
    try {
      result = runner.run(work);
    } catch (Throwable failure) {
      abandonInside(frame, failure);
      throw failure;
    }
    if (current() != frame) {
      throw leftOpen(frame);
    }
    return result;
  }

  /**
   * Abandons what was installed inside the frame and left.
   *
   * @return what is to be said of it; null if nothing was left, or the frame is not around
   */
  public static @Nullable RuntimeException abandonInside(Frame frame) {
    Frame current = current();
    return current == frame || !current.isInside(frame) ? null : leftOpen(frame);
  }

  private static RuntimeException leftOpen(Frame frame) {
    RuntimeException misuse = current().leftOpenIn(frame);
    abandonInside(frame, misuse);
    return misuse;
  }

  /** Innermost first. */
  private static void abandonInside(Frame frame, Throwable failure) {
    for (Frame inner = current(); inner != frame; inner = current()) {
      inner.abandon(failure);
      if (current()
          == inner) { // it does not take itself away, or an Error has met its end half way
        CHOSEN.pop(inner);
      }
    }
  }

  /** Makes the frame current until {@link #uninstall}. */
  public static void install(Frame frame) {
    frame.installed = true;
    CHOSEN.push(frame);
  }

  /** Takes away the frame that was installed last and is current. */
  public static void uninstall(Frame frame) {
    CHOSEN.pop(frame);
  }

  /**
   * Takes away a frame that was installed, and what was installed inside it and left.
   *
   * @return what is to be said of what was left; null if nothing was
   */
  public static @Nullable RuntimeException uninstallWhole(Frame frame) {
    RuntimeException misuse = current() == frame ? null : leftOpen(frame);
    CHOSEN.pop(frame);
    return misuse;
  }

  /**
   * Takes away what was installed since the frame was current. Where something was bound meanwhile
   * and has not ended, that and what is inside it stays, and only restored snapshots around it are
   * closed. If the frame is no longer around, nothing is done.
   *
   * <p>Throws nothing: who puts back other things, too, would not come to them.
   */
  static void backTo(Frame frame) {
    Frame current = current();
    if (!current.isInside(frame)) {
      return;
    }
    Frame bound = outermostBound(current, frame);
    closeSnapshots(bound == null ? current : bound.outer(), frame);
    CHOSEN.dropClosed();
    if (bound == null) {
      abandonOpened(frame);
    }
  }

  private static @Nullable Frame outermostBound(Frame inside, Frame frame) {
    Frame bound = null;
    for (Frame f = inside; f != null && f != frame; f = f.outer()) {
      bound = f.installed ? bound : f;
    }
    return bound;
  }

  /** The outermost is the one whose scope ends; those inside it were left. */
  private static void closeSnapshots(@Nullable Frame inside, Frame frame) {
    Frame left = null;
    for (Frame f = inside; f != null && f != frame; f = f.outer()) {
      if (f instanceof DetachedFrame && f.installed && f.owner() == Thread.currentThread()) {
        f.closed = true;
        if (left != null) {
          Leftovers.ignored(left);
        }
        left = f;
      }
    }
  }

  private static void abandonOpened(Frame frame) {
    for (Frame inner = current(); inner != frame; inner = current()) {
      Leftovers.abandon(inner);
      CHOSEN.dropClosed();
      if (current() == inner) {
        return; // its end is under way and will take it away
      }
    }
  }

  /** How many installed frames were never taken away and are ignored, in this process so far. */
  public static long leftovers() {
    return Leftovers.ignored();
  }

  /**
   * Whether this thread, or one it descends from, was forked where something was installed that
   * forks do not inherit: what it sees then is what lies below. Work that was captured there counts
   * as there.
   *
   * <p>It can be told where something is bound below, and where the thread was made by the forker
   * and inherits its inheritable thread-locals, as threads do unless they are built otherwise.
   *
   * @param within what lies beyond this frame does not count; null if everything does
   */
  public static boolean forkedUnderOverlay(@Nullable Frame within) {
    Thread thread = Thread.currentThread();
    for (Frame f = current(); f != null && f != Frame.ROOT; f = f.outer()) {
      Thread owner = f.owner();
      if (owner != thread && owner != null) {
        if (CHOSEN.wasForkedOver(f, thread)) {
          return true;
        }
        thread = owner;
      }
      if (f == within) {
        return false;
      }
      if (f.endsLookup()) {
        return f instanceof DetachedFrame work && work.isOfForkUnderOverlay();
      }
    }
    return false;
  }

  /** The carrier's name, as in {@link #PROPERTY}. */
  public static String name() {
    return CHOSEN.toString();
  }

  abstract Frame top();

  /** {@link #run Runs} the work with the frame on top. */
  abstract <W, R extends @Nullable Object, X extends Throwable> R bind(
      Frame frame, W work, Runner<? super W, R, X> runner, boolean guards) throws X;

  /** Unguarded. */
  final <R extends @Nullable Object, X extends Throwable> R bind(Frame frame, Body<R, X> body)
      throws X {
    return this.<Body<R, X>, R, X>bind(frame, body, Body::run, false);
  }

  abstract void push(Frame frame);

  /**
   * Takes it away.
   *
   * @throws IllegalStateException if it is not the innermost
   */
  abstract void pop(Frame frame);

  static IllegalStateException notInnermost(Frame frame) {
    return new IllegalStateException(
        frame.shown()
            + " is not the innermost on thread "
            + CapturedTransaction.nameOf(Thread.currentThread()));
  }

  /**
   * Whether the thread, which is this one or one it descends from, was forked where the frame was
   * bound, and hidden by what was installed over it.
   */
  abstract boolean wasForkedOver(Frame frame, Thread thread);

  /** Takes closed frames away from the top. */
  abstract void dropClosed();
}
