package io.txhost;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@link Transactional}. */
final class AnnotationOptions {
  private static final Pattern SIMPLE = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h)");

  private AnnotationOptions() {}

  static TransactionOptions of(Transactional annotation, String name) {
    TransactionOptions options =
        TransactionOptions.defaults().name(annotation.name().isEmpty() ? name : annotation.name());
    if (annotation.propagation() != Propagation.REQUIRED) {
      options = options.propagation(annotation.propagation());
    }
    if (annotation.isolation() != Isolation.DEFAULT) {
      options = options.isolation(annotation.isolation());
    }
    if (annotation.readOnly()) {
      options = options.readOnly(true);
    }
    if (!annotation.timeout().isEmpty()) {
      options = options.timeout(duration("timeout", annotation.timeout()));
    }
    if (annotation.rollbackFor().length > 0) {
      options = options.rollbackFor(annotation.rollbackFor());
    }
    if (annotation.noRollbackFor().length > 0) {
      options = options.noRollbackFor(annotation.noRollbackFor());
    }
    if (annotation.retry().maxAttempts() != 1) {
      options = options.retry(policy(annotation.retry()));
    }
    return options;
  }

  private static RetryPolicy policy(Retry retry) {
    RetryPolicy policy = RetryPolicy.maxAttempts(retry.maxAttempts());
    if (!retry.initialDelay().isEmpty()) {
      policy = policy.initialDelay(duration("retry.initialDelay", retry.initialDelay()));
    }
    if (!retry.maxDelay().isEmpty()) {
      policy = policy.maxDelay(duration("retry.maxDelay", retry.maxDelay()));
    }
    return policy.alsoOn(retry.alsoOn()).alsoOnSqlState(retry.alsoOnSqlState());
  }

  static Duration duration(String attribute, String text) {
    Matcher simple = SIMPLE.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (simple.matches()) {
      long amount = Long.parseLong(simple.group(1));
      return switch (simple.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
    try {
      return Duration.parse(text.trim());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          attribute + " is a duration such as 500ms, 5s, 2m, 1h or PT5S, not '" + text + "'", e);
    }
  }
}
