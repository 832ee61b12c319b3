package io.txhost.benchmarks;

import io.txhost.benchmarks.Case.Peer;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring by annotation: beans behind proxies. */
final class OfSpringProxies {
  private OfSpringProxies() {}

  /** The application. */
  @EnableTransactionManagement
  static class Application {}

  /** The bean. */
  static class Service {
    @Transactional
    Object ready() {
      return "ready";
    }

    @Transactional
    Object statement(DataSource dataSource) throws SQLException {
      return OfSpring.statement(dataSource, FreeDriver.SQL);
    }
  }

  static void add(Scenarios all) {
    all.add(
        Case.EMPTY_PROXY,
        Peer.SPRING,
        driver -> service(new DataSourceTransactionManager(driver.dataSource()))::ready);
    all.add(
        Case.STATEMENT_PROXY,
        Peer.SPRING,
        driver -> {
          DataSource dataSource = driver.dataSource();
          Service service = service(new DataSourceTransactionManager(dataSource));
          return () -> service.statement(dataSource);
        });
    all.add(Case.JOIN_PROXY, Peer.SPRING, driver -> joining(driver.dataSource()));
  }

  private static Scenario joining(DataSource dataSource) {
    var manager = new DataSourceTransactionManager(dataSource);
    TransactionTemplate outer = new TransactionTemplate(manager);
    Scenario scenario = service(manager)::ready;
    return scenario.within(
        loop ->
            outer.executeWithoutResult(
                status -> {
                  try {
                    loop.run();
                  } catch (Throwable e) {
                    throw new IllegalStateException(e);
                  }
                }));
  }

  private static Service service(PlatformTransactionManager manager) {
    var beans = new AnnotationConfigApplicationContext();
    beans.register(Application.class, Service.class);
    beans.registerBean("manager", PlatformTransactionManager.class, () -> manager);
    beans.refresh();
    return beans.getBean(Service.class);
  }
}
