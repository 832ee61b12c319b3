package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/** One thread-local; the frames themselves are the stack. */
final class ThreadLocalCarrier extends Carrier {
  static final String NAME = "thread-local";

  // never removed, only emptied: an empty cell costs nothing, and removing it at each outermost end
  // does
  private static final ThreadLocal<@Nullable Frame> TOP = new ThreadLocal<>();

  @Override
  Frame top() {
    Frame frame = TOP.get();
    return frame == null ? Frame.ROOT : frame;
  }

  @Override
  <R extends @Nullable Object, X extends Throwable> R bind(Frame frame, Body<R, X> body) throws X {
    Frame before = TOP.get();
    TOP.set(frame);
    try {
      return body.run();
    } finally {
      TOP.set(before == null ? null : cell(before));
    }
  }

  /** What the thread-local has where the frame is the innermost: closed ones are passed over. */
  private static @Nullable Frame cell(Frame frame) {
    Frame open = frame.open();
    return open == Frame.ROOT ? null : open;
  }

  @Override
  void push(Frame frame) {
    TOP.set(frame);
  }

  @Override
  void pop(Frame frame) {
    if (top() != frame) {
      throw notInnermost(frame);
    }
    Frame outer = frame.outer();
    TOP.set(outer == null ? null : cell(outer));
  }

  /** Nobody inherits a frame here. */
  @Override
  boolean wasForkedOver(Frame frame, Thread thread) {
    return false;
  }

  @Override
  void dropClosed() {
    TOP.set(cell(top()));
  }

  @Override
  public String toString() {
    return NAME;
  }
}
