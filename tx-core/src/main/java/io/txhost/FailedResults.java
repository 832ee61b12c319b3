package io.txhost;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which results mean that a boundary has failed: what {@code rollbackIf} was told. */
final class FailedResults {
  private final Rule<?>[] rules;

  /** One call of {@code rollbackIf}. */
  record Rule<R>(Class<R> type, Predicate<? super R> failed) {
    boolean includes(@Nullable Object result) {
      return type.isInstance(result) && failed.test(type.cast(result));
    }
  }

  FailedResults(List<Rule<?>> rules) {
    this.rules = rules.toArray(Rule<?>[]::new);
  }

  /** Asked before anything is done about a result. */
  boolean isEmpty() {
    return rules.length == 0;
  }

  /** Whether any of them says so. */
  boolean include(@Nullable Object result) {
    for (Rule<?> rule : rules) {
      if (rule.includes(result)) {
        return true;
      }
    }
    return false;
  }
}
