package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.spring.tx.TxHostTransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** The slice of Spring Boot 4 for tests of JDBC has what the application has. */
@JdbcTest
final class JdbcSliceTest {
  private static final String SESSION = "select session_id()";

  @Autowired private ApplicationContext context;
  @Autowired private JdbcTemplate template;

  @Test
  void theTestsTransactionIsTheHosts() throws SQLException {
    TransactionHost<Connection> host = Applications.host(context, Connection.class);

    assertThat(context.getBean(PlatformTransactionManager.class))
        .isInstanceOf(TxHostTransactionManager.class);
    assertThat(host.isTransactionActive()).isTrue();
    try (var rows = host.tx().createStatement().executeQuery(SESSION)) {
      rows.next();
      assertThat(template.queryForObject(SESSION, Integer.class)).isEqualTo(rows.getInt(1));
    }
  }

  @SpringBootConfiguration(proxyBeanMethods = false)
  static class Slice {}
}
