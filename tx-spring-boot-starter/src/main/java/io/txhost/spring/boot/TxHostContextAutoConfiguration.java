package io.txhost.spring.boot;

import io.txhost.context.ContextInitializer;
import io.txhost.servlet.ContextFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** A context for each request of a servlet application, around every filter. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ContextFilter.class, HttpServletRequest.class})
@ConditionalOnProperty(name = "txhost.context.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(ContextFilter.class)
@EnableConfigurationProperties(TxHostProperties.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public final class TxHostContextAutoConfiguration {

  /** Called by Spring. */
  TxHostContextAutoConfiguration() {}

  @Bean
  RequestContexts requestContexts(
      TxHostProperties properties,
      ObjectProvider<ContextInitializer<? super HttpServletRequest>> initializers) {
    return RequestContexts.of(properties.context(), initializers.orderedStream().toList());
  }
}
