package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * A frame that was installed over a scoped one, without a lambda around what follows. Confined to
 * its thread.
 */
final class Overlay {
  final Frame frame;

  /** The scoped frame it was installed over. */
  final Frame base;

  /** The overlay that was on top when this one was installed. */
  final @Nullable Overlay previous;

  Overlay(Frame frame, Frame base, @Nullable Overlay previous) {
    this.frame = frame;
    this.base = base;
    this.previous = previous;
  }
}
