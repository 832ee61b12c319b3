package io.txhost;

/**
 * Which isolation is at least as strong as which. Levels are resolved: never {@link
 * Isolation#DEFAULT}.
 */
final class Isolations {
  private Isolations() {}

  /** SNAPSHOT is above READ_COMMITTED and comparable with nothing else but itself. */
  static boolean satisfies(Isolation active, Isolation asked) {
    if (active == asked) {
      return true;
    }
    if (asked == Isolation.SNAPSHOT) {
      return false;
    }
    if (active == Isolation.SNAPSHOT) {
      return asked.compareTo(Isolation.READ_COMMITTED) <= 0;
    }
    return active.compareTo(asked) >= 0;
  }
}
