package io.txhost.spring.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a host for each {@code DataSource} that has none. It comes after the application's own
 * beans and Spring Boot's {@code DataSource}, and before what Spring Boot makes over that.
 */
final class HostsRegistrar implements ImportBeanDefinitionRegistrar {
  private static final String SETTINGS = "io.txhost.spring.boot.hostSettings";
  private static final String MAIN = "default";
  private static final String BEAN = "transactionHost";

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importer, BeanDefinitionRegistry registry) {
    if (registry instanceof ConfigurableListableBeanFactory beans) {
      Map<String, Pool> pools = named(poolsWithoutHost(beans));
      registry.registerBeanDefinition(
          SETTINGS,
          Definitions.of(HostSettings.class)
              .with(pools.keySet().toArray(String[]::new))
              .infrastructure()
              .definition());
      pools.forEach((name, pool) -> register(registry, pools.size() == 1, name, pool));
    }
  }

  /** None where the application has a host, and it cannot be seen what that stands on. */
  private static List<Pool> poolsWithoutHost(ConfigurableListableBeanFactory beans) {
    List<ConnectionHost> declared =
        ConnectionHost.declared(beans).stream().filter(host -> !host.view()).toList();
    if (declared.stream().anyMatch(host -> host.pool() == null)) {
      return List.of();
    }
    Set<String> taken =
        declared.stream()
            .map(host -> Objects.requireNonNull(host.pool()))
            .collect(Collectors.toSet());
    return Pool.of(beans).stream().filter(pool -> !taken.contains(pool.bean())).toList();
  }

  private static Map<String, Pool> named(List<Pool> pools) {
    Pool main = Pool.main(pools);
    Map<String, Pool> named = new LinkedHashMap<>();
    pools.forEach(pool -> named.put(pool.equals(main) ? MAIN : pool.bean(), pool));
    return named;
  }

  private static void register(
      BeanDefinitionRegistry registry, boolean isOnly, String name, Pool pool) {
    RootBeanDefinition host =
        Definitions.of(ConnectionHost.TYPE, HostFactory.class, "host")
            .with(name)
            .withBean(pool.bean())
            .qualifiedAs(pool)
            .definition();
    ConnectionHost.note(host, pool.bean(), name);
    registry.registerBeanDefinition(isOnly ? BEAN : pool.bean() + "TransactionHost", host);
  }
}
