package io.txhost.spring.boot;

import io.txhost.spring.StartupRefusedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What the start-up checks of tx-spring have found. */
final class StartupRefusedAnalyzer extends AbstractFailureAnalyzer<StartupRefusedException> {

  /** Called by Spring. */
  StartupRefusedAnalyzer() {}

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, StartupRefusedException cause) {
    StringBuilder text =
        new StringBuilder("The transactions would not be what the annotations say:\n");
    cause.findings().forEach(finding -> text.append("\n    - ").append(finding));
    return new FailureAnalysis(text.toString(), StartupActions.of(cause.findings()), cause);
  }
}
