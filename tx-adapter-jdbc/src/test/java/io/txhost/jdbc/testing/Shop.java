package io.txhost.jdbc.testing;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.RecordingDataSource;
import io.txhost.test.TestDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.sql.DataSource;

/** A host on a database of its own, as an application has one, and what its table holds. */
final class Shop {
  private static final ConcurrentMap<String, Shop> SHOPS = new ConcurrentHashMap<>();

  final DataSource real;
  final TestDataSource pool;
  final RecordingDataSource recorder;
  final TransactionHost<Connection> host;

  private Shop(Database database, String name) {
    real = database.dataSource();
    pool = TestDataSource.over(real);
    recorder = RecordingDataSource.over(pool);
    host = TransactionHost.builder(JdbcAdapter.over(recorder)).name(name).build();
    run(real, "create table orders (id int primary key, note varchar(50))");
    run(real, "insert into orders values (0, 'before the tests')");
  }

  /** The one of this kind that the whole JVM has. */
  static Shop on(String kind) {
    return SHOPS.computeIfAbsent(kind, Shop::open);
  }

  private static Shop open(String kind) {
    try {
      return new Shop(
          switch (kind) {
            case "PostgreSQL" -> Database.postgres();
            case "MariaDB" -> Database.mariaDb();
            default -> Database.h2();
          },
          kind);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static void run(DataSource dataSource, String sql) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In the transaction that is active. */
  void insert(int id) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeUpdate("insert into orders values (" + id + ", 'of a test')");
    }
  }

  /** What the host sees here. */
  int count() throws SQLException {
    try (Statement statement = host.tx().createStatement();
        var rows = statement.executeQuery("select count(*) from orders")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** What everybody else sees. */
  int committed() {
    try (Connection connection = real.getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from orders")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
