package io.txhost.libraries;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A database, a pool and a host a class; a table a test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class LibraryFixture {
  Database database;
  Pool pool;
  TransactionHost<Connection> host;

  /** PostgreSQL, which is the stricter. */
  Database openDatabase() throws SQLException {
    return Database.postgres();
  }

  /** Opens the library. */
  void openLibrary() throws Exception {}

  /** Closes it, and stops its threads. */
  void closeLibrary() throws Exception {}

  @BeforeAll
  void open() throws Exception {
    database = openDatabase();
    pool = Pool.on(database, PoolOptions.defaults().size(4));
    host = TransactionHost.create(JdbcAdapter.over(pool));
    makeTable();
    openLibrary();
  }

  @AfterAll
  void close() throws Exception {
    try {
      closeLibrary();
    } finally {
      if (pool != null) {
        pool.close();
      }
      if (database != null) {
        database.close();
      }
    }
  }

  @BeforeEach
  void makeTable() throws SQLException {
    apart("drop table if exists item");
    apart("create table item (id integer primary key, label varchar(40))");
  }

  /** A failure that is nobody's but the test's. */
  static final class Oops extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** On a connection of its own. */
  void apart(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<Integer> rows() throws SQLException {
    return numbers("select id from item order by id");
  }

  List<Integer> numbers(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<Integer> numbers = new ArrayList<>();
      while (result.next()) {
        numbers.add(result.getInt(1));
      }
      return numbers;
    }
  }

  /** By the application itself, where the host says. */
  void insert(int id) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeUpdate("insert into item (id, label) values (" + id + ", 'own')");
    }
  }
}
