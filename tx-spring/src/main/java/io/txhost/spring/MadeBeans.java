package io.txhost.spring;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * Notes which beans Spring makes until the start is over. Installed before {@link StartupChecks} is
 * made, so it hears also of those that process the bean factory, and of what they need: none of
 * them has a proxy.
 *
 * <p><b>Threads:</b> beans may be made by several threads at once.
 */
final class MadeBeans implements BeanPostProcessor {
  private final Set<String> names = ConcurrentHashMap.newKeySet();
  private volatile boolean isOver;

  private MadeBeans() {}

  static void install(BeanDefinitionRegistry registry) {
    if (registry instanceof DefaultListableBeanFactory beans) {
      of(beans);
    }
  }

  /** The one of the factory, installed there if it is not yet. */
  static MadeBeans of(ConfigurableBeanFactory factory) {
    if (factory instanceof AbstractBeanFactory beans) {
      for (BeanPostProcessor processor : beans.getBeanPostProcessors()) {
        if (processor instanceof MadeBeans made) {
          return made;
        }
      }
    }
    MadeBeans made = new MadeBeans();
    factory.addBeanPostProcessor(made);
    return made;
  }

  boolean contains(String name) {
    return names.contains(name);
  }

  /** What is made from here on is not noted. */
  void startIsOver() {
    isOver = true;
  }

  /** Forgets what was made. */
  void clear() {
    names.clear();
  }

  @Override
  public Object postProcessBeforeInitialization(Object bean, String name) {
    note(name);
    return bean;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    note(name); // a FactoryBean's product comes only here
    return bean;
  }

  private void note(String name) {
    if (!isOver) {
      names.add(name);
    }
  }
}
