package io.txhost.spring;

import io.txhost.TransactionHosts;
import java.lang.reflect.Method;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Makes the listeners of {@link TransactionalEventListener}. */
final class HostEventListeners implements EventListenerFactory, Ordered {
  private final ObjectProvider<TransactionHosts> hosts;

  /** The hosts are asked for when the first listener is made: this comes before all beans. */
  HostEventListeners(ObjectProvider<TransactionHosts> hosts) {
    this.hosts = hosts;
  }

  /** Before Spring's for its own annotation of that name, and before its default. */
  @Override
  public int getOrder() {
    return 40;
  }

  @Override
  public boolean supportsMethod(Method method) {
    return AnnotatedElementUtils.hasAnnotation(method, TransactionalEventListener.class);
  }

  @Override
  public ApplicationListener<?> createApplicationListener(
      String bean, Class<?> type, Method method) {
    return HostEventListener.of(bean, type, method, hosts.getObject());
  }
}
