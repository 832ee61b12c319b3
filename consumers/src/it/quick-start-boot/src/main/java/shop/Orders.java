package shop;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Repository;

@Repository
class Orders { // asks for the current transaction
  private final TransactionHost<Connection> host;

  Orders(TransactionHost<Connection> host) {
    this.host = host;
  }

  void insert(int id, String article) throws SQLException {
    try (var insert =
        host.tx().prepareStatement("insert into orders (id, article) values (?, ?)")) {
      insert.setInt(1, id);
      insert.setString(2, article);
      insert.executeUpdate();
    }
  }

  List<String> articles() throws SQLException {
    try (var select = host.tx().createStatement();
        var rows = select.executeQuery("select article from orders order by id")) {
      List<String> articles = new ArrayList<>();
      while (rows.next()) {
        articles.add(rows.getString("article"));
      }
      return articles;
    }
  }
}
