package io.txhost.spring;

import java.lang.annotation.Annotation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.scheduling.annotation.AsyncAnnotationBeanPostProcessor;

/**
 * Inspects the beans of one context, with what the context says of all of them. What is found while
 * the context starts is kept until the start is over, because it is asked for at each moment.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class Inspections {
  private final ConfigurableListableBeanFactory beans;
  private final ProxyShape shape;
  private final boolean byWeaving;

  private final Map<Asked, Inspection<?>> found = new ConcurrentHashMap<>();

  /** Null while definitions may still be added. */
  private volatile @Nullable Boolean asyncEnabled;

  private volatile boolean keepsFound;

  private record Asked(NearestAnnotation<?> sought, String bean, Class<?> type) {}

  Inspections(ConfigurableListableBeanFactory beans, ProxyShape shape) {
    this.beans = beans;
    this.shape = shape;
    this.byWeaving = ServingBeans.areWovenAlone(beans);
  }

  /** From here on no definition is added. */
  void definitionsAreComplete() {
    asyncEnabled = isAsyncRegistered();
    keepsFound = true;
  }

  /** Forgets what was found. */
  void startIsOver() {
    keepsFound = false;
    found.clear();
  }

  @SuppressWarnings("unchecked") // each annotation's is of that annotation
  <A extends Annotation> Inspection<A> of(NearestAnnotation<A> sought, String name, Class<?> type) {
    if (!keepsFound) {
      return inspect(sought, name, type);
    }
    Asked asked = new Asked(sought, name, type);
    Inspection<?> known = found.get(asked);
    if (known == null) { // no computeIfAbsent: an inspection may make a bean, which is inspected
      known = inspect(sought, name, type);
      found.put(asked, known);
    }
    return (Inspection<A>) known;
  }

  private <A extends Annotation> Inspection<A> inspect(
      NearestAnnotation<A> sought, String name, Class<?> type) {
    if (!sought.isAnywhereOn(type)) {
      return Inspection.nothing(sought);
    }
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
