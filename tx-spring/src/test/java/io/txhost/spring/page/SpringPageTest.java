package io.txhost.spring.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** The application of docs/spring.md. */
@ExtendWith(NothingLeftBehind.class)
class SpringPageTest {

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
