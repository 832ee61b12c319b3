package io.txhost;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a boundary asks for. Immutable: each setter returns a copy. An option that was not set takes
 * the host's default; one that was set wins over it, whatever its value. A boundary that joins asks
 * only for what was set on it, not for the host's defaults, save the rollback rules. So does one
 * that runs without a transaction: there an isolation or a retry is refused.
 */
public final class TransactionOptions {
  private static final TransactionOptions DEFAULTS =
      new TransactionOptions(null, null, null, null, null, null, null, null);

  private final @Nullable Propagation propagation;
  private final @Nullable Isolation isolation;
  private final @Nullable Boolean readOnly;
  private final @Nullable Duration timeout;
  private final @Nullable String name;
  private final @Nullable List<Class<? extends Throwable>> rollbackFor;
  private final @Nullable List<Class<? extends Throwable>> noRollbackFor;
  private final @Nullable RetryPolicy retry;

  private final boolean asksOnlyToJoin;

  private TransactionOptions(
      @Nullable Propagation propagation,
      @Nullable Isolation isolation,
      @Nullable Boolean readOnly,
      @Nullable Duration timeout,
      @Nullable String name,
      @Nullable List<Class<? extends Throwable>> rollbackFor,
      @Nullable List<Class<? extends Throwable>> noRollbackFor,
      @Nullable RetryPolicy retry) {
    this.propagation = propagation;
    this.isolation = isolation;
    this.readOnly = readOnly;
    this.timeout = timeout;
    this.name = name;
    this.rollbackFor = rollbackFor;
    this.noRollbackFor = noRollbackFor;
    this.retry = retry;
    this.asksOnlyToJoin =
        (propagation == null || Step.joins(propagation))
            && (isolation == null || isolation == Isolation.DEFAULT)
            && timeout == null
            && attempts() == 1;
  }

  /** Nothing set. */
  public static TransactionOptions defaults() {
    return DEFAULTS;
  }

  /**
   * What the annotation asks for. An attribute at its default is not set.
   *
   * @param name the transaction's name where the annotation has none, such as {@code Class.method}
   * @throws IllegalArgumentException if a duration cannot be read, or the attributes contradict
   *     each other
   */
  public static TransactionOptions of(Transactional annotation, String name) {
    return AnnotationOptions.of(
        Objects.requireNonNull(annotation, "annotation"), Objects.requireNonNull(name, "name"));
  }

  /** Sets what to do about a transaction that is, or is not, active. */
  public TransactionOptions propagation(Propagation value) {
    return new TransactionOptions(
        Objects.requireNonNull(value, "propagation"),
        isolation,
        readOnly,
        timeout,
        name,
        rollbackFor,
        noRollbackFor,
        retry);
  }

  /** Sets the isolation. */
  public TransactionOptions isolation(Isolation value) {
    return new TransactionOptions(
        propagation,
        Objects.requireNonNull(value, "isolation"),
        readOnly,
        timeout,
        name,
        rollbackFor,
        noRollbackFor,
        retry);
  }

  /**
   * Sets whether the database is to refuse writes. Where no transaction runs the host refuses them.
   */
  public TransactionOptions readOnly(boolean value) {
    return new TransactionOptions(
        propagation, isolation, value, timeout, name, rollbackFor, noRollbackFor, retry);
  }

  /**
   * Sets the deadline, counted from entering the boundary. Where no transaction runs it is the
   * deadline of the statements.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public TransactionOptions timeout(Duration value) {
    Objects.requireNonNull(value, "timeout");
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "A timeout is positive, not " + value + "; without one there is no deadline");
    }
    return new TransactionOptions(
        propagation, isolation, readOnly, value, name, rollbackFor, noRollbackFor, retry);
  }

  /**
   * Sets the name, for logs and messages.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public TransactionOptions name(String value) {
    if (Objects.requireNonNull(value, "name").isBlank()) {
      throw new IllegalArgumentException("A transaction's name is not blank");
    }
    return new TransactionOptions(
        propagation, isolation, readOnly, timeout, value, rollbackFor, noRollbackFor, retry);
  }

  /**
   * Sets failures that roll back although a wider {@link #noRollbackFor()} excepts them, in place
   * of those set before. Of all the types set, the one nearest to the failure's decides.
   *
   * @throws IllegalArgumentException if {@link #noRollbackFor()} names one of them too
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // read only
  public final TransactionOptions rollbackFor(Class<? extends Throwable>... types) {
    return rollbackFor(Arrays.asList(Objects.requireNonNull(types, "rollbackFor")));
  }

  /**
   * The same; an empty collection sets that there are none, whatever the host's defaults.
   *
   * @throws IllegalArgumentException if {@link #noRollbackFor()} names one of them too
   */
  public TransactionOptions rollbackFor(Collection<? extends Class<? extends Throwable>> types) {
    List<Class<? extends Throwable>> listed = distinctFrom("rollbackFor", types, noRollbackFor);
    return new TransactionOptions(
        propagation, isolation, readOnly, timeout, name, listed, noRollbackFor, retry);
  }

  /**
   * Sets failures that commit, in place of those set before; they are thrown all the same. Any
   * other failure rolls back, checked ones too.
   *
   * @throws IllegalArgumentException if {@link #rollbackFor()} names one of them too
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // read only
  public final TransactionOptions noRollbackFor(Class<? extends Throwable>... types) {
    return noRollbackFor(Arrays.asList(Objects.requireNonNull(types, "noRollbackFor")));
  }

  /**
   * The same; an empty collection sets that there are none, whatever the host's defaults.
   *
   * @throws IllegalArgumentException if {@link #rollbackFor()} names one of them too
   */
  public TransactionOptions noRollbackFor(Collection<? extends Class<? extends Throwable>> types) {
    List<Class<? extends Throwable>> listed = distinctFrom("noRollbackFor", types, rollbackFor);
    return new TransactionOptions(
        propagation, isolation, readOnly, timeout, name, rollbackFor, listed, retry);
  }

