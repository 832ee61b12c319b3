package io.txhost.spring;

import io.txhost.context.ContextInitializer;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Finds context initializers that do not say what they are for, once a method runs in a context:
 * Spring takes them for what they may not be for.
 */
final class UnspecificInitializers implements BeanCheck, StartupCheck {
  private final ConfigurableListableBeanFactory beans;

  /** Whether a bean has methods that run in a context. */
  private boolean hasContexts;

  UnspecificInitializers(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  @Override
  public void made(InspectedBean bean, Findings findings) {
    hasContexts |= !bean.inspect(NearestAnnotation.WITH_CONTEXT).covered().isEmpty();
  }

  @Override
  public void made(BeanGraph graph, Findings findings) {
    if (hasContexts) {
      for (String name : beans.getBeanNamesForType(ContextInitializer.class, true, false)) {
        ResolvableType declared = declared(name);
        if (declared.as(ContextInitializer.class).getGeneric().resolve() == null) {
          findings.refuse(finding(name, declared));
        }
      }
    }
  }

  private ResolvableType declared(String name) {
    return beans.containsBeanDefinition(name)
        ? beans.getMergedBeanDefinition(name).getResolvableType()
        : ResolvableType.forInstance(beans.getBean(name));
  }

  private static String finding(String name, ResolvableType declared) {
    return Wording.finding(
        "TXH-622",
        name,
        declared
            + " does not say what it initializes contexts for, so it would be called for each"
            + " @WithContext method, with a MethodInvocation; declare its type argument, as a"
            + " bean method's result ContextInitializer<HttpServletRequest> does, or"
            + " ContextInitializer<Object> if it takes anything");
  }
}
