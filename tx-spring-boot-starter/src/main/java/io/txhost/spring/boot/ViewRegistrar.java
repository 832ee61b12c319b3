package io.txhost.spring.boot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.StringUtils;

/**
 * Registers a view for each host of connections. A library's own object (a Jdbi, a Configuration of
 * jOOQ) that stands on the host's {@code DataSource} joins it as it is made; where there is none,
 * one is made. Registers none where the application has a view of that type.
 */
abstract class ViewRegistrar implements ImportBeanDefinitionRegistrar {
  private final Class<?> resource;
  private final Class<?> library;

  /**
   * For one library.
   *
   * @param resource what the view shows
   * @param library the library's object that views are made by
   */
  ViewRegistrar(Class<?> resource, Class<?> library) {
    this.resource = resource;
    this.library = library;
  }

  @Override
  public final void registerBeanDefinitions(
      AnnotationMetadata importer, BeanDefinitionRegistry registry) {
    if (registry instanceof ConfigurableListableBeanFactory beans
        && beans.getBeanNamesForType(type(), true, false).length == 0) {
      List<String> libraries =
          new ArrayList<>(Arrays.asList(beans.getBeanNamesForType(library, true, false)));
      List<ConnectionHost> hosts = ConnectionHost.of(beans);
      for (ConnectionHost host : hosts) {
        Place place = new Place(registry, host, nameFor(host, hosts.size()), poolOf(beans, host));
        Optional<String> own =
            libraries.stream().filter(one -> fits(beans, host, one, hosts.size())).findFirst();
        own.ifPresent(libraries::remove);
        if (own.isPresent()) {
          join(place, own.get());
        } else {
          make(place);
        }
      }
    }
  }

  final ResolvableType type() {
    return ConnectionHost.typeOf(resource);
  }

  private static boolean fits(
      ConfigurableListableBeanFactory beans, ConnectionHost host, String own, int hosts) {
    return host.fits(new BeanUse(beans).poolOf(own), hosts == 1);
  }

  private static @Nullable Pool poolOf(ConfigurableListableBeanFactory beans, ConnectionHost host) {
    return Pool.of(beans).stream()
        .filter(pool -> pool.bean().equals(host.pool()))
        .findFirst()
        .orElse(null);
  }

  private String nameFor(ConnectionHost host, int hosts) {
    String name = StringUtils.uncapitalize(resource.getSimpleName()) + "TransactionHost";
    String shown = resource.getSimpleName().equals("DSLContext") ? "dslTransactionHost" : name;
    String place = host.pool() == null ? host.bean() : host.pool();
    return hosts == 1 ? shown : place + StringUtils.capitalize(shown);
  }

  /** A view by an object that is a bean already. */
  abstract void join(Place place, String bean);

  /** A view by an object that is made for it. */
  abstract void make(Place place);

  /**
   * Where a view is registered.
   *
   * @param name the view's
   * @param pool of the host, where that is known
   */
  record Place(
      BeanDefinitionRegistry registry, ConnectionHost host, String name, @Nullable Pool pool) {

    void register(Definitions view) {
      RootBeanDefinition definition = view.qualifiedAs(pool).definition();
      String shown = ConnectionHost.nameOf(registry.getBeanDefinition(host.bean()));
      if (shown != null && host.pool() != null) {
        ConnectionHost.note(definition, host.pool(), shown);
      }
      // where a TransactionHost<?> is asked for, the host itself comes in
      definition.setFallback(!definition.isPrimary());
      definition.setPrimary(false);
      registry.registerBeanDefinition(name, definition);
    }
  }
}
