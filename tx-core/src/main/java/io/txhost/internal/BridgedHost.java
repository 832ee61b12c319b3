package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Bridge} needs of a host beside what users see. The host names its own types: they
 * are not known here.
 *
 * @param <O> options of a boundary
 * @param <M> a boundary that is ended by hand
 * @param <H> a host
 */
public interface BridgedHost<O, M, H> {

  /** The host of the adapter's own resource, if this one is a view. */
  H base();

  /** What this host and its views have in common, and no other host has. */
  Object identity();

  /** Tells the bridge of the boundaries that are opened from now on, and no other any more. */
  void attach(Bridge bridge);

  /**
   * Opens a boundary that the bridge is not told of.
   *
   * @param abandoned is called when what is around it ends while it is open; null if there is
   *     nothing to do but to undo it
   */
  M begin(O options, @Nullable Runnable abandoned);

  /**
   * The method that has called the bridge, with diagnostics on.
   *
   * @param bridge one of the bridge's classes
   * @param other what is said with diagnostics off, or where nobody is found
   */
  String callerOr(Class<?> bridge, String other);

  /**
   * Undoes what was opened inside a boundary of {@link #begin} and left.
   *
   * @return what is to be said of it; null if nothing was left, or the boundary has ended
   */
  @Nullable RuntimeException abandonInside(M boundary);

  /** The innermost boundary of the active transaction on this thread; null if none is active. */
  @Nullable BridgedBoundary here();
}
