package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import io.txhost.servlet.ContextFilter;
import jakarta.servlet.ServletContext;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.PriorityOrdered;

/** A context for each request, around everything else that is done for it. */
@Configuration(proxyBeanMethods = false)
class RequestContexts {

  // region filter
  @Bean
  ContextPerRequest contextPerRequest() {
    return new ContextPerRequest();
  }

  // an object that says its order: Spring Boot reads none from the method that gives a lambda
  static final class ContextPerRequest implements ServletContextInitializer, PriorityOrdered {
    @Override
    public void onStartup(ServletContext application) {
      ContextFilter.create().addTo(application);
    }

    @Override
    public int getOrder() {
      return HIGHEST_PRECEDENCE;
    }
  }

  // endregion

  /** What belongs to one request may be done on several threads. */
  @Bean
  FanOut fanOut(TransactionHost<?> host) {
    return new FanOut(host);
  }
}
