package io.txhost.libraries;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.libraries.LibraryFixture.Oops;
import io.txhost.spring.EnableTransactionHosts;
import io.txhost.spring.tx.TxHostTransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/** Places orders and ships them, by Spring Modulith's events; as a program it is killed before. */
@Configuration
@EnableAutoConfiguration
@EnableTransactionManagement
@EnableTransactionHosts
class ModulithApplication {
  /** What the program ends with. */
  static final int KILLED = 7;

  /** By whom the transaction is begun that publishes. */
  enum Begun {
    BY_SPRINGS_TEMPLATE,
    BY_THE_HOST,
    BY_THE_ANNOTATION
  }

  record OrderPlaced(int id) {}

  /**
   * Rolls an order back, commits the next, and is killed by its listener.
   *
   * @param args the database's URL, and who begins
   */
  public static void main(String[] args) throws Exception {
    ConfigurableApplicationContext context = start(args[0], "kills=true");
    Begun begun = Begun.valueOf(args[1]);
    Orders orders = context.getBean(Orders.class);
    try {
      orders.begin(begun, 1, true);
    } catch (Oops e) {
      orders.begin(begun, 2, false);
    }
    context.getBean(Deliveries.class).await();
  }

  static ConfigurableApplicationContext start(String url, String property) {
    return new SpringApplicationBuilder(ModulithApplication.class)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .properties(
            "url=" + url,
            "spring.task.execution.shutdown.await-termination=true",
            "spring.task.execution.shutdown.await-termination-period=20s",
            "spring.modulith.events.jdbc.schema-initialization.enabled=true",
            property)
        .run();
  }

  @Bean
  HikariDataSource pool(@Value("${url}") String url) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setMaximumPoolSize(4);
    return pool;
  }

  @Bean
  TransactionHost<Connection> host(DataSource pool) {
    return TransactionHost.create(JdbcAdapter.over(pool));
  }

  @Bean
  TxHostTransactionManager transactionManager(TransactionHost<?> host) {
    return new TxHostTransactionManager(host);
  }

  @Bean
  Deliveries deliveries(JdbcTemplate jdbc, @Value("${kills:false}") boolean kills) {
    return new Deliveries(jdbc, kills);
  }

  @Bean
  Shipping shipping(Deliveries deliveries) {
    return new Shipping(deliveries);
  }

  @Bean
  Placing placing(TransactionHost<Connection> host, ApplicationEventPublisher events) {
    return new Placing(host, events);
  }

  @Bean
  Orders orders(
      TransactionHost<Connection> host, TxHostTransactionManager manager, Placing placing) {
    return new Orders(host, new TransactionTemplate(manager), placing);
  }

  /** Begins a transaction in one way or the other. */
  static final class Orders {
    private final TransactionHost<Connection> host;
    private final TransactionTemplate spring;
    private final Placing placing;

    Orders(TransactionHost<Connection> host, TransactionTemplate spring, Placing placing) {
      this.host = host;
      this.spring = spring;
      this.placing = placing;
    }

    void begin(Begun begun, int id, boolean fails) {
      switch (begun) {
        case BY_SPRINGS_TEMPLATE -> spring.executeWithoutResult(status -> placing.place(id, fails));
        case BY_THE_HOST -> host.withTransaction(() -> placing.place(id, fails));
        case BY_THE_ANNOTATION -> placing.placeAnnotated(id, fails);
      }
    }
  }

  /** Writes by the host, and publishes by Spring. */
  static class Placing {
    private final TransactionHost<Connection> host;
    private final ApplicationEventPublisher events;

    Placing(TransactionHost<Connection> host, ApplicationEventPublisher events) {
      this.host = host;
      this.events = events;
    }

    @Transactional
    public void placeAnnotated(int id, boolean fails) {
      place(id, fails);
    }

    public void place(int id, boolean fails) {
      try (Statement statement = host.tx().createStatement()) {
        statement.executeUpdate("insert into item (id) values (" + id + ")");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      events.publishEvent(new OrderPlaced(id));
      if (fails) {
        throw new Oops();
      }
    }
  }

  /** Hears of an order twice, in both ways that Modulith keeps publications for. */
  static class Shipping {
    private final Deliveries deliveries;

    Shipping(Deliveries deliveries) {
      this.deliveries = deliveries;
    }

    @ApplicationModuleListener
    public void inAModule(OrderPlaced order) {
      deliveries.add(order, "module");
    }

    @TransactionalEventListener
    public void afterCommit(OrderPlaced order) {
      deliveries.add(order, "commit");
    }
  }

  /** What was delivered; or the end of the process, before anything is. */
  static final class Deliveries {
    private final CountDownLatch both = new CountDownLatch(2);
    private final JdbcTemplate jdbc;
    private final boolean kills;

    Deliveries(JdbcTemplate jdbc, boolean kills) {
      this.jdbc = jdbc;
      this.kills = kills;
    }

    void add(OrderPlaced order, String listener) {
      if (kills) {
        Runtime.getRuntime().halt(KILLED);
      }
      jdbc.update("insert into delivered values (?, ?)", order.id(), listener);
      both.countDown();
    }

    boolean await() throws InterruptedException {
      return both.await(30, TimeUnit.SECONDS);
    }
  }
}
