package io.txhost.spring;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The class of each bean of one context, where it is known. Makes no bean. */
final class BeanClasses {
  private BeanClasses() {}

  /** By the names of the beans, in the order of declaration. */
  static Map<String, Class<?>> of(ConfigurableListableBeanFactory beans) {
    Map<String, Class<?>> types = new LinkedHashMap<>();
    for (String name : names(beans)) {
      Class<?> type = typeOf(beans, name);
      if (type != null) {
        types.put(name, type);
      }
    }
    return types;
  }

  /**
   * All bean names; of a scoped bean its target's alone, since the scoped proxy only leads to it.
   */
  private static Set<String> names(ConfigurableListableBeanFactory beans) {
    Set<String> names = new LinkedHashSet<>(Arrays.asList(beans.getBeanDefinitionNames()));
    names.addAll(Arrays.asList(beans.getSingletonNames()));
    names.removeIf(
        name ->
            names.contains(ScopedProxyUtils.getTargetBeanName(name))
                || (beans.containsBeanDefinition(name)
                    && beans.getMergedBeanDefinition(name).isAbstract()));
    return names;
  }

  /** The class of the bean where it exists, else what its definition says. */
  private static @Nullable Class<?> typeOf(ConfigurableListableBeanFactory beans, String name) {
    Object bean = beans.containsSingleton(name) ? beans.getSingleton(name) : null;
    return bean != null ? AopProxyUtils.ultimateTargetClass(bean) : beans.getType(name, false);
  }
}
