package io.txhost.spring.boot;

import org.jooq.Configuration;
import org.jooq.DSLContext;

/** Contexts of jOOQ. */
final class JooqRegistrar extends ViewRegistrar {
  JooqRegistrar() {
    super(DSLContext.class, Configuration.class);
  }

  @Override
  void join(Place place, String bean) {
    String joining = JoiningConfiguration.class.getName() + "." + bean;
    place
        .registry()
        .registerBeanDefinition(
            joining,
            Definitions.of(JoiningConfiguration.class)
                .with(bean)
                .with(place.host().bean())
                .infrastructure()
                .definition());
    place.register(Definitions.of(type(), joining, "view").withBean(bean));
  }

  @Override
  void make(Place place) {
    String pool = place.host().pool();
    if (pool != null) {
      place.register(
          Definitions.of(type(), JooqFactory.class, "view")
              .withBean(place.host().bean())
              .withBean(pool));
    }
  }
}
