package io.txhost.spring;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.ProxyConfig;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyProcessorSupport;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Conventions;
import org.springframework.core.KotlinDetector;
import org.springframework.util.ClassUtils;

/**
 * How Spring will proxy a bean: by a subclass of its class, or by its interfaces. Creates no proxy.
 */
final class ProxyShape extends ProxyProcessorSupport {
  private static final long serialVersionUID = 1L;

  /** A constant of Spring 7, by its name: Spring 6.2 does not have it. */
  private static final String EXPOSED_INTERFACES =
      Conventions.getQualifiedAttributeName(AutoProxyUtils.class, "exposedInterfaces");

  private final transient ConfigurableListableBeanFactory beans;

  ProxyShape(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Whether it will be a subclass; false where the class is an interface or generated. */
  boolean isSubclass(String beanName, Class<?> type) {
    if (type.isInterface() || Proxy.isProxyClass(type) || ClassUtils.isLambdaClass(type)) {
      return false;
    }
    if (AutoProxyUtils.shouldProxyTargetClass(beans, beanName)) {
      return true;
    }
    return (!isExposedByInterfaces(beanName) && allBySubclass()) || hasNoInterface(type);
  }

  /** What forbids a subclass, or null. */
  static @Nullable String obstacle(Class<?> type) {
    if (type.isRecord()) {
      return "is a record, which is always final";
    }
    if (Modifier.isFinal(type.getModifiers())) {
      return "is final";
    }
    if (type.isSealed()) {
      return "is sealed";
    }
    Constructor<?>[] constructors = type.getDeclaredConstructors();
    return Arrays.stream(constructors).allMatch(c -> Modifier.isPrivate(c.getModifiers()))
        ? "has only private constructors"
        : null;
  }

  /** What lets a proxy override a method that is final. */
  static String opening(Method method) {
    return KotlinDetector.isKotlinType(method.getDeclaringClass())
        ? "declare it open"
        : "make it non-final";
  }

  /** What lets a proxy be made of a class that has an obstacle. */
  static String remedy(Class<?> type) {
    if (type.isRecord()) {
      return "make it a class, or give it an interface and let proxies be by interface";
    }
    return KotlinDetector.isKotlinType(type) && Modifier.isFinal(type.getModifiers())
        ? "in Kotlin a class is final unless it is open: declare the class and its annotated methods"
            + " open, or let the compiler plugin kotlin-spring do it, for classes with @Component"
            + " or @Service"
        : "let the class be extended, or give it an interface and let proxies be by interface";
  }

  private boolean allBySubclass() {
    return beans.getBean(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME) instanceof ProxyConfig creator
        && creator.isProxyTargetClass();
  }

  private boolean isExposedByInterfaces(String beanName) {
    return beans.containsBeanDefinition(beanName)
        && beans.getBeanDefinition(beanName).hasAttribute(EXPOSED_INTERFACES);
  }

  private boolean hasNoInterface(Class<?> type) {
    ProxyFactory factory = new ProxyFactory();
    evaluateProxyInterfaces(type, factory);
    return factory.isProxyTargetClass();
  }
}
