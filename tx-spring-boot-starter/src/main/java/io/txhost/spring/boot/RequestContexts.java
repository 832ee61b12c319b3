package io.txhost.spring.boot;

import io.txhost.context.ContextInitializer;
import io.txhost.servlet.ContextFilter;
import io.txhost.spring.boot.TxHostProperties.RequestContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.core.PriorityOrdered;

/** Adds the filter before all others, save where the application has added its own. */
final class RequestContexts implements ServletContextInitializer, PriorityOrdered {
  private final ContextFilter filter;

  private RequestContexts(ContextFilter filter) {
    this.filter = filter;
  }

  static RequestContexts of(
      RequestContext asked,
      List<? extends ContextInitializer<? super HttpServletRequest>> initializers) {
    String id = asked.idHeader();
    String answer = asked.answerHeader();
    ContextFilter filter = ContextFilter.withInitializers(initializers);
    filter = named("id-header", id, filter::idHeader);
    filter = answer == null ? filter : named("answer-header", answer, filter::answerHeader);
    return new RequestContexts(filter);
  }

  private static ContextFilter named(
      String property, String header, Function<@Nullable String, ContextFilter> setting) {
    try {
      return setting.apply(header.isEmpty() ? null : header);
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationPropertyValueException(
          "txhost.context." + property, header, e.getMessage());
    }
  }

  @Override
  public void onStartup(ServletContext application) {
    if (application.getFilterRegistration(ContextFilter.class.getName()) == null) {
      filter.addTo(application);
    }
  }

  /** One step after the application's own, which docs/contexts.md shows at the very front. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 1;
  }
}
