package io.txhost.spring.boot;

import io.txhost.FallbackPolicy;
import io.txhost.Isolation;
import io.txhost.Propagation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is under {@code txhost} in an application's configuration. What is not set is null, so that
 * a host's own settings can lie over those of all hosts.
 *
 * @param enabled whether there are transactions at all, as {@code TransactionHost.Builder#enabled}
 * @param carrier what carries the context; read before, by {@link EarlyProperties}
 * @param diagnostics whether openers are remembered by their stack; read before, too
 * @param hosts settings of single hosts, by their names
 * @param spring of tx-spring, which reads them itself
 */
@ConfigurationProperties(prefix = "txhost", ignoreUnknownFields = false)
record TxHostProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable FallbackPolicy fallbackPolicy,
    @DefaultValue Options defaultOptions,
    @DefaultValue Retry retry,
    @Nullable Carrier carrier,
    @Nullable Diagnostics diagnostics,
    @DefaultValue("true") boolean transactionManager,
    @DefaultValue RequestContext context,
    @DefaultValue Observe observe,
    @DefaultValue Map<String, Host> hosts,
    @DefaultValue Map<String, String> spring) {

  TxHostProperties {
    hosts = Map.copyOf(hosts);
    spring = Map.copyOf(spring);
  }

  enum Carrier {
    SCOPED_VALUE,
    THREAD_LOCAL
  }

  enum Diagnostics {
    ON,
    OFF
  }

  /** What a boundary takes where it sets nothing. */
  record Options(
      @Nullable Propagation propagation,
      @Nullable Isolation isolation,
      @Nullable Boolean readOnly,
      @Nullable Duration timeout,
      @Nullable List<Class<? extends Throwable>> rollbackFor,
      @Nullable List<Class<? extends Throwable>> noRollbackFor) {

    Options over(Options below) {
      return new Options(
          or(propagation, below.propagation),
          or(isolation, below.isolation),
          or(readOnly, below.readOnly),
          or(timeout, below.timeout),
          or(rollbackFor, below.rollbackFor),
          or(noRollbackFor, below.noRollbackFor));
    }
  }

  /** When the body of a boundary runs again. */
  record Retry(
      @Nullable Integer maxAttempts,
      @Nullable Duration initialDelay,
      @Nullable Duration maxDelay,
      @Nullable List<Class<? extends Throwable>> alsoOn,
      @Nullable List<String> alsoOnSqlState) {

    Retry over(Retry below) {
      return new Retry(
          or(maxAttempts, below.maxAttempts),
          or(initialDelay, below.initialDelay),
          or(maxDelay, below.maxDelay),
          or(alsoOn, below.alsoOn),
          or(alsoOnSqlState, below.alsoOnSqlState));
    }
  }

  /** One host's own. */
  record Host(
      @Nullable Boolean enabled,
      @Nullable FallbackPolicy fallbackPolicy,
      @DefaultValue Options defaultOptions,
      @DefaultValue Retry retry) {}

  /**
   * The context of each request.
   *
   * @param idHeader empty to take ids from no header
   * @param answerHeader empty to answer with none; as {@code idHeader} unless set
   */
  record RequestContext(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("X-Request-Id") String idHeader,
      @Nullable String answerHeader,
      @DefaultValue("true") boolean logCorrelation) {}

  /**
   * What is to be seen of transactions.
   *
   * @param meterNames how many names of transactions the meters tell apart
   * @param remembered how many slow and how many failed transactions the endpoint knows
   * @param slowFrom how long a transaction takes at least to be slow
   * @param warnIfOpenFor zero for no warning
   * @param warnIfIdleFor zero for no warning
   */
  record Observe(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("true") boolean log,
      @DefaultValue("true") boolean flightRecorder,
      @DefaultValue("true") boolean meters,
      @DefaultValue("100") int meterNames,
      @DefaultValue("true") boolean observations,
      @DefaultValue("20") int remembered,
      @DefaultValue("1s") Duration slowFrom,
      @DefaultValue("5m") Duration warnIfOpenFor,
      @DefaultValue("1m") Duration warnIfIdleFor) {}

  private static <V> @Nullable V or(@Nullable V own, @Nullable V below) {
    return own != null ? own : below;
  }
}
