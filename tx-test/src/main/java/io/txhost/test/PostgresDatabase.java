package io.txhost.test;

import io.txhost.Isolation;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of one of this JVM's PostgreSQL servers. */
final class PostgresDatabase implements ServerDatabase {
  private static final AtomicInteger MADE = new AtomicInteger();

  private final EmbeddedPostgres server;
  private final String name;
  private final DataSource dataSource;

  private PostgresDatabase(EmbeddedPostgres server, String name) {
    this.server = server;
    this.name = name;
    this.dataSource = server.getDatabase("postgres", name);
  }

  static PostgresDatabase create(EmbeddedPostgres server) throws SQLException {
    String name = "txhost_" + MADE.incrementAndGet();
    administer(server, "create database " + name);
    return new PostgresDatabase(server, name);
  }

  private static void administer(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public DataSource dataSource() {
    return dataSource;
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public DataSource dataSourceAt(int port) throws SQLException {
    PGSimpleDataSource direct = dataSource.unwrap(PGSimpleDataSource.class);
    PGSimpleDataSource other = new PGSimpleDataSource();
    other.setServerNames(new String[] {"127.0.0.1"});
    other.setPortNumbers(new int[] {port});
    other.setDatabaseName(direct.getDatabaseName());
    other.setUser(direct.getUser());
    other.setPassword(direct.getPassword());
    return other;
  }

  @Override
  public Set<Isolation> isolations() {
    return EnumSet.complementOf(EnumSet.of(Isolation.DEFAULT));
  }

  @Override
  public String reported(Isolation isolation) {
    return switch (isolation) {
      case DEFAULT -> "read committed";
      case SNAPSHOT -> "repeatable read"; // which is a snapshot here
      default -> isolation.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  @Override
  public String isolationQuery() {
    return "show transaction_isolation";
  }

  @Override
  public Optional<String> readOnlyQuery() {
    return Optional.of("show transaction_read_only");
  }

  @Override
  public String transactionIdQuery() {
    return "select cast(txid_current() as varchar)";
  }

  @Override
  public String connectionIdQuery() {
    return "select cast(pg_backend_pid() as varchar)";
  }

  @Override
  public String slowQuery(Duration atLeast) {
    return "select 1 from pg_sleep(" + atLeast.toMillis() / 1000.0 + ")";
  }

  @Override
  public String blockedQuery() {
    return "select count(*) from pg_stat_activity"
        + " where datname = current_database() and wait_event_type = 'Lock'";
  }

  @Override
  public Optional<String> neverADeadlocksVictim() {
    return Optional.of("set deadlock_timeout = '1min'"); // whoever looks for one is
  }

  @Override
  public boolean losesTransactionOnFailure() {
    return true;
  }

  @Override
  public boolean commitsOnDdl() {
    return false;
  }

  @Override
  public boolean defersConstraints() {
    return true;
  }

  @Override
  public void close() throws SQLException {
    administer(server, "drop database if exists " + name + " with (force)");
  }

  @Override
  public String toString() {
    return "PostgreSQL";
  }
}
