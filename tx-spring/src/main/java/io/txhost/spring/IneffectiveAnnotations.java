package io.txhost.spring;

import java.lang.annotation.Annotation;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Finds methods whose annotation could not take effect, as {@link Inspection} tells. */
final class IneffectiveAnnotations<A extends Annotation> implements BeanCheck {
  private final NearestAnnotation<A> sought;

  /** Classes without a finding. */
  private final Set<Class<?>> sound = ConcurrentHashMap.newKeySet();

  IneffectiveAnnotations(NearestAnnotation<A> sought) {
    this.sought = sought;
  }

  @Override
  public void declared(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  @Override
  public void arrived(InspectedBean bean, Findings findings) {
    if (!sound.contains(bean.type())) {
      look(bean, findings);
    }
  }

  @Override
  public void made(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  private void look(InspectedBean bean, Findings findings) {
    Inspection<A> inspection = bean.inspect(sought);
    findings.refuseAll(inspection.findings());
    if (inspection.findings().isEmpty() && sound.add(bean.type())) {
      inspection.warnings().forEach(findings::warn);
    }
  }
}
