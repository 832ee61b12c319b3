package io.txhost.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/**
 * What JUnit said of the tests of a class: "passed", or the failure with those suppressed in it.
 */
final class Verdicts {
  private static final Map<Class<?>, Verdicts> KNOWN = new ConcurrentHashMap<>();

  private final Map<String, String> byTest = new TreeMap<>();

  private Verdicts(Class<?> tests, boolean parallel) {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(tests))
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "" + parallel)
        .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
        .execute()
        .testEvents()
        .finished()
        .stream()
        .forEach(this::note);
  }

  private void note(Event event) {
    byTest.put(
        event.getTestDescriptor().getDisplayName().replace("()", ""),
        event
            .getRequiredPayload(TestExecutionResult.class)
            .getThrowable()
            .map(Verdicts::text)
            .orElse("passed"));
  }

  private static String text(Throwable failure) {
    StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
    for (Throwable suppressed : failure.getSuppressed()) {
      text.append("\nsuppressed: ").append(text(suppressed));
    }
    return text.toString();
  }

  /** Runs the class, once. */
  static Verdicts of(Class<?> tests) {
    return KNOWN.computeIfAbsent(tests, one -> new Verdicts(one, false));
  }

  /** Runs the tests of the class at the same time. */
  static Verdicts ofParallel(Class<?> tests) {
    return new Verdicts(tests, true);
  }

  String on(String test) {
    assertThat(byTest).containsKey(test);
    return byTest.get(test);
  }

  Map<String, String> all() {
    return byTest;
  }
}
