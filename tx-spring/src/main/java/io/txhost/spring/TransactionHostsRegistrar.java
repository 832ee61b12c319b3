package io.txhost.spring;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.SpringVersion;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/** Registers what {@link EnableTransactionHosts} stands for, once. */
final class TransactionHostsRegistrar implements ImportBeanDefinitionRegistrar {
  private static final String ORDER = "order";
  private static final String MODE = "mode";

  /** Of what is needed the newest. */
  private static final String OF_SPRING_6_2 =
      "org.springframework.beans.factory.BeanFactoryInitializer";

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importer, BeanDefinitionRegistry registry) {
    refuseOlderSpring(registry.getClass().getClassLoader());
    Map<String, @Nullable Object> enabled =
        Objects.requireNonNull(
            importer.getAnnotationAttributes(EnableTransactionHosts.class.getName()));
    AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
    if (Boolean.TRUE.equals(enabled.get("proxyTargetClass"))) {
      AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
    }
    Integer order = (Integer) Objects.requireNonNull(enabled.get(ORDER));
    boolean byWeaving = enabled.get(MODE) == AdviceMode.ASPECTJ;
    if (registry.containsBeanDefinition(ServingBeans.METHODS)) {
      refuseOtherMode(registry, byWeaving, importer);
      if (!byWeaving) {
        refuseOtherOrder(registry.getBeanDefinition(ServingBeans.ADVISOR), order, importer);
      }
      return;
    }
    MadeBeans.install(registry);
    WovenBeans.install(registry);
    HostNameQualifiers.install(registry);
    ContextBeans.install(registry);
    registry.registerBeanDefinition(
        "transactionHosts",
        infrastructure(
            BeanDefinitionBuilder.rootBeanDefinition(TransactionHostsRegistrar.class, "collect")));
    registry.registerBeanDefinition(
        ServingBeans.METHODS, infrastructure(TransactionalMethods.class));
    registry.registerBeanDefinition(
        "io.txhost.spring.startupChecks", infrastructure(StartupChecks.class));
    registry.registerBeanDefinition(
        "io.txhost.spring.hostEventListeners", infrastructure(HostEventListeners.class));
    if (!byWeaving) {
      AbstractBeanDefinition advisor = infrastructure(TransactionalAdvisor.class);
      advisor.getPropertyValues().add(ORDER, order);
      registry.registerBeanDefinition(ServingBeans.ADVISOR, advisor);
    }
    registry.registerBeanDefinition(
        "io.txhost.spring.withContextAdvisor", infrastructure(WithContextAdvisor.class));
  }

  /** The hosts of this context and its parents. */
  static TransactionHosts collect(ListableBeanFactory beans) {
    return TransactionHosts.of(
        BeanFactoryUtils.beansOfTypeIncludingAncestors(beans, TransactionHost.class, false, true)
            .values()
            .toArray(TransactionHost<?>[]::new));
  }

  /** Here, because the classes registered below cannot even be loaded there. */
  static void refuseOlderSpring(@Nullable ClassLoader springs) {
    if (!ClassUtils.isPresent(OF_SPRING_6_2, springs)) {
      throw new StartupRefusedException(
          List.of(
              "TXH-629 This is Spring "
                  + SpringVersion.getVersion()
                  + ", and txhost works with Spring 6.2 and 7 (Spring Boot 3.5 and 4): move to"
                  + " one of them, or call host.withTransaction(..) without tx-spring."));
    }
  }

  private static void refuseOtherMode(
      BeanDefinitionRegistry registry, boolean byWeaving, AnnotationMetadata importer) {
    if (byWeaving == registry.containsBeanDefinition(ServingBeans.ADVISOR)) {
      throw new StartupRefusedException(
          List.of(
              "TXH-613 @EnableTransactionHosts(mode = "
                  + (byWeaving ? AdviceMode.ASPECTJ : AdviceMode.PROXY)
                  + ") on "
                  + importer.getClassName()
                  + " contradicts another one with the other mode: there is one for all beans, so"
                  + " use the annotation once."));
    }
  }

  private static void refuseOtherOrder(
      BeanDefinition advisor, Integer order, AnnotationMetadata importer) {
    Object first = advisor.getPropertyValues().get(ORDER);
    if (!order.equals(first)) {
      throw new StartupRefusedException(
          List.of(
              "TXH-613 @EnableTransactionHosts(order = "
                  + order
                  + ") on "
                  + importer.getClassName()
                  + " contradicts another one with order = "
                  + first
                  + ": there is one advice for all beans, so use the annotation once."));
    }
  }

  /**
   * Infrastructure: Spring then takes it for advice, and does not warn that it is created early.
   */
  private static AbstractBeanDefinition infrastructure(Class<?> type) {
    return infrastructure(BeanDefinitionBuilder.rootBeanDefinition(type));
  }

  private static AbstractBeanDefinition infrastructure(BeanDefinitionBuilder bean) {
    AbstractBeanDefinition definition = bean.getBeanDefinition();
    definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
    definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
    return definition;
  }
}
