package io.txhost.spring;

import java.lang.reflect.Constructor;
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
