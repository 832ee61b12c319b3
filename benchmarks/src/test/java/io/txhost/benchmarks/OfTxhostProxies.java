package io.txhost.benchmarks;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.benchmarks.Case.Peer;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spring.EnableTransactionHosts;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** txhost by annotation: beans of Spring's behind proxies. */
final class OfTxhostProxies {
  private OfTxhostProxies() {}

  /** The application. */
  @EnableTransactionHosts
  static class Application {}

  /** The bean. */
  static class Service {
    @Transactional
    Object ready() {
      return "ready";
    }

    @Transactional
    Object statement(TransactionHost<Connection> host) throws SQLException {
      return Jdbc.statement(host.tx());
    }
  }

  static void add(Scenarios all) {
    all.add(Case.EMPTY_PROXY, Peer.TXHOST, driver -> service(host(driver))::ready);
    all.add(
        Case.STATEMENT_PROXY,
        Peer.TXHOST,
        driver -> {
          TransactionHost<Connection> host = host(driver);
          Service service = service(host);
          return () -> service.statement(host);
        });
    all.add(
        Case.JOIN_PROXY,
        Peer.TXHOST,
        driver -> {
          TransactionHost<Connection> host = host(driver);
          Scenario scenario = service(host)::ready;
          return scenario.within(loop -> host.withTransaction(loop::run));
        });
  }

  private static TransactionHost<Connection> host(FreeDriver driver) {
    return TransactionHost.create(JdbcAdapter.over(driver.dataSource()));
  }

  private static Service service(TransactionHost<Connection> host) {
    var beans = new AnnotationConfigApplicationContext();
    beans.register(Application.class, Service.class);
    beans.registerBean("host", TransactionHost.class, () -> host);
    beans.refresh();
    return beans.getBean(Service.class);
  }
}
