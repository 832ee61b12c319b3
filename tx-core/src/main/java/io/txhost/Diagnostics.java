package io.txhost;

/**
 * Stacks and names of openers, taken only where the system property {@value #PROPERTY} is {@code
 * on}.
 */
final class Diagnostics {
  static final String PROPERTY = "txhost.diagnostics";

  private static final boolean ON = "on".equals(System.getProperty(PROPERTY));

  private Diagnostics() {}

  static boolean isOn() {
    return ON;
  }

  /** The caller's stack, as the cause of what may be refused later. */
  static Throwable here(String opened) {
    return new Throwable(opened + " was opened here");
  }

  /** The calling method, as {@code Class.method}; the other where diagnostics are off. */
  static String callerOr(String other) {
    return ON ? Caller.nameOr(other) : other;
  }

  /** The method that has called a bridge. */
  static String callerOr(Class<?> bridge, String other) {
    return ON ? Caller.nameOr(bridge, other) : other;
  }
}
