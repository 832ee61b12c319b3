package store;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.stereotype.Repository;

@Repository
class Orders { // knows the current transaction
  private final TransactionHost<Connection> host;

  Orders(TransactionHost<Connection> host) {
    this.host = host;
  }

  void insert(int id) throws SQLException {
    try (var insert = host.tx().prepareStatement("insert into orders (id) values (?)")) {
      insert.setInt(1, id);
      insert.executeUpdate();
    }
  }
}
