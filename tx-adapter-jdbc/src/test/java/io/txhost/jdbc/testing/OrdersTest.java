package io.txhost.jdbc.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.TestDataSource;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@TxTest
class OrdersTest {
  static final Database DATABASE = Database.h2(); // ends with the JVM
  static final TransactionHost<Connection> HOST =
      TransactionHost.create(JdbcAdapter.over(TestDataSource.over(DATABASE.dataSource())));

  final Orders orders = new Orders(HOST);

  @BeforeAll
  static void createTable() throws SQLException {
    try (var connection = DATABASE.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create table orders (id int primary key)");
    }
  }

  @BeforeEach
  void placeTheFirst() throws SQLException {
    orders.place(1);
  }

  @Test
  void anOrderIsPlacedOnce() throws SQLException {
    assertThrows(SQLException.class, () -> orders.place(1));

    orders.place(2);
    assertEquals(2, orders.count());
  }

  /** What is tested: a class of your application. */
  static class Orders {
    private final TransactionHost<Connection> host;

    Orders(TransactionHost<Connection> host) {
      this.host = host;
    }

    void place(int id) throws SQLException {
      host.withTransaction(
          () -> {
            try (var insert = host.tx().prepareStatement("insert into orders values (?)")) {
              insert.setInt(1, id);
              insert.executeUpdate();
            }
          });
    }

    int count() throws SQLException {
      try (var select = host.tx().prepareStatement("select count(*) from orders");
          var rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
