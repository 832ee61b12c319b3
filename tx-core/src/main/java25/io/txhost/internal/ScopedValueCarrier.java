package io.txhost.internal;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A scoped value for what is bound around a lambda, and a thread-local stack of overlays for what
 * is installed without one. The innermost wins: an overlay counts while the scoped frame it was
 * installed over is the current one; once a frame was bound inside it, that frame does. An overlay
 * whose base is no longer anywhere on the chain was never taken away: it is dropped, counted and
 * logged once.
 */
final class ScopedValueCarrier extends Carrier {
  static final String NAME = "scoped-value";

  private static final ScopedValue<Frame> SCOPED = ScopedValue.newInstance();
  private static final ThreadLocal<@Nullable Overlay> OVERLAYS = new ThreadLocal<>();

  /**
   * The frames that lay below an overlay where this thread was made, or one it descends from, and
   * who made it: if it is a fork, it sees the frame. Threads that are no forks get them, too, and
   * stay in pools: so they are weak, and of the JDK's classes, which keep no others loaded.
   */
  private static final ThreadLocal<List<Map.Entry<WeakReference<Frame>, Long>>> HIDDEN =
      new InheritableThreadLocal<>() {
        @Override
        protected List<Map.Entry<WeakReference<Frame>, Long>> initialValue() {
          return List.of();
        }

        @Override
        protected List<Map.Entry<WeakReference<Frame>, Long>> childValue(
            List<Map.Entry<WeakReference<Frame>, Long>> makers) {
          Frame scoped = SCOPED.orElse(Frame.ROOT);
          boolean isHidden = scoped != Frame.ROOT && innermost(scoped) != scoped;
          return isHidden ? and(scoped, makers) : makers;
        }
      };

  // plain: a thread that has installed an overlay needs to see it set, and those it makes then
  private static boolean used;

  @Override
  Frame top() {
    Frame scoped = SCOPED.orElse(Frame.ROOT);
    return used ? innermost(scoped) : scoped;
  }

  private static Frame innermost(Frame scoped) {
    Overlay top = OVERLAYS.get();
    while (top != scoped.over) {
      if (top == null) {
        return scoped;
      }
      Frame frame = top.frame;
      if (!frame.closed && top.base == scoped) {
        return frame;
      }
      if (!frame.closed && scoped.isInside(top.base)) {
        return scoped;
      }
      top = drop(top);
      if (!frame.closed) {
        Leftovers.ignored(frame); // after it is gone: what logs may come back here
      }
    }
    return scoped;
  }

  private static @Nullable Overlay drop(Overlay top) {
    OVERLAYS.set(top.previous);
    return top.previous;
  }

  @Override
  <W, R extends @Nullable Object, X extends Throwable> R bind(
      Frame frame, W work, Runner<? super W, R, X> runner, boolean guards) throws X {
    if (used) {
      frame.over = OVERLAYS.get();
    }
    return ScopedValue.where(SCOPED, frame)
        .<R, X>call(() -> Carrier.<W, R, X>run(frame, work, runner, guards));
  }

  @Override
  void push(Frame frame) {
    used = true;
    // nothing is handed on by a thread that has no value
    HIDDEN.set(HIDDEN.get());
    OVERLAYS.set(new Overlay(frame, SCOPED.orElse(Frame.ROOT), OVERLAYS.get()));
  }

  @Override
  void pop(Frame frame) {
    Overlay top = OVERLAYS.get();
    if (top == null || top.frame != frame) {
      throw notInnermost(frame);
    }
    drop(top);
  }

  @Override
  void dropClosed() {
    top();
  }

  /** Those whose frames are gone are left out: they would become ever more. */
  private static List<Map.Entry<WeakReference<Frame>, Long>> and(
      Frame frame, List<Map.Entry<WeakReference<Frame>, Long>> others) {
    List<Map.Entry<WeakReference<Frame>, Long>> all = new ArrayList<>(others);
    all.removeIf(hidden -> hidden.getKey().refersTo(null));
    all.add(Map.entry(new WeakReference<>(frame), Thread.currentThread().threadId()));
    return List.copyOf(all);
  }

  /** What a thread has hidden itself, it has hidden from others. */
  @Override
  boolean wasForkedOver(Frame frame, Thread thread) {
    if (used) {
      for (Map.Entry<WeakReference<Frame>, Long> hidden : HIDDEN.get()) {
        if (hidden.getKey().refersTo(frame) && hidden.getValue() != thread.threadId()) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return NAME;
  }
}
