package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.spring.tx.TxHostTransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.data.jdbc.test.autoconfigure.DataJdbcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.data.annotation.Id;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.repository.CrudRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.test.context.transaction.BeforeTransaction;
import org.springframework.transaction.PlatformTransactionManager;

/** The slice of Spring Boot 4 for tests of Spring Data JDBC has what the application has. */
@DataJdbcTest
final class DataJdbcSliceTest {
  @Autowired private ApplicationContext context;
  @Autowired private DataSource pool;
  @Autowired private Items items;

  @BeforeTransaction
  void table() throws SQLException {
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists item (id int auto_increment primary key, label varchar(9))");
    }
  }

  @Test
  void aRepositoryWritesInTheTestsTransactionWhichIsTheHosts() throws SQLException {
    TransactionHost<Connection> host = Applications.host(context, Connection.class);
    assertThat(context.getBean(PlatformTransactionManager.class))
        .isInstanceOf(TxHostTransactionManager.class);
    assertThat(host.isTransactionActive()).isTrue();

    items.save(new Item(null, "one"));

    try (var rows = host.tx().createStatement().executeQuery("select label from item")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("one");
    }
    assertThat(Applications.items(pool)).isZero();
  }

  @Test
  void theTemplateUnderTheRepositoriesIsAsInTheApplication() {
    assertThat(context.getBean(JdbcTemplate.class).getDataSource()).isNotSameAs(pool);
    NamedParameterJdbcOperations named = context.getBean(NamedParameterJdbcOperations.class);
    assertThat(((JdbcTemplate) named.getJdbcOperations()).getDataSource()).isNotSameAs(pool);
  }

  @Table("ITEM")
  record Item(@Id @Nullable Integer id, String label) {}

  interface Items extends CrudRepository<Item, Integer> {}

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableJdbcRepositories(considerNestedRepositories = true)
  static class Slice {}
}
