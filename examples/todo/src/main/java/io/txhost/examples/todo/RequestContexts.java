package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import io.txhost.spring.ContextFilter;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** A context for each request, around everything else that is done for it. */
@Configuration(proxyBeanMethods = false)
class RequestContexts {

  // region filter
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ServletContextInitializer contextPerRequest() {
    return ContextFilter.create()::addTo;
  }

  // endregion

  /** What belongs to one request may be done on several threads. */
  @Bean
  FanOut fanOut(TransactionHost<?> host) {
    return new FanOut(host);
  }
}
