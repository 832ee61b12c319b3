package io.txhost.spring;

import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * All that is looked at while an application context starts, in the order in which it is told.
 *
 * @param ofEach what is looked at of one bean after the other
 * @param ofAll what is looked at of all beans together, after that
 */
record Checks(List<BeanCheck> ofEach, List<StartupCheck> ofAll) {

  static Checks of(
      ConfigurableListableBeanFactory beans,
      MadeBeans made,
      ProxyShape shape,
      TransactionalMethods methods,
      Environment environment) {
    BothAnnotations both = new BothAnnotations(beans.getBeanClassLoader());
    UnspecificInitializers initializers = new UnspecificInitializers(beans);
    SelfCalls selfCalls = new SelfCalls(methods, environment);
    return new Checks(
        List.of(
            new IneffectiveAnnotations<>(NearestAnnotation.TRANSACTIONAL),
            new IneffectiveAnnotations<>(NearestAnnotation.WITH_CONTEXT),
            new UnknownHosts(methods),
            new ScopedMethods(beans, shape),
            served(beans, made),
            WovenBeans.check(beans),
            selfCalls,
            new MissingProxies(
                beans, made, NearestAnnotation.WITH_CONTEXT, WithContextAdvisor.class),
            both,
            initializers),
        List.of(
            initializers,
            selfCalls,
            both,
            new ForeignTransactional(beans.getBeanClassLoader(), environment),
            new TransactionalListeners(beans.getBeanClassLoader()),
            new BesideTheHosts(beans)));
  }

  /** That annotated methods are served: by the weaver, or by proxies. */
  private static BeanCheck served(ConfigurableListableBeanFactory beans, MadeBeans made) {
    return ServingBeans.areWovenAlone(beans)
        ? new UnwovenMethods()
        : new MissingProxies(
            beans, made, NearestAnnotation.TRANSACTIONAL, TransactionalAdvisor.class);
  }
}