  private static List<Class<? extends Throwable>> distinctFrom(
      String option,
      Collection<? extends Class<? extends Throwable>> types,
      @Nullable List<Class<? extends Throwable>> other) {
    for (Class<? extends Throwable> type : Objects.requireNonNull(types, option)) {
      Objects.requireNonNull(type, option);
    }
    List<Class<? extends Throwable>> listed = List.copyOf(types);
    if (other != null && !Collections.disjoint(other, listed)) {
      throw new IllegalArgumentException(
          "TXH-204 A failure cannot both roll back and commit: rollbackFor and noRollbackFor"
              + " share a type of "
              + listed);
    }
    return listed;
  }

  /** Sets whether and how to run the whole body again after a transient failure. */
  public TransactionOptions retry(RetryPolicy value) {
    return new TransactionOptions(
        propagation,
        isolation,
        readOnly,
        timeout,
        name,
        rollbackFor,
        noRollbackFor,
        Objects.requireNonNull(value, "retry"));
  }

  /** The propagation, {@link Propagation#REQUIRED} if not set. */
  public Propagation propagation() {
    return propagation == null ? Propagation.REQUIRED : propagation;
  }

  /** The isolation, {@link Isolation#DEFAULT} if not set. */
  public Isolation isolation() {
    return isolation == null ? Isolation.DEFAULT : isolation;
  }

  /** Whether the database is to refuse writes; false if not set. */
  public boolean readOnly() {
    return readOnly != null && readOnly;
  }

  /** The timeout, if set. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /** The name, if set. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** The failures that roll back although a wider type is excepted; none if not set. */
  public List<Class<? extends Throwable>> rollbackFor() {
    return rollbackFor == null ? List.of() : rollbackFor;
  }

  /** The failures that commit; none if not set. */
  public List<Class<? extends Throwable>> noRollbackFor() {
    return noRollbackFor == null ? List.of() : noRollbackFor;
  }

  /** The retry policy, if set. */
  public Optional<RetryPolicy> retry() {
    return Optional.ofNullable(retry);
  }

  // the engine asks by field: no Optional on the hot path

  @Nullable Propagation propagationOrNull() {
    return propagation;
  }

  @Nullable Duration timeoutOrNull() {
    return timeout;
  }

  @Nullable String nameOrNull() {
    return name;
  }

  /** Whether a boundary that joins could be refused nothing of it, nor needs a frame for it. */
  boolean asksOnlyToJoin() {
    return asksOnlyToJoin;
  }

  /** How often the body may run; 1 if no retry is set. */
  int attempts() {
    return retry == null ? 1 : retry.attempts();
  }

  @Nullable RetryPolicy retryOrNull() {
    return retry;
  }

  /** These, and where one is not set, the other's. */
  TransactionOptions over(TransactionOptions other) {
    if (other == DEFAULTS) {
      return this;
    }
    if (this == DEFAULTS) {
      return other;
    }
    return new TransactionOptions(
        propagation != null ? propagation : other.propagation,
        isolation != null ? isolation : other.isolation,
        readOnly != null ? readOnly : other.readOnly,
        timeout != null ? timeout : other.timeout,
        name != null ? name : other.name,
        rollbackFor != null ? rollbackFor : other.rollbackFor,
        noRollbackFor != null ? noRollbackFor : other.noRollbackFor,
        retry != null ? retry : other.retry);
  }

  /**
   * Whether the failure rolls back. The type nearest to the failure's own decides, as in Spring's
   * {@code RuleBasedTransactionAttribute}; where both lists name it, it rolls back.
   */
  boolean rollsBackOn(Throwable failure) {
    int commits = nearest(noRollbackFor, failure);
    return commits == Integer.MAX_VALUE || nearest(rollbackFor, failure) <= commits;
  }

  private static int nearest(@Nullable List<Class<? extends Throwable>> types, Throwable failure) {
    int nearest = Integer.MAX_VALUE;
    if (types != null) {
      for (Class<? extends Throwable> type : types) {
        nearest = Math.min(nearest, distance(failure.getClass(), type));
      }
    }
    return nearest;
  }

  private static int distance(Class<?> from, Class<?> to) {
    int steps = 0;
    for (Class<?> c = from; c != null; c = c.getSuperclass(), steps++) {
      if (c == to) {
        return steps;
      }
    }
    return Integer.MAX_VALUE;
  }

  /** Whether the same is set, to the same values: "not set" and a default that is set differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TransactionOptions its && all().equals(its.all());
  }

  @Override
  public int hashCode() {
    return all().hashCode();
  }

  private List<@Nullable Object> all() {
    return Arrays.asList(
        propagation, isolation, readOnly, timeout, name, rollbackFor, noRollbackFor, retry);
  }

  /** All that is set. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text, "", name);
    append(text, "", propagation);
    append(text, "", isolation);
    append(text, "readOnly=", readOnly);
    append(text, "timeout=", timeout);
    append(text, "rollbackFor=", RetryPolicy.names(rollbackFor));
    append(text, "noRollbackFor=", RetryPolicy.names(noRollbackFor));
    append(text, "retry=", retry);
    return text.isEmpty() ? "defaults" : text.toString();
  }

  private static void append(StringBuilder text, String label, @Nullable Object value) {
    if (value != null) {
      text.append(text.isEmpty() ? "" : ", ").append(label).append(value);
    }
  }
}
