package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Spring Boot's slice for JDBC, undone by us and not by Spring's transaction. */
@JdbcTest
@TxTest
@Transactional(propagation = Propagation.NOT_SUPPORTED)
final class UndoneSliceTest {
  @Autowired private TransactionHost<Connection> host;
  @Autowired private JdbcTemplate template;

  @BeforeAll
  static void createTheTable(@Autowired DataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table orders (id int)");
    }
  }

  @RepeatedTest(2)
  void aBoundaryBeginsByItselfAndIsUndone() throws SQLException {
    assertThat(host.isTransactionActive()).isFalse();
    host.withTransaction(
        () -> {
          try (Statement statement = host.tx().createStatement()) {
            statement.executeUpdate("insert into orders values (1)");
          }
        });

    assertThat(template.queryForObject("select count(*) from orders", Integer.class)).isEqualTo(1);
  }

  @SpringBootConfiguration(proxyBeanMethods = false)
  static class Slice {}
}
