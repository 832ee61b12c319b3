package io.txhost.test;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.txhost.Isolation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** A database of one of this JVM's MariaDB servers, reached through one of two drivers. */
final class MariaDbDatabase implements ServerDatabase {

  /** What connects to it. */
  enum Driver {
    MARIADB {
      @Override
      DataSource over(int port, String database) throws SQLException {
        return new MariaDbDataSource(
            "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root");
      }
    },
    MYSQL {
      @Override
      DataSource over(int port, String database) {
        MysqlDataSource dataSource = new MysqlDataSource();
        dataSource.setURL(
            "jdbc:mysql://127.0.0.1:" + port + "/" + database + "?user=root&sslMode=DISABLED");
        return dataSource;
      }
    };

    abstract DataSource over(int port, String database) throws SQLException;
  }

  /**
   * What the server instruments of this connection's transaction: {@code @@tx_isolation} is the
   * session's, not the transaction's, and InnoDB's table of transactions is a copy that is some 100
   * ms old. Without auto-commit one begins where a table of InnoDB is first touched.
   */
  private static final String IN_FORCE =
      "select %s from performance_schema.events_transactions_current e"
          + " join performance_schema.threads t using (thread_id)"
          + " where t.processlist_id = connection_id() and (select count(*) from ballast) >= 0";

  private static final int STEP_MILLIS = 10;
  private static final int NO_SUCH_CONNECTION = 1094;
  private static final AtomicInteger MADE = new AtomicInteger();

  private final MariaDbServer server;
  private final Driver driver;
  private final String name;
  private final DataSource dataSource;

  private MariaDbDatabase(MariaDbServer server, Driver driver, String name) throws SQLException {
    this.server = server;
    this.driver = driver;
    this.name = name;
    this.dataSource = driver.over(server.port(), name);
  }

  static MariaDbDatabase create(Driver driver, List<String> settings) throws SQLException {
    MariaDbServer server = MariaDbServer.with(settings);
    String name = "txhost_" + MADE.incrementAndGet();
    try (Connection connection = driver.over(server.port(), "").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
      statement.execute("use " + name);
      statement.execute("create table ballast (id integer) engine = innodb");
    }
    return new MariaDbDatabase(server, driver, name);
  }

  @Override
  public DataSource dataSource() {
    return dataSource;
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public DataSource dataSourceAt(int port) throws SQLException {
    return driver.over(port, name);
  }

  @Override
  public Set<Isolation> isolations() {
    return EnumSet.complementOf(EnumSet.of(Isolation.DEFAULT, Isolation.SNAPSHOT));
  }

  @Override
  public String reported(Isolation isolation) {
    return isolation == Isolation.DEFAULT ? "REPEATABLE READ" : isolation.name().replace('_', ' ');
  }

  @Override
  public String isolationQuery() {
    return IN_FORCE.formatted("e.isolation_level");
  }

  @Override
  public Optional<String> readOnlyQuery() {
    return Optional.of(IN_FORCE.formatted("if(e.access_mode = 'READ ONLY', 'on', 'off')"));
  }

  @Override
  public String transactionIdQuery() {
    return IN_FORCE.formatted("e.event_id");
  }

  @Override
  public String connectionIdQuery() {
    return "select connection_id()";
  }

  /** Many short sleeps: one that is interrupted answers 1 as if nothing were. */
  @Override
  public String slowQuery(Duration atLeast) {
    long steps = Math.max(1, (atLeast.toMillis() + STEP_MILLIS - 1) / STEP_MILLIS);
    String step = STEP_MILLIS / 1000.0 + " + 0 * seq"; // without the column it is done once
    return "select count(*) from seq_1_to_" + steps + " where sleep(" + step + ") > 1";
  }

  /** The server's counter, not its table of transactions: a copy that asking keeps from renewal. */
  @Override
  public String blockedQuery() {
    return "select variable_value from information_schema.global_status"
        + " where variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'";
  }

  @Override
  public Optional<String> neverADeadlocksVictim() {
    return Optional.of("insert into ballast select seq from seq_1_to_100"); // the lighter one is
  }

  @Override
  public boolean losesTransactionOnFailure() {
    return false;
  }

  @Override
  public boolean commitsOnDdl() {
    return true;
  }

  @Override
  public boolean defersConstraints() {
    return false;
  }

  @Override
  public void close() throws SQLException {
    try (Connection connection = driver.over(server.port(), "").getConnection();
        Statement statement = connection.createStatement()) {
      for (String open : connectionsTo(statement)) { // else the drop waits for their transactions
        kill(statement, open);
      }
      statement.execute("drop database if exists " + name);
    }
  }

  private static void kill(Statement statement, String id) throws SQLException {
    try {
      statement.execute("kill connection " + id);
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_CONNECTION) { // it was closed meanwhile
        throw e;
      }
    }
  }

  private List<String> connectionsTo(Statement statement) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (ResultSet open =
        statement.executeQuery(
            "select id from information_schema.processlist where db = '" + name + "'")) {
      while (open.next()) {
        ids.add(open.getString(1));
      }
    }
    return ids;
  }

  @Override
  public String toString() {
    return "MariaDB"; // through whatever driver
  }
}
