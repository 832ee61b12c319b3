package io.txhost.spring.boot;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * What must be known before the first bean. The carrier and the diagnostics are chosen once in a
 * process, by system properties: the application's are handed on as such. And the log's pattern is
 * told of the request's id, unless the application has a pattern of its own.
 *
 * <p>After the configuration was read, and before the log is set up.
 */
final class EarlyProperties
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
  static final String CARRIER = "txhost.carrier";
  static final String DIAGNOSTICS = "txhost.diagnostics";
  private static final String PATTERN = "logging.pattern.correlation";

  /** Set by what prints a correlation of its own, such as tracing. */
  private static final String EXPECTED = "logging.expect-correlation-id";

  private static final String ID = "%correlationId{requestId(36)}";
  private static final String SERVLET = "jakarta.servlet.Filter";

  /** Called by Spring. */
  EarlyProperties() {}

  /** Between Spring Boot's two listeners: 10 reads the configuration, 20 sets up the log. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 15;
  }

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    ConfigurableEnvironment environment = event.getEnvironment();
    handOn(environment, CARRIER);
    handOn(environment, DIAGNOSTICS);
    if (event.getSpringApplication().getWebApplicationType() == WebApplicationType.SERVLET
        && ClassUtils.isPresent(SERVLET, null)
        && isOn(environment, "txhost.context.enabled")
        && isOn(environment, "txhost.context.log-correlation")) {
      environment
          .getPropertySources()
          .addLast(new MapPropertySource("txhost", Map.of(PATTERN, pattern(environment))));
    }
  }

  /** One that is set stays: whether it fits is asked when the hosts are made. */
  private static void handOn(ConfigurableEnvironment environment, String property) {
    String value = valueOf(environment, property);
    if (value != null && System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** In the core's words, however Spring Boot lets it be written; null where it is not set. */
  static @Nullable String valueOf(Environment environment, String property) {
    String value = environment.getProperty(property);
    return value == null ? null : value.trim().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static boolean isOn(ConfigurableEnvironment environment, String property) {
    return environment.getProperty(property, Boolean.class, true);
  }

  /** Tracing's own is beside it, as it was. */
  private static String pattern(ConfigurableEnvironment environment) {
    return environment.getProperty(EXPECTED, Boolean.class, false) ? ID + "%correlationId" : ID;
  }
}
