package io.txhost.spring;

import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactoryInitializer;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.core.env.Environment;

/**
 * Runs the {@link Checks} at the moments of a context's start, and refuses the start by what they
 * find. Three times, because a bean's class is known in steps: all beans by their declared classes,
 * before any singleton is made; each by its own class, when it is made; and when all are made,
 * whether they got their proxies.
 *
 * <p><b>Threads:</b> beans may be made by several threads at once.
 */
final class StartupChecks
    implements BeanFactoryPostProcessor,
        BeanFactoryInitializer<ConfigurableListableBeanFactory>,
        SmartInitializingSingleton {
  private final ConfigurableListableBeanFactory beans;
  private final MadeBeans made;
  private final Inspections inspections;
  private final Checks checks;

  StartupChecks(
      ConfigurableListableBeanFactory beans,
      TransactionalMethods methods,
      Environment environment) {
    ProxyShape shape = new ProxyShape(beans);
    this.beans = beans;
    this.made = MadeBeans.of(beans);
    this.inspections = new Inspections(beans, shape);
    this.checks = Checks.of(beans, made, shape, methods, environment);
  }

  /**
   * Not declared as a bean: so it is there before all others, and sees also those that are made
   * early.
   */
  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
    if (factory instanceof BeanDefinitionRegistry registry) {
      // no registrar runs where the application was processed ahead of time
      HostNameQualifiers.install(registry);
      ContextBeans.install(registry);
    }
    factory.addBeanPostProcessor(new Arrivals());
  }

  @Override
  public void initialize(ConfigurableListableBeanFactory factory) {
    inspections.definitionsAreComplete();
    run(BeanCheck::declared, StartupCheck::declared).conclude();
  }

  @Override
  public void afterSingletonsInstantiated() {
    made.startIsOver();
    Findings findings = run(BeanCheck::made, StartupCheck::made);
    made.clear();
    inspections.startIsOver();
    findings.conclude();
  }

  private Findings run(MomentOfEach ofEach, MomentOfAll ofAll) {
    Findings findings = new Findings();
    BeanGraph graph = new BeanGraph(beans, BeanClasses.of(beans));
    graph
        .types()
        .forEach(
            (name, type) -> {
              InspectedBean bean = new InspectedBean(name, type, inspections);
              checks.ofEach().forEach(check -> ofEach.run(check, bean, findings));
            });
    checks.ofAll().forEach(check -> ofAll.run(check, graph, findings));
    return findings;
  }

  private interface MomentOfEach {
    void run(BeanCheck check, InspectedBean bean, Findings findings);
  }

  private interface MomentOfAll {
    void run(StartupCheck check, BeanGraph beans, Findings findings);
  }

  /** Looks at each bean by the class it really has. */
  private final class Arrivals implements BeanPostProcessor {
    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
      arrived(bean, name);
      return bean;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      arrived(bean, name); // a FactoryBean's product comes only here
      return bean;
    }

    private void arrived(Object bean, String name) {
      Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
      if (beans.containsSingleton(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)) {
        InspectedBean arrived = new InspectedBean(name, type, inspections);
        Findings findings = new Findings();
        for (BeanCheck check : checks.ofEach()) {
          check.arrived(arrived, findings);
          findings.conclude();
        }
      }
    }
  }
}
