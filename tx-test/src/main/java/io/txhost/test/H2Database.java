package io.txhost.test;

import io.txhost.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** H2 in memory, kept from the first connection to {@link #close()}. */
final class H2Database implements Database {
  /** H2 looks whether a statement was cancelled, or took too long, once in so many rows. */
  private static final int ROWS_BETWEEN_LOOKS = 128;

  private static final int PAUSE_MILLIS = 20;

  private final JdbcDataSource dataSource = new JdbcDataSource();

  H2Database() {
    // the delay keeps it while no connection is open; a lock is waited for as long as on the others
    dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=30000");
    dataSource.setUser("sa");
    run("create alias if not exists pause for \"java.lang.Thread.sleep(long)\"");
  }

  private void run(String sql) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(this + " refused: " + e.getMessage(), e);
    }
  }

  @Override
  public DataSource dataSource() {
    return dataSource;
  }

  @Override
  public Set<Isolation> isolations() {
    return EnumSet.complementOf(EnumSet.of(Isolation.DEFAULT));
  }

  @Override
  public String reported(Isolation isolation) {
    return isolation == Isolation.DEFAULT ? "READ COMMITTED" : isolation.name().replace('_', ' ');
  }

  @Override
  public String isolationQuery() {
    return "select isolation_level from information_schema.sessions where session_id = session_id()";
  }

  @Override
  public Optional<String> readOnlyQuery() {
    return Optional.empty();
  }

  @Override
  public String transactionIdQuery() {
    return "select transaction_id()";
  }

  @Override
  public String connectionIdQuery() {
    return "select session_id()";
  }

  @Override
  public String slowQuery(Duration atLeast) {
    long pauses = (atLeast.toMillis() + PAUSE_MILLIS - 1) / PAUSE_MILLIS;
    return "select count(*) from system_range(1, "
        + pauses * ROWS_BETWEEN_LOOKS
        + ") where case when mod(x, "
        + ROWS_BETWEEN_LOOKS
        + ") = 0 then pause("
        + PAUSE_MILLIS
        + ") else x end is null";
  }

  @Override
  public String blockedQuery() {
    return "select count(*) from information_schema.sessions where blocker_id is not null";
  }

  @Override
  public Optional<String> neverADeadlocksVictim() {
    return Optional.empty(); // whoever closes the ring is
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
  public void close() {
    run("shutdown");
  }

  @Override
  public String toString() {
    return "H2";
  }
}
