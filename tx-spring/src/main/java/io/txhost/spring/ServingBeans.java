package io.txhost.spring;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The names of the beans that serve the annotation in a context, and what they tell. */
final class ServingBeans {
  static final String METHODS = "io.txhost.spring.transactionalMethods";
  static final String ADVISOR = "io.txhost.spring.transactionalAdvisor";

  private ServingBeans() {}

  /** Whether the context's annotations are served by weaving alone, so that no proxy is made. */
  static boolean areWovenAlone(ConfigurableListableBeanFactory beans) {
    return beans.containsBeanDefinition(METHODS) && !beans.containsBeanDefinition(ADVISOR);
  }
}
