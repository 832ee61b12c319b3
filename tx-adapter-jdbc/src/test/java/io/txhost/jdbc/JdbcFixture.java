package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A database a class; a table, a pool, a recorder and a host a test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class JdbcFixture {
  Database database;
  Pool pool;
  RecordingDataSource recorder;
  TransactionHost<Connection> host;

  abstract Database openDatabase() throws SQLException;

  PoolOptions poolOptions() {
    return PoolOptions.defaults();
  }

  @BeforeAll
  void openTheDatabase() throws SQLException {
    database = openDatabase();
  }

  @AfterAll
  void closeTheDatabase() throws SQLException {
    if (database != null) {
      database.close();
    }
  }

  @BeforeEach
  void startAfresh() throws SQLException {
    outside("drop table if exists item");
    outside("create table item (id integer primary key, label varchar(40))");
    usePool(poolOptions());
  }

  @AfterEach
  void closePool() {
    int out = new Entrance(recorder, Entrance.NOT_TOLD).gate().out();
    int outOfPool = recorder.connectionsOut();
    pool.close();
    assertThat(out).as("permits of the gate, as connections of the pool").isEqualTo(outOfPool);
  }

  void usePool(PoolOptions options) {
    if (pool != null) {
      pool.close();
    }
    pool = Pool.on(database, options);
    use(pool);
  }

  void use(DataSource dataSource) {
    recorder = RecordingDataSource.over(dataSource);
    host = TransactionHost.create(JdbcAdapter.over(recorder));
  }

  /** What a driver throws where it should have answered: how far it got, nobody knows. */
  enum Unexpected {
    ERROR,
    UNCHECKED
  }

  /** Has the next such call throw it, and returns what is thrown. */
  Throwable breakNext(Call call, Unexpected kind) {
    Error error = new OutOfMemoryError("driver");
    RuntimeException unchecked = new IllegalStateException("driver");
    recorder.beforeNext(
        call,
        () -> {
          if (kind == Unexpected.ERROR) {
            throw error;
          }
          throw unchecked;
        });
    return kind == Unexpected.ERROR ? error : unchecked;
  }

  // in the host's transaction, or on its fallback

  int update(String sql) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  void insert(int id) throws SQLException {
    update("insert into item (id, label) values (" + id + ", 'x')");
  }

  String ask(String sql) throws SQLException {
    return ask(host.tx(), sql);
  }

  static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }

  // on a connection of its own

  void outside(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<Integer> rows() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select id from item order by id")) {
      List<Integer> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getInt(1));
      }
      return rows;
    }
  }
}
