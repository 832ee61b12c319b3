package io.txhost.spring.boot;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.txhost.observe.TransactionObserver;
import io.txhost.spring.boot.TxHostProperties.Observe;
import jdk.jfr.FlightRecorder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An observer of all hosts, with what the application has the library for. It is a {@link
 * io.txhost.spi.TransactionListener}, and given to each host as all of these are.
 */
@AutoConfiguration(before = TxHostAutoConfiguration.class)
@ConditionalOnClass(TransactionObserver.class)
@ConditionalOnProperty(name = "txhost.observe.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(TransactionObserver.class)
@EnableConfigurationProperties(TxHostProperties.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public final class TxHostObserveAutoConfiguration {

  /** Called by Spring. */
  TxHostObserveAutoConfiguration() {}

  @Bean
  TransactionObserver transactionObserver(
      TxHostProperties properties, ObjectProvider<ObserverPart> parts) {
    Observe asked = properties.observe();
    TransactionObserver.Builder builder = TransactionObserver.builder();
    if (asked.log()) {
      builder.log();
    }
    if (!asked.warnIfOpenFor().isZero()) {
      builder.warnIfOpenFor(asked.warnIfOpenFor());
    }
    if (!asked.warnIfIdleFor().isZero()) {
      builder.warnIfIdleFor(asked.warnIfIdleFor());
    }
    parts.orderedStream().forEach(part -> part.addTo(builder, asked));
    return builder.build();
  }

  /** What is seen with a library that an application may not have. */
  interface ObserverPart {
    void addTo(TransactionObserver.Builder builder, Observe asked);
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(FlightRecorder.class)
  @ConditionalOnProperty(name = "txhost.observe.flight-recorder", matchIfMissing = true)
  static class FlightRecorderEvents {
    @Bean
    ObserverPart flightRecorderOfTransactions() {
      return (builder, asked) -> builder.flightRecorder();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  @ConditionalOnProperty(name = "txhost.observe.meters", matchIfMissing = true)
  static class MicrometersMeters {
    @Bean
    ObserverPart metersOfTransactions(ObjectProvider<MeterRegistry> registries) {
      return (builder, asked) ->
          registries.ifUnique(registry -> builder.meters(registry, asked.meterNames()));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({ObservationRegistry.class, Tracer.class})
  @ConditionalOnProperty(name = "txhost.observe.observations", matchIfMissing = true)
  static class MicrometersObservations {
    @Bean
    ObserverPart observationsOfTransactions(ObjectProvider<ObservationRegistry> registries) {
      return (builder, asked) -> registries.ifUnique(builder::observations);
    }
  }

  /** What the endpoint tells of what is over. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  @ConditionalOnAvailableEndpoint(endpoint = TxHostEndpoint.class)
  static class EndpointsMemory {
    @Bean
    ObserverPart memoryOfTransactions() {
      return (builder, asked) -> builder.memory(asked.remembered(), asked.slowFrom());
    }
  }
}
