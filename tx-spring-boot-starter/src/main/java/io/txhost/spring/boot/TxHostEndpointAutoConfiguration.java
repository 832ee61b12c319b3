package io.txhost.spring.boot;

import io.txhost.observe.TransactionObserver;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The actuator's endpoint {@code txhost}, where it is exposed. */
@AutoConfiguration(after = TxHostObserveAutoConfiguration.class)
@ConditionalOnClass({TransactionObserver.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(endpoint = TxHostEndpoint.class)
@ConditionalOnBean(TransactionObserver.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public final class TxHostEndpointAutoConfiguration {

  /** Called by Spring. */
  TxHostEndpointAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  TxHostEndpoint txHostEndpoint(TransactionObserver observer) {
    return new TxHostEndpoint(observer);
  }
}
