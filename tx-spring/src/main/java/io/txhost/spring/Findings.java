package io.txhost.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one look at the beans has found. Refusals are collected; a warning is logged at once. */
final class Findings {
  private static final System.Logger LOG = System.getLogger("io.txhost.spring");

  private final List<String> refusals = new ArrayList<>();

  void refuse(@Nullable String finding) {
    if (finding != null) {
      refusals.add(finding);
    }
  }

  void refuseAll(Collection<String> findings) {
    refusals.addAll(findings);
  }

  void warn(String finding) {
    LOG.log(System.Logger.Level.WARNING, finding);
  }

  /**
   * Ends the start if anything is refused.
   *
   * @throws StartupRefusedException with all refusals
   */
  void conclude() {
    if (!refusals.isEmpty()) {
      throw new StartupRefusedException(refusals);
    }
  }
}
