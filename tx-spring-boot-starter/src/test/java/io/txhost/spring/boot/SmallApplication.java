package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;

/** An application that needs the starter, and no other library. */
public final class SmallApplication {
  private static final String MANAGER = "transactionManager";

  private SmallApplication() {}

  /** Starts it, uses it, and says what was there. Called by reflection, in a loader of its own. */
  public static String run() throws SQLException {
    SpringApplication application = new SpringApplication(Beans.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setRegisterShutdownHook(false);
    application.setLogStartupInfo(false);
    // java.util.logging, which Spring Boot sets where there is no other, is the whole process's
    try {
      if (!isPresent("org.slf4j.LoggerFactory")) {
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
      }
      try (ConfigurableApplicationContext context =
          application.run("--spring.main.banner-mode=off")) {
        return used(context);
      }
    } finally {
      System.clearProperty(LoggingSystem.SYSTEM_PROPERTY);
      org.h2.Driver.unload(); // the DriverManager is the whole process's, too
    }
  }

  private static String used(ConfigurableApplicationContext context) throws SQLException {
    Applications.table(context.getBean(DataSource.class));
    Work work = context.getBean(Work.class);
    work.insert(1, false);
    assertThatThrownBy(() -> work.insert(2, true)).hasMessage("asked");
    return "%d item, hosts %s, %s"
        .formatted(
            Applications.items(context.getBean(DataSource.class)),
            hosts(context),
            context.containsBean(MANAGER) ? Springs.transactions(context) : "no manager");
  }

  private static List<String> hosts(ListableBeanFactory beans) {
    TreeSet<String> found = new TreeSet<>();
    for (String view : List.of("org.jdbi.v3.core.Handle", "org.jooq.DSLContext")) {
      if (isPresent(view)) {
        Class<?> type = ClassUtils.resolveClassName(view, null);
        beans
            .<TransactionHost<?>>getBeanProvider(
                ResolvableType.forClassWithGenerics(TransactionHost.class, type))
            .forEach(
                host -> {
                  host.withTransaction(() -> type.cast(host.tx()));
                  found.add(host.name() + " of " + type.getSimpleName());
                });
      }
    }
    found.add(beans.getBean("transactionHost", TransactionHost.class).name());
    return List.copyOf(found);
  }

  private static boolean isPresent(String type) {
    return ClassUtils.isPresent(type, SmallApplication.class.getClassLoader());
  }

  /** A class of its own: it is loaded where Spring's are. */
  private static final class Springs {
    static String transactions(ListableBeanFactory beans) {
      var host = beans.getBean("transactionHost", TransactionHost.class);
      var manager = beans.getBean(MANAGER, PlatformTransactionManager.class);
      Boolean joins =
          new TransactionTemplate(manager).execute(status -> host.isTransactionActive());
      return "Spring's transactions " + (Boolean.TRUE.equals(joins) ? "join" : "stand beside");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Beans {
    @Bean
    DataSource database() {
      return Applications.database();
    }

    @Bean
    Work work(TransactionHost<Connection> host) {
      return new Work(host);
    }
  }

  static class Work {
    private final TransactionHost<Connection> host;

    Work(TransactionHost<Connection> host) {
      this.host = host;
    }

    @Transactional
    public void insert(int id, boolean fails) throws SQLException {
      Applications.insert(host.tx(), id);
      if (fails) {
        throw new IllegalStateException("asked");
      }
    }
  }
}
