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
    return CHOSEN.bind(frame, () -> guarded(frame, body));
  }

  private static <R extends @Nullable Object, X extends Throwable> R guarded(
      Frame frame, Body<R, X> body) throws X {
    R result;
    try {
      result = body.run();
    } catch (Throwable failure) {
      abandonInside(frame, failure);
      throw failure;
    }
    Frame left = current();
    if (left != frame) {
      RuntimeException misuse = left.leftOpenIn(frame);
      abandonInside(frame, misuse);
      throw misuse;
    }
    return result;
  }

  /** Innermost first. */
  private static void abandonInside(Frame frame, Throwable failure) {
    for (Frame inner = current(); inner != frame; inner = current()) {
      inner.abandon(failure);
    }
  }

  /** Makes the frame current until {@link #uninstall}. */
  public static void install(Frame frame) {
    CHOSEN.push(frame);
  }

  /** Takes away the frame that was installed last and is current. */
  public static void uninstall(Frame frame) {
    CHOSEN.pop(frame);
  }

  /**
   * Whether this thread, or one it descends from, was forked where something is installed that
   * forks do not inherit: what it sees then is what lies below.
   *
   * <p>It can be told where the fork inherited a frame that its forker had bound itself; not where
   * the forker had bound none of its own.
   */
  public static boolean forkedUnderOverlay() {
    Thread thread = Thread.currentThread();
    for (Frame f = current(); f != null && f != Frame.ROOT; f = f.outer()) {
      if (f.owner() != thread) {
        if (f.isOverlaid()) {
          return true;
        }
        thread = f.owner();
      }
      if (f.endsLookup()) {
        return false;
      }
    }
    return false;
  }

  /** The carrier's name, as in {@link #PROPERTY}. */
  public static String name() {
    return CHOSEN.toString();
  }

  abstract Frame top();

  abstract <R extends @Nullable Object, X extends Throwable> R bind(Frame frame, Body<R, X> body)
      throws X;

  abstract void push(Frame frame);

  abstract void pop(Frame frame);
}
