package shop;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.springframework.stereotype.Repository;

/** Asks its host for the connection. */
@Repository
public class Orders {
  private final TransactionHost<Connection> host;

  /** The host that Spring has. */
  public Orders(TransactionHost<Connection> host) {
    this.host = host;
  }

  /** In whatever transaction runs. */
  public void insert(int id) throws SQLException {
    try (var insert = host.tx().prepareStatement("insert into orders values (?)")) {
      insert.setInt(1, id);
      insert.executeUpdate();
    }
  }

  /** In a transaction by its annotation. */
  @Transactional
  public void insertBoth(int id, int other) throws SQLException {
    insert(id);
    insert(other);
  }

  /** How many there are. */
  public int count() throws SQLException {
    return host.withTransaction(
        () -> {
          try (Statement select = host.tx().createStatement();
              ResultSet row = select.executeQuery("select count(*) from orders")) {
            row.next();
            return row.getInt(1);
          }
        });
  }
}
