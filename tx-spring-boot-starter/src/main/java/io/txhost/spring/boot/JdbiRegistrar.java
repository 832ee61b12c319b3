package io.txhost.spring.boot;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;

/** Handles. A Jdbi that is made is a bean, too. */
final class JdbiRegistrar extends ViewRegistrar {
  JdbiRegistrar() {
    super(Handle.class, Jdbi.class);
  }

  @Override
  void join(Place place, String bean) {
    String joining = JoiningJdbi.class.getName() + "." + bean;
    RootBeanDefinition definition =
        Definitions.of(JoiningJdbi.class)
            .with(bean)
            .with(place.host().bean())
            .infrastructure()
            .definition();
    place.registry().registerBeanDefinition(joining, definition);
    place.register(Definitions.of(type(), joining, "view").withBean(bean));
  }

  @Override
  void make(Place place) {
    String pool = place.host().pool();
    if (pool != null) {
      String jdbi = jdbiFor(place);
      BeanDefinition definition =
          Definitions.of(ResolvableType.forClass(Jdbi.class), JdbiFactory.class, "jdbi")
              .withBean(pool)
              .qualifiedAs(place.pool())
              .definition();
      place.registry().registerBeanDefinition(jdbi, definition);
      join(place, jdbi);
    }
  }

  private static String jdbiFor(Place place) {
    return place.name().equals("handleTransactionHost") ? "jdbi" : place.host().pool() + "Jdbi";
  }
}
