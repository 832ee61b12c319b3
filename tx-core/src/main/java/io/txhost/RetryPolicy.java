package io.txhost;

import io.txhost.spi.CauseChain;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often, and after what, a boundary runs its whole body again in a new transaction. Failures
 * known as transient (deadlock, serialization failure) are repeated; others where this policy asks.
 * Never repeated: a timeout, a failure to get a connection, an unknown commit outcome, anything
 * past the deadline.
 *
 * <p>Delays are exponential with full jitter: the n-th is drawn evenly from 0 to {@code
 * initialDelay * 2^(n-1)}, at the most {@code maxDelay} (after Marc Brooker, "Exponential Backoff
 * And Jitter"). Immutable.
 */
public final class RetryPolicy {
  private static final Duration INITIAL_DELAY = Duration.ofMillis(20);
  private static final Duration MAX_DELAY = Duration.ofSeconds(1);

  // longer than anyone waits, and its nanoseconds fit a long
  private static final Duration LONGEST = Duration.ofDays(365);

  private final int attempts;
  private final Duration initialDelay;
  private final Duration maxDelay;
  private final List<Class<? extends Throwable>> alsoOn;
  private final List<String> alsoOnSqlState;

  private RetryPolicy(
      int attempts,
      Duration initialDelay,
      Duration maxDelay,
      List<Class<? extends Throwable>> alsoOn,
      List<String> alsoOnSqlState) {
    this.attempts = attempts;
    this.initialDelay = initialDelay;
    this.maxDelay = maxDelay;
    this.alsoOn = alsoOn;
    this.alsoOnSqlState = alsoOnSqlState;
  }

  /**
   * At the most so many runs in all, the first one counted; delays of at the most 20 ms at first
   * and 1 s later.
   *
   * @throws IllegalArgumentException if {@code attempts} is less than 1
   */
  public static RetryPolicy maxAttempts(int attempts) {
    if (attempts < 1) {
      throw new IllegalArgumentException(
          "maxAttempts counts the first run: 1 or more, not " + attempts);
    }
    return new RetryPolicy(attempts, INITIAL_DELAY, MAX_DELAY, List.of(), List.of());
  }

  /** The most the first delay may be; zero is no delay at all. */
  public RetryPolicy initialDelay(Duration delay) {
    return new RetryPolicy(
        attempts, notNegative("initialDelay", delay), maxDelay, alsoOn, alsoOnSqlState);
  }

  /** The most any delay may be. */
  public RetryPolicy maxDelay(Duration delay) {
    return new RetryPolicy(
        attempts, initialDelay, notNegative("maxDelay", delay), alsoOn, alsoOnSqlState);
  }

  /** Also failures of these types, anywhere in the cause chain, in place of those set before. */
  @SafeVarargs
  @SuppressWarnings("varargs") // read only
  public final RetryPolicy alsoOn(Class<? extends Throwable>... types) {
    return new RetryPolicy(
        attempts, initialDelay, maxDelay, listed("alsoOn", types), alsoOnSqlState);
  }

  /**
   * Also {@link SQLException}s of these SQLSTATEs, anywhere in the cause chain; or of these vendor
   * codes, such as MariaDB's {@code "1205"}, which shares its SQLSTATE with much else. In place of
   * those set before.
   */
  public RetryPolicy alsoOnSqlState(String... states) {
    return new RetryPolicy(
        attempts, initialDelay, maxDelay, alsoOn, listed("alsoOnSqlState", states));
  }

  /** How many runs in all, the first one counted. */
  public int maxAttempts() {
    return attempts;
  }

  /** The most the first delay may be. */
  public Duration initialDelay() {
    return initialDelay;
  }

  /** The most any delay may be. */
  public Duration maxDelay() {
    return maxDelay;
  }

  /** The types of failures that are repeated besides those known as transient. */
  public List<Class<? extends Throwable>> alsoOn() {
    return alsoOn;
  }

  /** The SQLSTATEs and vendor codes that are repeated besides those known as transient. */
  public List<String> alsoOnSqlState() {
    return alsoOnSqlState;
  }

  int attempts() {
    return attempts;
  }

  boolean asksFor(Throwable failure) {
    for (Throwable t : CauseChain.of(failure)) {
      if (alsoOn.stream().anyMatch(type -> type.isInstance(t))
          || (t instanceof SQLException sql && asksFor(sql))) {
        return true;
      }
    }
    return false;
  }

  private boolean asksFor(SQLException e) {
    return alsoOnSqlState.contains(String.valueOf(e.getSQLState()))
        || alsoOnSqlState.contains(String.valueOf(e.getErrorCode()));
  }

  /** The delay after the given attempt, from 1. */
  Duration delayAfter(int attempt, RandomGenerator random) {
    long initial = nanos(initialDelay);
    long max = nanos(maxDelay);
    int doublings = Math.min(attempt - 1, 62);
    long cap = initial > max >> doublings ? max : initial << doublings;
    return Duration.ofNanos(cap == 0 ? 0 : random.nextLong(cap + 1));
  }

  private static long nanos(Duration delay) {
    return (delay.compareTo(LONGEST) > 0 ? LONGEST : delay).toNanos();
  }

  private static Duration notNegative(String what, Duration delay) {
    if (Objects.requireNonNull(delay, what).isNegative()) {
      throw new IllegalArgumentException(what + " is negative: " + delay);
    }
    return delay;
  }

  private static <E> List<E> listed(String option, E[] values) {
    for (E one : Objects.requireNonNull(values, option)) {
      Objects.requireNonNull(one, option);
    }
    return List.of(values);
  }

  /** As people know them; null if there are none. */
  static @Nullable List<String> names(@Nullable List<Class<? extends Throwable>> types) {
    return types == null ? null : types.stream().map(Class::getName).toList();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RetryPolicy its && all().equals(its.all());
  }

  @Override
  public int hashCode() {
    return all().hashCode();
  }

  private List<Object> all() {
    return List.of(attempts, initialDelay, maxDelay, alsoOn, alsoOnSqlState);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("at most ").append(attempts).append(" attempts");
    text.append(", delays up to ").append(initialDelay).append(" and ").append(maxDelay);
    if (!alsoOn.isEmpty()) {
      text.append(", also on ").append(names(alsoOn));
    }
    if (!alsoOnSqlState.isEmpty()) {
      text.append(", also on SQLSTATE ").append(alsoOnSqlState);
    }
    return text.toString();
  }
}
