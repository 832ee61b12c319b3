package io.txhost.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConstructorArgumentValues;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;

/**
 * Definitions of beans. By constructor and by static method, never by an instance supplier: only so
 * can they be written as code ahead of time.
 */
final class Definitions {
  private final RootBeanDefinition definition;
  private int arguments;

  private Definitions(RootBeanDefinition definition) {
    this.definition = definition;
    definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
  }

  /** By the constructor. */
  static Definitions of(Class<?> type) {
    return new Definitions(new RootBeanDefinition(type));
  }

  /** By a static method. */
  static Definitions of(ResolvableType type, Class<?> factory, String method) {
    RootBeanDefinition definition = new RootBeanDefinition(factory);
    definition.setFactoryMethodName(method);
    definition.setTargetType(type);
    return new Definitions(definition);
  }

  /** By a method of another bean. */
  static Definitions of(ResolvableType type, String factoryBean, String method) {
    RootBeanDefinition definition = new RootBeanDefinition();
    definition.setFactoryBeanName(factoryBean);
    definition.setFactoryMethodName(method);
    definition.setTargetType(type);
    return new Definitions(definition);
  }

  /** The next argument; what is not given is autowired. */
  Definitions with(Object value) {
    ConstructorArgumentValues values = definition.getConstructorArgumentValues();
    values.addIndexedArgumentValue(arguments++, value);
    return this;
  }

  /** The next argument: a bean. */
  Definitions withBean(String name) {
    return with(new RuntimeBeanReference(name));
  }

  /** Spring does not warn that it is created early. */
  Definitions infrastructure() {
    definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
    return this;
  }

  /** It comes in where the pool would. */
  Definitions qualifiedAs(@Nullable Pool pool) {
    if (pool != null) {
      pool.qualify(definition);
    }
    return this;
  }

  RootBeanDefinition definition() {
    return definition;
  }
}
