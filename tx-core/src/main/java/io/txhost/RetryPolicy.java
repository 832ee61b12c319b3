package io.txhost;

import io.txhost.spi.CauseChain;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

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

  /** Also failures of these types, anywhere in the cause chain. Adds to what was asked before. */
  @SafeVarargs
  @SuppressWarnings("varargs") // read only
  public final RetryPolicy alsoOn(Class<? extends Throwable>... types) {
    return new RetryPolicy(
        attempts, initialDelay, maxDelay, plus("alsoOn", alsoOn, types), alsoOnSqlState);
  }

  /**
   * Also {@link SQLException}s of these SQLSTATEs, anywhere in the cause chain; or of these vendor
   * codes, such as MariaDB's {@code "1205"}, which shares its SQLSTATE with much else. Adds to what
   * was asked before.
   */
  public RetryPolicy alsoOnSqlState(String... states) {
    return new RetryPolicy(
        attempts, initialDelay, maxDelay, alsoOn, plus("alsoOnSqlState", alsoOnSqlState, states));
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

  @SafeVarargs
  private static <E> List<E> plus(String option, List<E> present, E... more) {
    List<E> all = new ArrayList<>(present);
    for (E one : Objects.requireNonNull(more, option)) {
      all.add(Objects.requireNonNull(one, option));
    }
    return List.copyOf(all);
  }

  @Override
  public String toString() {
    return "at most " + attempts + " attempts, delays up to " + initialDelay + " and " + maxDelay;
  }
}
