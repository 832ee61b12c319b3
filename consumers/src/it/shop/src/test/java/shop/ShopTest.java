package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;

/** The application starts, and its transactions are what the README says. */
@ExtendWith(NothingLeftBehind.class)
final class ShopTest {
  private static ConfigurableApplicationContext shop;

  private final Orders orders = shop.getBean(Orders.class);
  private final TransactionHost<Connection> host =
      shop.<TransactionHost<Connection>>getBeanProvider(
              ResolvableType.forClassWithGenerics(TransactionHost.class, Connection.class))
          .getObject();

  @BeforeAll
  static void starts() {
    shop = SpringApplication.run(Shop.class);
  }

  @AfterAll
  static void stops() {
    shop.close();
  }

  @BeforeEach
  void noOrders() throws SQLException {
    try (Connection connection = shop.getBean(DataSource.class).getConnection();
        var statement = connection.createStatement()) {
      statement.execute("drop table if exists orders");
      statement.execute("create table orders(id int primary key)");
    }
  }

  @Test
  void bothOrNone() throws SQLException {
    host.withTransaction(
        () -> {
          orders.insert(1);
          orders.insert(2);
        });
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      orders.insert(3);
                      orders.insert(1);
                    }))
        .isInstanceOf(SQLException.class);

    assertThat(orders.count()).isEqualTo(2);
  }

  @Test
  void bothOrNoneByAnnotation() throws SQLException {
    orders.insertBoth(1, 2);
    assertThatThrownBy(() -> orders.insertBoth(3, 1)).isInstanceOf(SQLException.class);

    assertThat(orders.count()).isEqualTo(2);
  }
}
