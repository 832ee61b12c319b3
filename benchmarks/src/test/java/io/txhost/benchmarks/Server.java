package io.txhost.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Insert and select on a real server, by virtual threads that share a pool. */
final class Server {
  private static final int POOL = 10;
  private static final int REFUSED_AFTER_MILLIS = 2_000;

  private final DataSource pool;
  private final DataSource lazy;
  private final TransactionHost<Connection> host;
  private final TransactionTemplate spring;
  private final TransactionTemplate springLazy;
  private final TransactionTemplate springNew;

  private Server(DataSource pool) {
    this.pool = pool;
    this.lazy = new LazyConnectionDataSourceProxy(pool);
    this.host = TransactionHost.create(JdbcAdapter.over(pool));
    var manager = new DataSourceTransactionManager(pool);
    this.spring = new TransactionTemplate(manager);
    this.springLazy = new TransactionTemplate(new DataSourceTransactionManager(lazy));
    this.springNew = new TransactionTemplate(manager);
    springNew.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /**
   * Prints a line for each slice: its load, the peer, and what {@link Load} found.
   *
   * @param arguments the database, the rounds, the seconds of a slice, the numbers of threads, and
   *     whether transactions of their own inside others are measured too
   */
  public static void main(String[] arguments) throws Exception {
    Thread.currentThread()
        .setUncaughtExceptionHandler(
            (thread, failure) -> {
              thread.getThreadGroup().uncaughtException(thread, failure); // which prints it
              System.exit(1);
            });
    measure(arguments);
    System.exit(0); // the MariaDB server is watched by a thread that is no daemon
  }

  private static void measure(String[] arguments) throws Exception {
    Kind kind = Kind.valueOf(arguments[0].toUpperCase(Locale.ROOT));
    int rounds = Integer.parseInt(arguments[1]);
    int seconds = Integer.parseInt(arguments[2]);
    List<Integer> threads =
        List.of(arguments[3].split(",")).stream().map(Integer::valueOf).toList();
    boolean nesting = Boolean.parseBoolean(arguments[4]);
    try (Database database = kind.started();
        HikariDataSource pool = pool(database.dataSource())) {
      try (Connection connection = pool.getConnection();
          var statement = connection.createStatement()) {
        statement.execute("create table orders(id " + kind.counted + " primary key, number int)");
      }
      Server server = new Server(pool);
      for (int round = 0; round <= rounds; round++) { // the first one warms up
        for (int count : threads) {
          server.slices(String.valueOf(count), server.inserting(), count, seconds, round > 0);
        }
        for (int count : nesting ? List.of(9, 32) : List.<Integer>of()) {
          server.slices("new-" + count, server.nesting(), count, seconds, round > 0);
        }
      }
    }
  }

  private enum Kind {
    POSTGRES("bigserial"),
    MARIADB("bigint auto_increment");

    private final String counted;

    Kind(String counted) {
      this.counted = counted;
    }

    private Database started() throws SQLException {
      return this == POSTGRES ? Database.postgres() : Database.mariaDb();
    }
  }

  private static HikariDataSource pool(DataSource database) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database);
    config.setMaximumPoolSize(POOL);
    config.setConnectionTimeout(REFUSED_AFTER_MILLIS);
    return new HikariDataSource(config);
  }

  private void slices(
      String load, Map<String, Load.Work> peers, int threads, int seconds, boolean told)
      throws InterruptedException {
    for (Map.Entry<String, Load.Work> peer : peers.entrySet()) {
      Load.Found found = Load.of(threads, seconds, peer.getValue());
      if (told) {
        System.out.println(load + " " + peer.getKey() + " " + found.line());
      }
    }
  }

  private Map<String, Load.Work> inserting() {
    Map<String, Load.Work> peers = new LinkedHashMap<>();
    peers.put("hand", this::byHand);
    peers.put("txhost", () -> host.withTransaction(() -> insertAndSelect(host.tx())));
    peers.put("spring", () -> in(spring, pool));
    peers.put("lazy", () -> in(springLazy, lazy));
    return peers;
  }

  /** A transaction of its own inside another, each with a connection. */
  private Map<String, Load.Work> nesting() {
    Map<String, Load.Work> peers = new LinkedHashMap<>();
    peers.put(
        "txhost",
        () ->
            host.withTransaction(
                () -> {
                  insertAndSelect(host.tx());
                  host.withTransaction(Propagation.REQUIRES_NEW, () -> insertAndSelect(host.tx()));
                }));
    peers.put(
        "spring",
        () ->
            spring.executeWithoutResult(
                status -> {
                  insertAndSelectIn(pool);
                  in(springNew, pool);
                }));
    return peers;
  }

  private void byHand() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        insertAndSelect(connection);
        connection.commit();
      } catch (SQLException | RuntimeException failure) {
        connection.rollback();
        throw failure;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private static void in(TransactionTemplate template, DataSource dataSource) {
    template.executeWithoutResult(status -> insertAndSelectIn(dataSource));
  }

  private static void insertAndSelectIn(DataSource dataSource) {
    Connection connection = DataSourceUtils.getConnection(dataSource);
    try {
      insertAndSelect(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } finally {
      DataSourceUtils.releaseConnection(connection, dataSource);
    }
  }

  private static void insertAndSelect(Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into orders(number) values(?)")) {
      insert.setInt(1, 42);
      insert.executeUpdate();
    }
    try (PreparedStatement select =
        connection.prepareStatement("select number from orders where id = ?")) {
      select.setLong(1, 1);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next() || rows.getInt(1) != 42) {
          throw new IllegalStateException("The first order is not there");
        }
      }
    }
  }
}
