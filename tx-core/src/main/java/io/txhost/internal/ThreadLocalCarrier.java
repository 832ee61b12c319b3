package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/** One thread-local; the frames themselves are the stack. */
final class ThreadLocalCarrier extends Carrier {
  static final String NAME = "thread-local";

  /**
   * A cell for each thread: its top frame, or null. Never removed, only emptied: an empty cell
   * costs nothing, and removing it at each outermost end does. Of the JDK's class, so that a pooled
   * thread keeps none of ours loaded.
   */
  private static final ThreadLocal<@Nullable Object @Nullable []> CELL = new ThreadLocal<>();

  @Override
  Frame top() {
    @Nullable Object[] cell = CELL.get();
    return cell == null ? Frame.ROOT : top(cell);
  }

  private static Frame top(@Nullable Object[] cell) {
    Frame frame = (Frame) cell[0];
    return frame == null ? Frame.ROOT : frame;
  }

  private static @Nullable Object[] cell() {
    @Nullable Object[] cell = CELL.get();
    return cell == null ? newCell() : cell;
  }

  private static @Nullable Object[] newCell() {
    @Nullable Object[] cell = new Object[1];
    CELL.set(cell);
    return cell;
  }

  @Override
  <W, R extends @Nullable Object, X extends Throwable> R bind(
      Frame frame, W work, Runner<? super W, R, X> runner, boolean guards) throws X {
    @Nullable Object[] cell = cell();
    Frame before = top(cell);
    cell[0] = frame;
    try {
      return Carrier.<W, R, X>run(frame, work, runner, guards);
    } finally {
      set(cell, before);
    }
  }

  /** What the thread has where the frame is the innermost: closed ones are passed over. */
  private static void set(@Nullable Object[] cell, Frame frame) {
    Frame open = frame.open();
    cell[0] = open == Frame.ROOT ? null : open;
  }

  @Override
  void push(Frame frame) {
    cell()[0] = frame;
  }

  @Override
  void pop(Frame frame) {
    @Nullable Object[] cell = cell();
    if (top(cell) != frame) {
      throw notInnermost(frame);
    }
    Frame outer = frame.outer();
    set(cell, outer == null ? Frame.ROOT : outer);
  }

  /** Nobody inherits a frame here. */
  @Override
  boolean wasForkedOver(Frame frame, Thread thread) {
    return false;
  }

  @Override
  void dropClosed() {
    @Nullable Object[] cell = CELL.get();
    if (cell != null) {
      set(cell, top(cell));
    }
  }

  @Override
  public String toString() {
    return NAME;
  }
}
