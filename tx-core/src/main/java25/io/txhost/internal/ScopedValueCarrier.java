package io.txhost.internal;

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

  // plain: only a thread that has installed an overlay itself needs to see it set
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
      if (!top.frame.closed) {
        if (top.base == scoped) {
          return top.frame;
        }
        if (scoped.isInside(top.base)) {
          return scoped;
        }
        Leftovers.ignored(top.frame);
      }
      top = drop(top);
    }
    return scoped;
  }

  private static @Nullable Overlay drop(Overlay top) {
    OVERLAYS.set(top.previous);
    note(top.base, -1);
    return top.previous;
  }

  @Override
  <R extends @Nullable Object, X extends Throwable> R bind(Frame frame, Body<R, X> body) throws X {
    if (used) {
      frame.over = OVERLAYS.get();
    }
    return ScopedValue.where(SCOPED, frame).call(body::run);
  }

  @Override
  void push(Frame frame) {
    used = true;
    Frame base = SCOPED.orElse(Frame.ROOT);
    OVERLAYS.set(new Overlay(frame, base, OVERLAYS.get()));
    note(base, 1);
  }

  @Override
  void pop(Frame frame) {
    Overlay top = OVERLAYS.get();
    if (top == null || top.frame != frame) {
      throw new IllegalStateException(frame + " is not the innermost on " + Thread.currentThread());
    }
    drop(top);
  }

  @Override
  void dropClosed() {
    top();
  }

  /** On another thread's frame, which a fork inherited, it would be taken for that thread's. */
  private static void note(Frame base, int more) {
    if (base.owner() == Thread.currentThread()) {
      base.overlaidBy(more);
    }
  }

  @Override
  public String toString() {
    return NAME;
  }
}
