package io.txhost.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The methods of a scoped bean's class that its class proxy does not hand on: they would run on the
 * proxy itself, of which there is one for all contexts.
 */
final class ScopedMethods implements BeanCheck {
  private static final String WHY =
      ", so no proxy can override it and it would run on the proxy, with fields that all contexts"
          + " share; make it ";

  private final ConfigurableListableBeanFactory beans;
  private final ProxyShape shape;

  ScopedMethods(ConfigurableListableBeanFactory beans, ProxyShape shape) {
    this.beans = beans;
    this.shape = shape;
  }

  /** By the declared class, of which the proxy is made. */
  @Override
  public void declared(InspectedBean bean, Findings findings) {
    String name = bean.name();
    if (ScopedProxyUtils.isScopedTarget(name)
        && ContextBeans.SCOPE.equals(beans.getMergedBeanDefinition(name).getScope())
        && shape.isSubclass(name, bean.type())) {
      look(Wording.bean(name), bean.type(), findings);
    }
  }

  private static void look(String bean, Class<?> type, Findings findings) {
    for (Class<?> c = type; c != null && !DeclaredMethods.isFrameworks(c); c = c.getSuperclass()) {
      for (Method method : DeclaredMethods.of(c)) {
        if (isForOthers(method)) {
          findings.refuse(finding(bean, method, type));
        }
      }
    }
  }

  private static boolean isForOthers(Method method) {
    return !method.isSynthetic()
        && (method.getModifiers() & (Modifier.PRIVATE | Modifier.STATIC)) == 0;
  }

  private static @Nullable String finding(String bean, Method method, Class<?> type) {
    if (Modifier.isFinal(method.getModifiers())) {
      return finding(
          "TXH-603",
          bean,
          method,
          "is final",
          "non-final, or let the proxy be by interface: @ContextScope(proxyMode ="
              + " ScopedProxyMode.INTERFACES)");
    }
    return DeclaredMethods.isHiddenByPackage(method, type)
        ? finding(
            "TXH-604",
            bean,
            method,
            "is package-private in another package or class loader",
            "protected or public")
        : null;
  }

  private static String finding(
      String code, String bean, Method method, String what, String instead) {
    return Wording.finding(
        code, bean, "method " + Wording.method(method) + " " + what + WHY + instead);
  }
}
