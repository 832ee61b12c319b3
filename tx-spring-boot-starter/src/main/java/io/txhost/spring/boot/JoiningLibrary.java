package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Makes a library's object join its host as soon as it is made: before anyone has it, also where
 * beans are made when they are first asked for.
 *
 * @param <L> the library's object
 * @param <V> what the view of the host shows
 */
abstract class JoiningLibrary<L, V> implements BeanPostProcessor, BeanFactoryAware {
  /** Read by tx-spring. */
  private static final String JOINED = "io.txhost.joined";

  private final Class<L> type;
  private final String bean;
  private final String host;
  private @Nullable BeanFactory beans;
  private @Nullable TransactionHost<V> view;

  JoiningLibrary(Class<L> type, String bean, String host) {
    this.type = type;
    this.bean = bean;
    this.host = host;
  }

  @Override
  public final void setBeanFactory(BeanFactory factory) {
    this.beans = factory;
  }

  @Override
  public final @Nullable Object postProcessAfterInitialization(Object made, String name) {
    if (name.equals(bean) && type.isInstance(made)) {
      viewBy(type.cast(made));
    }
    return made;
  }

  /** So that the start-up checks do not warn of what stands on the host's pool by it. */
  static void note(ConfigurableListableBeanFactory beans, String joined) {
    if (beans.containsBeanDefinition(joined)) {
      beans.getBeanDefinition(joined).setAttribute(JOINED, true);
    }
  }

  /** The view by the object, which is the bean that this is about. */
  final TransactionHost<V> viewBy(L library) {
    TransactionHost<V> known = view;
    if (known == null) {
      known = joined(hostBean(), library);
      if (beans instanceof ConfigurableListableBeanFactory factory) {
        note(factory, bean);
      }
      view = known;
    }
    return known;
  }

  @SuppressWarnings("unchecked") // chosen by that type
  private TransactionHost<Connection> hostBean() {
    if (beans == null) {
      throw new IllegalStateException("A bean of its own, and of no bean factory");
    }
    return beans.getBean(host, TransactionHost.class);
  }

  abstract TransactionHost<V> joined(TransactionHost<Connection> host, L library);
}
