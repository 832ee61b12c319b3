package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Repository;
import org.springframework.stereotype.Service;

/** The application of docs/spring.md. */
@ExtendWith(NothingLeftBehind.class)
class SpringPageTest {

  @Configuration
  @EnableTransactionHosts
  static class Application {
    @Bean
    TransactionHost<Connection> host(DataSource dataSource) {
      return TransactionHost.create(JdbcAdapter.over(dataSource));
    }
  }

  @Service
  static class PlaceOrders {
    private final Orders orders;

    PlaceOrders(Orders orders) {
      this.orders = orders;
    }

    @Transactional
    public void execute(List<String> items) throws SQLException {
      for (String item : items) {
        orders.insert(item);
      }
    }
  }

  @Repository
  static class Orders {
    private final TransactionHost<Connection> host;

    Orders(TransactionHost<Connection> host) {
      this.host = host;
    }

    void insert(String item) throws SQLException {
      try (var insert = host.tx().prepareStatement("insert into orders (item) values (?)")) {
        insert.setString(1, item);
        insert.executeUpdate();
      }
    }
  }

  @Configuration
  @Import({Application.class, PlaceOrders.class, Orders.class})
  static class OnH2 {
    @Bean
    Database database() throws SQLException {
      Database database = Database.h2();
      try (Connection connection = database.dataSource().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("create table orders (item varchar(20) unique)");
      }
      return database;
    }

    @Bean
    DataSource dataSource(Database database) {
      return database.dataSource();
    }
  }

  @Test
  void allOrdersAreCommittedTogetherOrNone() throws SQLException {
    try (var context = new AnnotationConfigApplicationContext(OnH2.class)) {
      PlaceOrders placeOrders = context.getBean(PlaceOrders.class);

      placeOrders.execute(List.of("tea", "milk"));
      assertThatThrownBy(() -> placeOrders.execute(List.of("salt", "tea")))
          .isInstanceOf(SQLException.class);

      assertThat(items(context.getBean(DataSource.class))).isEqualTo(2);
    }
  }

  private static int items(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        var count = connection.prepareStatement("select count(*) from orders");
        var row = count.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }
}
