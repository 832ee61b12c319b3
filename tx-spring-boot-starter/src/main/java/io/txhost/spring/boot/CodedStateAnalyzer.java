package io.txhost.spring.boot;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What is said by no exception of its own: a carrier that there is not, a silent database. */
final class CodedStateAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {
  private static final Map<String, String> ACTIONS =
      Map.of(
          "TXH-401",
          "Leave txhost.carrier out, or set it to thread-local; scoped-value needs Java 25.",
          "TXH-662",
          "Start the database first, or declare an org.jooq.Configuration bean over that DataSource"
              + " with a dialect.");

  /** Called by Spring. */
  CodedStateAnalyzer() {}

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
    String message = String.valueOf(cause.getMessage());
    return ACTIONS.entrySet().stream()
        .filter(action -> message.startsWith(action.getKey()))
        .map(action -> new FailureAnalysis(message, action.getValue(), cause))
        .findFirst()
        .orElse(null);
  }
}
