package io.txhost.spring;

import io.txhost.TransactionException;
import java.util.List;

/**
 * The application context was not started: its transactions would not be what its annotations say.
 */
public final class StartupRefusedException extends TransactionException {
  private static final long serialVersionUID = 1L;

  private final String[] findings;

  StartupRefusedException(List<String> findings) {
    super("TXH-600", message(findings), null);
    this.findings = findings.toArray(String[]::new);
  }

  /** What was found, one sentence each, beginning with its own code. */
  public List<String> findings() {
    return List.of(findings);
  }

  private static String message(List<String> findings) {
    StringBuilder text = new StringBuilder("The application context was not started: ");
    text.append(findings.size() == 1 ? "1 finding." : findings.size() + " findings.");
    for (String finding : findings) {
      text.append(System.lineSeparator()).append("  ").append(finding);
    }
    return text.toString();
  }
}
