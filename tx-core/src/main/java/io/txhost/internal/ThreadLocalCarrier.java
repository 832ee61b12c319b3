package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/** One thread-local; the frames themselves are the stack. */
final class ThreadLocalCarrier extends Carrier {
  static final String NAME = "thread-local";

  // never removed, only emptied: an empty cell costs nothing, and removing it at each outermost end
  // does
  private final ThreadLocal<@Nullable Frame> top = new ThreadLocal<>();

  @Override
  Frame top() {
    Frame frame = top.get();
    return frame == null ? Frame.ROOT : frame;
  }

  @Override
  <R extends @Nullable Object, X extends Throwable> R bind(Frame frame, Body<R, X> body) throws X {
    Frame before = top.get();
    top.set(frame);
    try {
      return body.run();
    } finally {
      top.set(before);
    }
  }

  @Override
  void push(Frame frame) {
    top.set(frame);
  }

  @Override
  void pop(Frame frame) {
    Frame outer = frame.outer();
    top.set(outer == Frame.ROOT ? null : outer);
  }

  @Override
  public String toString() {
    return NAME;
  }
}
