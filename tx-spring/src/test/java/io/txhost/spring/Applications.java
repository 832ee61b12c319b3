package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionHost;
import io.txhost.spi.CauseChain;
import io.txhost.test.NoOpAdapter;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Small applications: real contexts of the given component classes. */
final class Applications {
  private Applications() {}

  /** One host, named "default". */
  @Configuration
  @EnableTransactionHosts
  static class OneHost {
    @Bean
    TransactionHost<String> host() {
      return host("default");
    }

    static TransactionHost<String> host(String name) {
      return TransactionHost.builder(NoOpAdapter.over("resource of " + name)).name(name).build();
    }
  }

  /** Two hosts, none of them named "default". */
  @Configuration
  @EnableTransactionHosts
  static class TwoHosts {
    @Bean
    TransactionHost<String> ordersHost() {
      return OneHost.host("orders");
    }

    @Bean
    TransactionHost<String> auditHost() {
      return OneHost.host("audit");
    }
  }

  static AnnotationConfigApplicationContext start(Class<?>... components) {
    return new AnnotationConfigApplicationContext(components);
  }

  /** Starts an application that must be refused. */
  static StartupRefusedException refusalOf(Class<?>... components) {
    return refusalIn(
        catchThrowable(
            () -> {
              try (var started = start(components)) {
                throw new AssertionError("started: " + started);
              }
            }));
  }

  static StartupRefusedException refusalIn(Throwable failure) {
    return CauseChain.of(failure).stream()
        .filter(StartupRefusedException.class::isInstance)
        .map(StartupRefusedException.class::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("not refused by txhost", failure));
  }

  /** The one finding of an application that must be refused. */
  static String findingOf(Class<?>... components) {
    StartupRefusedException refusal = refusalOf(components);
    assertThat(refusal.code()).isEqualTo("TXH-600");
    assertThat(refusal.findings()).hasSize(1);
    return refusal.findings().get(0);
  }
}
