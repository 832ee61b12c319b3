package io.txhost.spring;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * Notes which beans are made before {@link StartupChecks} is: those that process the bean factory,
 * and what they need. None of them has a proxy.
 */
final class EarlyBeans implements BeanPostProcessor {
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  private EarlyBeans() {}

  static void install(BeanDefinitionRegistry registry) {
    if (registry instanceof DefaultListableBeanFactory beans) {
      beans.addBeanPostProcessor(new EarlyBeans());
    }
  }

  /** The names so far. */
  static Set<String> of(Object factory) {
    Set<String> found = ConcurrentHashMap.newKeySet();
    if (factory instanceof DefaultListableBeanFactory beans) {
      for (BeanPostProcessor processor : beans.getBeanPostProcessors()) {
        if (processor instanceof EarlyBeans early) {
          found.addAll(early.names);
        }
      }
    }
    return found;
  }

  @Override
  public Object postProcessBeforeInitialization(Object bean, String name) {
    names.add(name);
    return bean;
  }
}
