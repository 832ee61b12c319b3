package io.txhost.spring;

import java.lang.annotation.Annotation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.scheduling.annotation.AsyncAnnotationBeanPostProcessor;

/**
 * Inspects the beans of one context, with what the context says of all of them.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class Inspections {
  private final ConfigurableListableBeanFactory beans;
  private final ProxyShape shape;
  private final boolean byWeaving;

  /** Null while definitions may still be added. */
  private volatile @Nullable Boolean asyncEnabled;

  Inspections(ConfigurableListableBeanFactory beans, ProxyShape shape) {
    this.beans = beans;
    this.shape = shape;
    this.byWeaving = ServingBeans.areWovenAlone(beans);
  }

  /** From here on no definition is added. */
  void definitionsAreComplete() {
    asyncEnabled = isAsyncRegistered();
  }

  <A extends Annotation> Inspection<A> of(NearestAnnotation<A> sought, String name, Class<?> type) {
    Boolean known = asyncEnabled;
    return Inspection.of(
        sought,
        Wording.bean(name),
        type,
        shape.isSubclass(name, type),
        known != null ? known : isAsyncRegistered(),
        CallsPastProxy.of(beans, name, type),
        byWeaving && sought == NearestAnnotation.TRANSACTIONAL);
  }

  /** By type: Spring 6.2 and 7 give what {@code @EnableAsync} registers different names. */
  private boolean isAsyncRegistered() {
    return beans.getBeanNamesForType(AsyncAnnotationBeanPostProcessor.class, true, false).length
        > 0;
  }
}
