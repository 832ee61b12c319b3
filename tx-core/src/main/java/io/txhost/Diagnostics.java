package io.txhost;

import org.jspecify.annotations.Nullable;

/** Stacks of openers, taken only where the system property {@value #PROPERTY} is {@code on}. */
final class Diagnostics {
  static final String PROPERTY = "txhost.diagnostics";

  private static final boolean ON = "on".equals(System.getProperty(PROPERTY));

  private Diagnostics() {}

  /** The caller's stack, as the cause of what may be refused later. */
  static @Nullable Throwable here(Boundary opened) {
    return ON ? new Throwable(opened + " was opened here") : null;
  }
}
