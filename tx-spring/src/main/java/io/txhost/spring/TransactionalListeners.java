package io.txhost.spring;

import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Warns of Spring's {@code @TransactionalEventListener}: it hears of the ends of Spring's
 * transactions, not of a host's.
 */
final class TransactionalListeners implements StartupCheck {
  private static final String ANNOTATION =
      "org.springframework.transaction.event.TransactionalEventListener";

  private final boolean isPresent;

  TransactionalListeners(@Nullable ClassLoader loader) {
    this.isPresent = ClassUtils.isPresent(ANNOTATION, loader);
  }

  @Override
  public void made(BeanGraph beans, Findings findings) {
    if (isPresent && !new Bridges(beans).areThere()) {
      beans.types().entrySet().forEach(bean -> look(bean, findings));
    }
  }

  private static void look(Map.Entry<String, Class<?>> bean, Findings findings) {
    Class<?> type = ClassUtils.getUserClass(bean.getValue());
    for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
      MergedAnnotation<?> found =
          MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).get(ANNOTATION);
      if (found.isPresent()) {
        findings.warn(warning(bean.getKey(), method, found));
      }
    }
  }

  private static String warning(String bean, Method method, MergedAnnotation<?> found) {
    boolean atOnce = found.getValue("fallbackExecution", Boolean.class).orElse(false);
    return Wording.finding(
        "TXH-625",
        bean,
        "method "
            + Wording.method(method)
            + " is a @TransactionalEventListener, which hears of Spring's transactions alone: for an"
            + " event that is published in a host's it is "
            + (atOnce ? "called at once, before the commit" : "never called")
            + "; take io.txhost.spring.TransactionalEventListener, which hears of a host's, or "
            + Bridges.WAY_OUT);
  }
}
