package io.txhost.spring.page;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.stereotype.Repository;

@Repository
class Orders {
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
