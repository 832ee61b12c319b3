package io.txhost.matrix;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/** A host over a pool of one on a real database, whose transactions many children share. */
final class SharedTransaction implements AutoCloseable {
  static final int CHILDREN = 64;
  static final int STATEMENTS = 200;

  static final int RUNS = Integer.getInteger("matrix.runs", 20);

  final Database database;
  final Pool pool;
  final TransactionHost<Connection> host;

  private SharedTransaction(Database database, Pool pool) {
    this.database = database;
    this.pool = pool;
    this.host = TransactionHost.create(JdbcAdapter.over(pool));
  }

  static SharedTransaction on(DatabaseKind kind) throws SQLException {
    Database database = kind.open();
    SharedTransaction made =
        new SharedTransaction(database, Pool.on(database, PoolOptions.defaults().size(1)));
    made.direct("create table item (id integer primary key, label varchar(40))");
    return made;
  }

  /** Runs children in a transaction, whatever makes them. */
  interface Children {
    void run(List<Callable<Integer>> tasks) throws Exception;
  }

  /** What a failing child throws. */
  static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;

    Fault(String message) {
      super(message);
    }
  }

  /**
   * One transaction of many children, of which one fails at any of its statements in three runs of
   * four.
   */
  void run(int run, RandomGenerator random, Children children) throws Exception {
    int failing = run % 4 > 0 ? random.nextInt(CHILDREN) : -1;
    int at = random.nextInt(STATEMENTS);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int child = 0; child < CHILDREN; child++) {
      int number = child;
      tasks.add(() -> insertAll(number, number == failing ? at : STATEMENTS));
    }
    host.withTransaction(() -> children.run(tasks));
  }

  private int insertAll(int child, int failsAt) throws Exception {
    try (PreparedStatement insert =
        host.tx().prepareStatement("insert into item values (?, 'x')")) {
      for (int i = 0; i < STATEMENTS; i++) {
        if (i == failsAt) {
          throw new Fault("child " + child + " at " + i);
        }
        insert.setInt(1, child * STATEMENTS + i);
        insert.executeUpdate();
      }
    }
    return child;
  }

  void insert(int id) throws SQLException {
    execute("insert into item values (" + id + ", 'x')");
  }

  /** In whatever is active here. */
  void execute(String sql) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.execute(sql);
    }
  }

  /** The ids that are committed. */
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

  /** On a connection of its own. */
  void direct(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    try (pool) {
      database.close();
    }
  }
}
