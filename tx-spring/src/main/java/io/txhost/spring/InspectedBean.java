package io.txhost.spring;

import io.txhost.Transactional;
import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.Map;

/**
 * A bean as it is known at one moment of the start: its class, and what the annotations of the
 * class come to.
 *
 * <p><b>Threads:</b> for one thread.
 */
final class InspectedBean {
  private final String name;
  private final Class<?> type;
  private final Inspections inspections;
  private final Map<NearestAnnotation<?>, Inspection<?>> done = new HashMap<>();

  InspectedBean(String name, Class<?> type, Inspections inspections) {
    this.name = name;
    this.type = type;
    this.inspections = inspections;
  }

  /** As the factory knows it; a message calls it by {@link Wording#bean}. */
  String name() {
    return name;
  }

  Class<?> type() {
    return type;
  }

  /** Inspects when first asked. */
  @SuppressWarnings("unchecked") // each annotation's is of that annotation
  <A extends Annotation> Inspection<A> inspect(NearestAnnotation<A> sought) {
    return (Inspection<A>)
        done.computeIfAbsent(sought, first -> inspections.of(sought, name, type));
  }

  Inspection<Transactional> transactional() {
    return inspect(NearestAnnotation.TRANSACTIONAL);
  }
}
