package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextKey;
import io.txhost.servlet.ContextFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The context of each request, with Spring Boot's Tomcat. */
@ExtendWith(OutputCaptureExtension.class)
final class RequestContextTest {
  private static final ContextKey<String> TENANT = ContextKey.of("tenant", String.class);

  @Test
  void everyFilterIsInsideAndTheIdIsInTheDefaultLog(CapturedOutput log) throws Exception {
    try (ConfigurableApplicationContext context = start()) {
      HttpResponse<String> response = get(context, "X-Request-Id", "from-caller-1");

      assertThat(response.body()).isEqualTo("from-caller-1 seen by filter from-caller-1");
      assertThat(response.headers().firstValue("X-Request-Id")).hasValue("from-caller-1");
      assertThat(log.getOut().lines().filter(line -> line.contains("handled")))
          .singleElement()
          .asString()
          .contains("[from-caller-1");
    }
  }

  @Test
  void withoutItThereIsNone(CapturedOutput log) throws Exception {
    try (ConfigurableApplicationContext context = start("--txhost.context.enabled=false")) {
      assertThat(get(context, "X-Request-Id", "from-caller-2").body())
          .isEqualTo("none seen by filter none");
      assertThat(log.getOut()).doesNotContain("from-caller-2");
    }
  }

  @Test
  void theHeadersAreThoseOfTheProperties() throws Exception {
    try (ConfigurableApplicationContext context =
        start("--txhost.context.id-header=X-Trace", "--txhost.context.answer-header=")) {
      HttpResponse<String> response = get(context, "X-Trace", "from-caller-3");

      assertThat(response.body()).startsWith("from-caller-3");
      assertThat(response.headers().firstValue("X-Trace")).isEmpty();
      assertThat(response.headers().firstValue("X-Request-Id")).isEmpty();
    }
  }

  @Test
  void aPatternOfTheApplicationsStays(CapturedOutput log) throws Exception {
    try (ConfigurableApplicationContext context = start("--logging.pattern.correlation=<own> ")) {
      get(context, "X-Request-Id", "from-caller-4");

      assertThat(log.getOut()).contains("<own> ").doesNotContain("from-caller-4");
    }
  }

  @Test
  void tracingsOwnCorrelationIsPrintedAsItWas(CapturedOutput log) throws Exception {
    try (ConfigurableApplicationContext context = start("--logging.expect-correlation-id=true")) {
      get(context, "X-Traced", "yes");

      assertThat(log.getOut().lines().filter(line -> line.contains("handled")))
          .singleElement()
          .asString()
          .contains("[0123456789abcdef0123456789abcdef-0123456789abcdef] ");
    }
  }

  @Test
  void initializersThatAreBeansFillIt() throws Exception {
    try (ConfigurableApplicationContext context = start(WithInitializer.class)) {
      assertThat(get(context, "X-Tenant", "blue").body()).contains("of blue");
    }
  }

  @Test
  void anInitializerOfTheApplicationsThatAddsTheFilterComesFirst() throws Exception {
    try (ConfigurableApplicationContext context = start(WithOwnFilter.class)) {
      assertThat(get(context, "X-Correlation-Id", "from-caller-5").body())
          .startsWith("from-caller-5");
    }
  }

  private static ConfigurableApplicationContext start(String... arguments) {
    return start(Web.class, arguments);
  }

  private static ConfigurableApplicationContext start(Class<?> more, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--server.port=0");
    all.add("--server.address=127.0.0.1");
    all.add("--spring.datasource.url=jdbc:h2:mem:web");
    return new SpringApplication(Web.class, more).run(all.toArray(String[]::new));
  }

  private static HttpResponse<String> get(
      ConfigurableApplicationContext context, String header, String value)
      throws IOException, InterruptedException {
    URI address =
        URI.create(
            "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(address).header(header, value).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static String id() {
    return Context.isActive() ? Context.current().id() : "none";
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Web {
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    Filter first() {
      return (request, response, chain) -> {
        request.setAttribute("seen", id());
        chain.doFilter(request, response);
      };
    }

    @Bean
    Page page() {
      return new Page();
    }
  }

  @RestController
  static class Page {
    @GetMapping("/")
    String show(HttpServletRequest request) {
      if (request.getHeader("X-Traced") != null) {
        MDC.put("traceId", "0123456789abcdef0123456789abcdef");
        MDC.put("spanId", "0123456789abcdef");
      }
      LoggerFactory.getLogger("page").info("handled");
      String tenant = Context.isActive() ? Context.current().get(TENANT).orElse("") : "";
      MDC.remove("traceId");
      MDC.remove("spanId");
      return id()
          + " seen by filter "
          + request.getAttribute("seen")
          + (tenant.isEmpty() ? "" : " of " + tenant);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithInitializer {
    @Bean
    ContextInitializer<HttpServletRequest> tenant() {
      return (context, request) -> context.set(TENANT, request.getHeader("X-Tenant"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithOwnFilter {
    @Bean
    ContextPerRequest contextPerRequest() {
      return new ContextPerRequest();
    }

    // an object that says its order: Spring Boot reads none from the method that gives a lambda
    static final class ContextPerRequest implements ServletContextInitializer, PriorityOrdered {
      @Override
      public void onStartup(ServletContext application) {
        ContextFilter.create().idHeader("X-Correlation-Id").addTo(application);
      }

      @Override
      public int getOrder() {
        return HIGHEST_PRECEDENCE;
      }
    }
  }
}
