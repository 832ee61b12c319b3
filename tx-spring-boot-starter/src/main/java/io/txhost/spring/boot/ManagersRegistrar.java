package io.txhost.spring.boot;

import io.txhost.spring.tx.TxHostTransactionManager;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a manager for each host whose {@code DataSource} is known, and what makes the templates
 * over it join.
 */
final class ManagersRegistrar implements ImportBeanDefinitionRegistrar {
  private static final String TEMPLATES = "io.txhost.spring.boot.joiningTemplates";
  private static final String BEAN = "transactionManager";

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importer, BeanDefinitionRegistry registry) {
    if (registry instanceof ConfigurableListableBeanFactory beans) {
      List<ConnectionHost> hosts =
          ConnectionHost.of(beans).stream().filter(host -> host.pool() != null).toList();
      List<Pool> pools = Pool.of(beans);
      Pool main = Pool.main(pools);
      for (ConnectionHost host : hosts) {
        Pool pool = poolOf(host, pools);
        boolean isMain = hosts.size() == 1 || (pool != null && pool.equals(main));
        register(registry, isMain ? BEAN : host.pool() + "TransactionManager", host, pool);
      }
      registerTemplates(registry, hosts);
    }
  }

  private static @Nullable Pool poolOf(ConnectionHost host, List<Pool> pools) {
    return pools.stream().filter(pool -> pool.bean().equals(host.pool())).findFirst().orElse(null);
  }

  private static void register(
      BeanDefinitionRegistry registry, String name, ConnectionHost host, @Nullable Pool pool) {
    registry.registerBeanDefinition(
        name,
        Definitions.of(
                ResolvableType.forClass(TxHostTransactionManager.class),
                ManagerFactory.class,
                "manager")
            .withBean(host.bean())
            .withBean(TEMPLATES)
            .qualifiedAs(pool)
            .definition());
  }

  private static void registerTemplates(
      BeanDefinitionRegistry registry, List<ConnectionHost> hosts) {
    registry.registerBeanDefinition(
        TEMPLATES,
        Definitions.of(JoiningTemplates.class)
            .with(
                hosts.stream()
                    .map(host -> Objects.requireNonNull(host.pool()))
                    .toArray(String[]::new))
            .with(hosts.stream().map(ConnectionHost::bean).toArray(String[]::new))
            .infrastructure()
            .definition());
  }
}
