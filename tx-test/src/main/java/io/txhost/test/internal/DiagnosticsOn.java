package io.txhost.test.internal;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Turns diagnostics on before any test class is loaded, unless the property says otherwise. */
public final class DiagnosticsOn implements LauncherSessionListener {
  private static final String PROPERTY = "txhost.diagnostics";

  /** For the JUnit platform, which finds it by itself. */
  public DiagnosticsOn() {}

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, "on");
    }
  }
}
