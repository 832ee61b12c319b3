package io.txhost.spring.boot;

import io.txhost.internal.Carrier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * Refuses what {@link EarlyProperties} could not bring about: it did not run, or something else in
 * the process was first.
 */
final class LateProperties {
  private LateProperties() {}

  /**
   * Compares what the application asks for with what there is.
   *
   * @throws InvalidConfigurationPropertyValueException TXH-663 if they differ
   */
  static void refuse(Environment environment) {
    String carrier = EarlyProperties.valueOf(environment, EarlyProperties.CARRIER);
    if (carrier != null && carrier.equals(System.getProperty(EarlyProperties.CARRIER))) {
      Carrier.refuseAbsent();
    }
    refuseOther(EarlyProperties.CARRIER, carrier, Carrier.name());
    refuseOther(
        EarlyProperties.DIAGNOSTICS,
        EarlyProperties.valueOf(environment, EarlyProperties.DIAGNOSTICS),
        System.getProperty(EarlyProperties.DIAGNOSTICS, "off"));
  }

  private static void refuseOther(String property, @Nullable String asked, String chosen) {
    if (asked != null && !asked.equals(chosen)) {
      throw new InvalidConfigurationPropertyValueException(
          property,
          asked,
          "TXH-663 It is '"
              + chosen
              + "' already, and is chosen once in a process. Something had a context or a host before"
              + " this application started, or it was not started by SpringApplication: set -D"
              + property
              + "="
              + asked
              + " on the command line of Java.");
    }
  }
}
