package io.txhost;

import io.txhost.internal.CapturedTransaction;
import io.txhost.internal.Carrier;
import io.txhost.internal.DetachedFrame;
import io.txhost.internal.Frame;
import org.jspecify.annotations.Nullable;

/** Finds what the calling thread is in, of one host. */
final class Lookup {
  private Lookup() {}

  /**
   * The nearest frame that says something of the host: a {@link Boundary} of it, or a {@link
   * DetachedFrame}.
   */
  static @Nullable Frame nearest(HostSetup host) {
    return nearest(host, Carrier.current());
  }

  /**
   * The same.
   *
   * @param current what is current on the calling thread
   */
  static @Nullable Frame nearest(HostSetup host, Frame current) {
    Frame frame = current.boundary();
    if (frame instanceof Boundary boundary) {
      return boundary.host == host ? frame : boundary.nearest(host);
    }
    return captured(host, frame) == null ? null : frame;
  }

  static Found found(@Nullable Frame nearest) {
    if (nearest instanceof Boundary boundary) {
      return boundary.found();
    }
    return nearest == null ? Found.NONE : Found.DETACHED;
  }

  /** What was captured of the host, where the frame is of work that was. */
  static @Nullable CapturedTransaction captured(HostSetup host, @Nullable Frame nearest) {
    return nearest instanceof DetachedFrame detached ? detached.of(host) : null;
  }

  static boolean permitsFallback(@Nullable Frame nearest) {
    return nearest instanceof Boundary boundary && boundary.permitsFallback();
  }
}
