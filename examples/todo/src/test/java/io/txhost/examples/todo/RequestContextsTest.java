package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/** What Spring Boot adds to the application is inside the request's context. */
@Import(RequestContextsTest.Filters.class)
final class RequestContextsTest extends RunningApplication {

  static class Filters {
    @Bean
    Filter plain() {
      return noting("plain");
    }

    @Bean
    FilterRegistrationBean<Filter> asSecuritys() {
      return registered("as security's", -100);
    }

    @Bean
    FilterRegistrationBean<Filter> first() {
      return registered("first", Ordered.HIGHEST_PRECEDENCE);
    }

    private static FilterRegistrationBean<Filter> registered(String name, int order) {
      FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(noting(name));
      registration.setName(name);
      registration.setOrder(order);
      return registration;
    }

    private static Filter noting(String name) {
      return (request, response, chain) -> {
        String context = Context.isActive() ? Context.current().id() : "none";
        ((HttpServletResponse) response).addHeader("X-Seen", name + " in " + context);
        chain.doFilter(request, response);
      };
    }
  }

  @Test
  void filtersOfEveryOrderAreInsideTheContextOfTheRequest() {
    assertThat(
            browser
                .send(browser.to("/todos").header("X-Request-Id", "request-1").GET())
                .headers()
                .allValues("X-Seen"))
        .containsExactlyInAnyOrder(
            "first in request-1", "as security's in request-1", "plain in request-1");
  }
}
