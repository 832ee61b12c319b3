package io.txhost.spring;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.util.ClassUtils;

/** How messages call beans, methods and contexts of either kind. */
final class Wording {
  private Wording() {}

  /** What is found of a bean: its code, which bean, and a text that ends without a full stop. */
  static String finding(String code, String bean, String text) {
    return code + " bean '" + bean + "': " + text + ".";
  }

  /** The name that the user gave the bean: of a scoped proxy's target it is the proxy's. */
  static String bean(String name) {
    return ScopedProxyUtils.isScopedTarget(name)
        ? ScopedProxyUtils.getOriginalBeanName(name)
        : name;
  }

  /** {@code Class.method(Parameter)}. */
  static String method(Method method) {
    return ClassUtils.getShortName(method.getDeclaringClass())
        + "."
        + method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(", ", "(", ")"));
  }
}
