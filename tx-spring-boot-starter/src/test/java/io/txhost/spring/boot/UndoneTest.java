package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.jdbc.Sql;

/** A whole application in tests that are undone; nothing in it knows of them. */
@SpringBootTest(
    classes = UndoneTest.Application.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = "spring.datasource.url=jdbc:h2:mem:undone;DB_CLOSE_DELAY=-1")
@TxTest
class UndoneTest {
  private static JdbcTemplate afterwards;

  @Autowired Orders orders;
  @Autowired JdbcTemplate template;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Orders.class)
  static class Application {}

  static class Orders {
    private final TransactionHost<Connection> host;

    Orders(TransactionHost<Connection> host) throws SQLException {
      this.host = host;
      host.withoutTransaction(
          () -> execute("create table if not exists orders (id int primary key)"));
    }

    @Transactional
    void place(int id) throws SQLException {
      execute("insert into orders values (" + id + ")");
    }

    private void execute(String sql) throws SQLException {
      try (Statement statement = host.tx().createStatement()) {
        statement.execute(sql);
      }
    }
  }

  private int count() {
    return template.queryForObject("select count(*) from orders", Integer.class);
  }

  @BeforeEach
  void placeTheFirst() throws SQLException {
    afterwards = template;
    orders.place(1);
  }

  @AfterAll
  static void nothingStayed() {
    assertThat(afterwards.queryForObject("select count(*) from orders", Integer.class)).isZero();
  }

  @RepeatedTest(2)
  void aBoundaryIsUndoneWithTheTest() throws SQLException {
    assertThatThrownBy(() -> orders.place(1)).isInstanceOf(SQLException.class);
    orders.place(2);

    assertThat(count()).isEqualTo(2);
  }

  @Test
  @Sql(statements = "insert into orders values (7)")
  void whatAScriptWroteIsUndoneToo() {
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void whatTheTemplateWritesIsUndoneToo() {
    template.update("insert into orders values (8)");

    assertThat(count()).isEqualTo(2);
  }

  @Nested
  class InANestedClass {
    @Test
    void itIsUndoneToo() throws SQLException {
      orders.place(9);

      assertThat(count()).isEqualTo(2);
    }
  }
}
