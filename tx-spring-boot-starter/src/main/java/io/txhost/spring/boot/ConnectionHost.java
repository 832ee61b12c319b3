package io.txhost.spring.boot;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * A bean that is a host of connections: this starter's, or the application's.
 *
 * @param bean its name
 * @param pool the {@code DataSource} that it stands on, where that is known
 * @param view whether it shows another host
 */
record ConnectionHost(String bean, @Nullable String pool, boolean view) {
  static final ResolvableType TYPE = typeOf(Connection.class);
  private static final String POOL = ConnectionHost.class.getName() + ".pool";
  private static final String NAME = ConnectionHost.class.getName() + ".name";

  static ResolvableType typeOf(Class<?> resource) {
    return ResolvableType.forClassWithGenerics(TransactionHost.class, resource);
  }

  /** Tells the other registrars, and who says what there is when the beans are gone. */
  static void note(BeanDefinition definition, String pool, String name) {
    definition.setAttribute(POOL, pool);
    definition.setAttribute(NAME, name);
  }

  /** The name of the host that the bean is or shows, where it is this starter's. */
  static @Nullable String nameOf(BeanDefinition definition) {
    return (String) definition.getAttribute(NAME);
  }

  /** All hosts that were declared up to now, of whatever type. */
  static List<ConnectionHost> declared(ConfigurableListableBeanFactory beans) {
    return named(beans, beans.getBeanNamesForType(TransactionHost.class, true, false));
  }

  /** Those that views can be made of. */
  static List<ConnectionHost> of(ConfigurableListableBeanFactory beans) {
    return named(beans, beans.getBeanNamesForType(TYPE, true, false)).stream()
        .filter(host -> !host.view())
        .toList();
  }

  private static List<ConnectionHost> named(ConfigurableListableBeanFactory beans, String[] names) {
    BeanUse use = new BeanUse(beans);
    return Arrays.stream(names)
        .map(
            name ->
                new ConnectionHost(
                    name, poolOf(beans, use, name), use.takes(name, TransactionHost.class)))
        .toList();
  }

  private static @Nullable String poolOf(
      ConfigurableListableBeanFactory beans, BeanUse use, String name) {
    Object noted =
        beans.containsBeanDefinition(name)
            ? beans.getBeanDefinition(name).getAttribute(POOL)
            : null;
    return noted instanceof String pool ? pool : use.poolOf(name);
  }

  /** Whether what stands on that pool, where it is known, can be this host's. */
  boolean fits(@Nullable String otherPool, boolean isOnlyHost) {
    boolean areKnown = otherPool != null && pool != null;
    return areKnown ? Objects.equals(pool, otherPool) : isOnlyHost;
  }
}
