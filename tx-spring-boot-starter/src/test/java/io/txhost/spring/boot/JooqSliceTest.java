package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.jooq.test.autoconfigure.JooqTest;
import org.springframework.context.ApplicationContext;

/** The slice of Spring Boot 4 for tests of jOOQ has what the application has. */
@JooqTest
final class JooqSliceTest {
  @Autowired private ApplicationContext context;
  @Autowired private DSLContext dsl;

  @Test
  void springBootsJooqIsTheHosts() {
    TransactionHost<DSLContext> host = Applications.host(context, DSLContext.class);

    assertThat(host.isTransactionActive()).isTrue();
    assertThat(dsl.configuration().connectionProvider().getClass().getName())
        .startsWith("io.txhost.jooq.");
  }

  @SpringBootConfiguration(proxyBeanMethods = false)
  static class Slice {}
}
