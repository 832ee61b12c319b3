package io.txhost.spring;

import java.util.Arrays;
import org.springframework.aop.Advisor;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Finds beans with annotated methods that were made without a proxy, so without the advice. */
final class MissingProxies implements BeanCheck {
  private final ConfigurableListableBeanFactory beans;
  private final MadeBeans made;
  private final NearestAnnotation<?> sought;
  private final Class<? extends Advisor> advisor;

  MissingProxies(
      ConfigurableListableBeanFactory beans,
      MadeBeans made,
      NearestAnnotation<?> sought,
      Class<? extends Advisor> advisor) {
    this.beans = beans;
    this.made = made;
    this.sought = sought;
    this.advisor = advisor;
  }

  @Override
  public void made(InspectedBean bean, Findings findings) {
    Inspection<?> inspection = bean.inspect(sought);
    if (!inspection.proxied().isEmpty() && isNotAdvised(bean.name())) {
      findings.refuse(finding(bean.name(), inspection));
    }
  }

  private static String finding(String name, Inspection<?> inspection) {
    return Wording.finding(
        "TXH-610",
        name,
        "it has "
            + inspection.sought()
            + " methods ("
            + Wording.method(inspection.proxied().keySet().iterator().next())
            + ") but no proxy, so they would run without a "
            + inspection.noun()
            + ": it is itself advice, a BeanFactoryPostProcessor or a"
            + " BeanPostProcessor, was created early because one of those needs it, or was registered as a"
            + " finished object; move the methods to a bean of their own, or let that processor find it"
            + " through an ObjectProvider");
  }

  /**
   * An object put into the factory in the place of a defined bean is a test's mock, and none of
   * Spring's making.
   */
  private boolean isNotAdvised(String name) {
    Object bean = beans.containsSingleton(name) ? beans.getSingleton(name) : null;
    return bean != null
        && !(bean instanceof ScopedObject)
        && (made.contains(name) || !beans.containsBeanDefinition(name))
        && !isAdvised(bean);
  }

  private boolean isAdvised(Object bean) {
    if (bean instanceof SpringProxy && !(bean instanceof Advised)) {
      return true; // opaque by configuration: it cannot be looked into
    }
    Object next = bean;
    while (next instanceof Advised advised) {
      if (Arrays.stream(advised.getAdvisors()).anyMatch(advisor::isInstance)) {
        return true;
      }
      next = AopProxyUtils.getSingletonTarget(advised);
    }
    return false;
  }
}
