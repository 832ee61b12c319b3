package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * Stacks and names of openers, taken only where the system property {@value #PROPERTY} is {@code
 * on}.
 */
final class Diagnostics {
  static final String PROPERTY = "txhost.diagnostics";

  private static final boolean ON = "on".equals(System.getProperty(PROPERTY));

  private Diagnostics() {}

  /** The caller's stack, as the cause of what may be refused later. */
  static @Nullable Throwable here(Boundary opened) {
    return ON ? new Throwable(opened + " was opened here") : null;
  }

  /** The calling method, as {@code Class.method}; the other where diagnostics are off. */
  static String callerOr(String other) {
    return ON ? Caller.nameOr(other) : other;
  }
}
