package io.txhost.examples.todo;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says why the application did not start, in place of a stack trace. Found by {@code
 * spring.factories}.
 */
final class DatabaseUnavailableAnalyzer
    extends AbstractFailureAnalyzer<DatabaseUnavailableException> {

  @Override
  protected FailureAnalysis analyze(Throwable failure, DatabaseUnavailableException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.action(), failure);
  }
}
