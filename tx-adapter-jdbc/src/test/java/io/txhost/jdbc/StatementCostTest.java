package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.spi.TransactionSignals;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What a statement and a row cost over a driver whose calls cost nothing: bytes by the thread's own
 * counter over many warm calls, the least of several rounds, since the compiler may still be at
 * work in the first; and the calls that open, end and restore a connection.
 */
class StatementCostTest {
  private static final int CALLS = 20_000;
  private static final int MOST_ROUNDS = 30;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final String SHORT = "update item set label = 'x' where id = ?";
  private static final String LONG = SHORT + " and label in (" + "'x', ".repeat(2_000) + "'y')";

  private final StubDriver driver = new StubDriver();
  private final TransactionHost<Connection> host =
      TransactionHost.create(JdbcAdapter.over(driver.dataSource()));

  /** What is measured. */
  interface Work {
    void run() throws SQLException;
  }

  /** The bytes that one call allocates. */
  static double bytes(long enough, Work work) throws SQLException {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < MOST_ROUNDS && least > enough * CALLS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        work.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return (double) least / CALLS;
  }

  static int update(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, 7);
      return statement.executeUpdate();
    }
  }

  static long row(ResultSet rows) throws SQLException {
    rows.next();
    return rows.getInt(1)
        + rows.getLong(2)
        + rows.getString(3).length()
        + (rows.getBoolean(4) ? 1 : 0)
        + (long) rows.getDouble(5);
  }

  /** Without a host: what the core adds is the core's to count. */
  @Test
  void eachFurtherStatementOfATransactionCostsLittleWhateverTheLengthOfItsText() throws Exception {
    assumeTrue(THREADS.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    JdbcTransaction transaction =
        new JdbcTransaction(
            new ConnectionSource(driver.dataSource()),
            TransactionOptions.defaults(),
            new NoSignals());
    Connection connection = transaction.resource();
    update(connection, SHORT);

    assertThat(bytes(48, () -> update(connection, SHORT))).isLessThanOrEqualTo(48);
    assertThat(bytes(48, () -> update(connection, LONG))).isLessThanOrEqualTo(48);
    transaction.rollback();
  }

  @Test
  void aRowOfFiveColumnsAllocatesNothing() throws Exception {
    assumeTrue(THREADS.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    JdbcTransaction transaction =
        new JdbcTransaction(
            new ConnectionSource(driver.dataSource()),
            TransactionOptions.defaults(),
            new NoSignals());
    try (PreparedStatement statement =
            transaction.resource().prepareStatement("select * from item");
        ResultSet rows = statement.executeQuery()) {
      assertThat(bytes(0, () -> row(rows))).isZero();
    }
    transaction.rollback();
  }

  @Test
  void aConnectionAndItsStatementAddLittleToATransaction() throws Exception {
    assumeTrue(THREADS.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    double ofNone = bytes(0, () -> host.withTransaction(() -> {}));
    double ofAsking = bytes(0, () -> host.withTransaction(() -> host.tx() == null));
    double ofOne = bytes(0, () -> host.withTransaction(() -> update(host.tx(), SHORT)));
    System.out.println("none: " + ofNone + " B, tx(): " + ofAsking + " B, one: " + ofOne + " B");
    assertThat(ofOne - ofAsking).isLessThanOrEqualTo(192);
  }

  @Test
  void theCallsThatOpenEndAndRestoreAreFew() throws Exception {
    host.withTransaction(() -> update(host.tx(), SHORT)); // learns what the database is
    driver.calls = 0;

    host.withTransaction(() -> host.tx().isReadOnly());
    assertThat(driver.calls).as("no statement").isZero();

    host.withTransaction(() -> update(host.tx(), SHORT));
    assertThat(driver.calls).as("one statement").isLessThanOrEqualTo(6);

    driver.calls = 0;
    host.withTransaction(TransactionOptions.defaults().readOnly(true), () -> query(host.tx()));
    assertThat(driver.calls).as("read-only").isLessThanOrEqualTo(9);
  }

  private static long query(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select 1");
        ResultSet rows = statement.executeQuery()) {
      return row(rows);
    }
  }

  /** A transaction that is no host's. */
  private static final class NoSignals implements TransactionSignals {
    @Override
    public Optional<Duration> remainingTime() {
      return Optional.empty();
    }

    @Override
    public void lost(Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void acquired() {
      // the pool knows
    }

    @Override
    public void released() {
      // the pool knows
    }
  }
}
