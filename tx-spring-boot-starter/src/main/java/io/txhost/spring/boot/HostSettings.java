package io.txhost.spring.boot;

import io.txhost.RetryPolicy;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.spring.boot.TxHostProperties.Host;
import io.txhost.spring.boot.TxHostProperties.Options;
import io.txhost.spring.boot.TxHostProperties.Retry;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/** The settings of each host: its own lie over those of all. */
final class HostSettings {
  private static final Options NO_OPTIONS = new Options(null, null, null, null, null, null);
  private static final Host NOTHING =
      new Host(null, null, NO_OPTIONS, new Retry(null, null, null, null, null));

  private final TxHostProperties properties;

  /**
   * Settings for these hosts.
   *
   * @throws InvalidConfigurationPropertyValueException TXH-660 if there are settings for another
   */
  HostSettings(String[] hosts, TxHostProperties properties, Environment environment) {
    List<String> names = List.of(hosts);
    LateProperties.refuse(environment);
    this.properties = properties;
    optionsOf("txhost", NOTHING); // first: what is wrong for all is said of its own place
    properties.hosts().forEach((name, host) -> check(name, host, names));
  }

  private void check(String name, Host host, List<String> names) {
    String place = "txhost.hosts." + name;
    if (names.stream().noneMatch(known -> isSame(known, name))) {
      throw new InvalidConfigurationPropertyValueException(
          place, name, "TXH-660 There is no such host of this starter's. " + known(names));
    }
    optionsOf(place, host);
  }

  private static String known(List<String> names) {
    return names.isEmpty()
        ? "It makes none here: there is no DataSource, or the application has hosts of its own,"
            + " which are set where they are built."
        : "It makes " + String.join(", ", names) + ".";
  }

  /** As Spring Boot compares the names of properties: an environment variable has no capitals. */
  private static boolean isSame(String name, String other) {
    return uniform(name).equals(uniform(other));
  }

  private static String uniform(String name) {
    return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }

  /** Sets what is set. */
  void apply(String name, TransactionHost.Builder<?> builder) {
    String own = ownName(name);
    Host host = own == null ? NOTHING : properties.hosts().getOrDefault(own, NOTHING);
    builder.enabled(host.enabled() != null ? host.enabled() : properties.enabled());
    if (host.fallbackPolicy() != null) {
      builder.fallbackPolicy(host.fallbackPolicy());
    } else if (properties.fallbackPolicy() != null) {
      builder.fallbackPolicy(properties.fallbackPolicy());
    }
    builder.defaultOptions(optionsOf(own == null ? "txhost" : "txhost.hosts." + own, host));
  }

  private @Nullable String ownName(String name) {
    return properties.hosts().keySet().stream()
        .filter(one -> isSame(one, name))
        .findFirst()
        .orElse(null);
  }

  private TransactionOptions optionsOf(String place, Host host) {
    Options asked = host.defaultOptions().over(properties.defaultOptions());
    Setter<TransactionOptions> options =
        new Setter<>(place + ".default-options", TransactionOptions.defaults());
    options.set("propagation", asked.propagation(), TransactionOptions::propagation);
    options.set("isolation", asked.isolation(), TransactionOptions::isolation);
    options.set("read-only", asked.readOnly(), TransactionOptions::readOnly);
    options.set("timeout", asked.timeout(), TransactionOptions::timeout);
    options.set("rollback-for", asked.rollbackFor(), TransactionOptions::rollbackFor);
    options.set("no-rollback-for", asked.noRollbackFor(), TransactionOptions::noRollbackFor);
    RetryPolicy retry = retryOf(place + ".retry", host.retry().over(properties.retry()));
    return retry == null ? options.value : options.value.retry(retry);
  }

  private static @Nullable RetryPolicy retryOf(String place, Retry asked) {
    Integer attempts = asked.maxAttempts();
    if (attempts == null) {
      refuseWithoutAttempts(place, asked);
      return null;
    }
    Setter<RetryPolicy> retry =
        new Setter<>(
            place,
            valid(place + ".max-attempts", attempts, () -> RetryPolicy.maxAttempts(attempts)));
    retry.set("initial-delay", asked.initialDelay(), RetryPolicy::initialDelay);
    retry.set("max-delay", asked.maxDelay(), RetryPolicy::maxDelay);
    retry.set("also-on", asked.alsoOn(), HostSettings::alsoOn);
    retry.set("also-on-sql-state", asked.alsoOnSqlState(), HostSettings::alsoOnSqlState);
    return retry.value;
  }

  private static void refuseWithoutAttempts(String place, Retry asked) {
    refuseAlone(place, "initial-delay", asked.initialDelay());
    refuseAlone(place, "max-delay", asked.maxDelay());
    refuseAlone(place, "also-on", asked.alsoOn());
    refuseAlone(place, "also-on-sql-state", asked.alsoOnSqlState());
  }

  private static void refuseAlone(String place, String name, @Nullable Object value) {
    if (value != null) {
      throw new InvalidConfigurationPropertyValueException(
          place + "." + name,
          value,
          "TXH-661 "
              + place
              + ".max-attempts is missing, and without it nothing is retried: set it to 2 or more,"
              + " or leave this out.");
    }
  }

  @SuppressWarnings("unchecked") // the array is read only
  private static RetryPolicy alsoOn(RetryPolicy policy, List<Class<? extends Throwable>> types) {
    return policy.alsoOn(types.toArray(Class[]::new));
  }

  private static RetryPolicy alsoOnSqlState(RetryPolicy policy, List<String> states) {
    return policy.alsoOnSqlState(states.toArray(String[]::new));
  }

  /** What the core refuses is said with the property that has it. */
  private static <T> T valid(String property, Object value, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationPropertyValueException(
          property, value, "TXH-661 " + e.getMessage());
    }
  }

  private static final class Setter<T> {
    private final String place;
    private T value;

    Setter(String place, T value) {
      this.place = place;
      this.value = value;
    }

    <V> void set(String name, @Nullable V asked, BiFunction<T, V, T> setting) {
      if (asked != null) {
        value = valid(place + "." + name, asked, () -> setting.apply(value, asked));
      }
    }
  }
}
