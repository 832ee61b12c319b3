package io.txhost.internal;

/** One boundary, as a {@link Bridge} goes along with it. */
public interface Crossing {

  /**
   * The work of the boundary is over, and the boundary is current: ends it, by one call to the
   * ending. If that is not made the boundary is undone. What is thrown leaves the boundary.
   *
   * @param keeps whether it is to be kept, unless something speaks against it
   */
  void end(boolean keeps, Ending ending);
}
