package shop;

import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import jakarta.annotation.PostConstruct;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Final, and calls itself: no proxy could serve it. */
public final class Orders {
  private final TransactionHost<Connection> host;

  Orders(TransactionHost<Connection> host) {
    this.host = host;
  }

  @PostConstruct
  @Transactional
  void first() throws SQLException {
    insert(0);
  }

  @Transactional
  public void insertBoth(int id, int other) throws SQLException {
    insert(id);
    insert(other);
  }

  /** Each in a transaction of its own. */
  public void insertEach(int... ids) throws SQLException {
    for (int id : ids) {
      insertAlone(id);
    }
  }

  @Transactional
  public void insertThenFail(int id) throws SQLException {
    insertAnew(id);
    throw new SQLException("after " + id);
  }

  @Transactional
  private void insertAlone(int id) throws SQLException {
    insert(id);
  }

  @Transactional(propagation = Propagation.REQUIRES_NEW)
  private void insertAnew(int id) throws SQLException {
    insert(id);
  }

  private void insert(int id) throws SQLException {
    try (var insert = host.tx().prepareStatement("insert into orders values (?)")) {
      insert.setInt(1, id);
      insert.executeUpdate();
    }
  }

  /** How many there are. */
  @Transactional(readOnly = true)
  public int count() throws SQLException {
    try (Statement select = host.tx().createStatement();
        ResultSet row = select.executeQuery("select count(*) from orders")) {
      row.next();
      return row.getInt(1);
    }
  }
}
