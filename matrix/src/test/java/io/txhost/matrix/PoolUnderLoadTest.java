package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.matrix.PoolLoad.Result;
import io.txhost.matrix.PoolLoad.Work;
import io.txhost.test.Database;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Far more threads than a pool of ten has connections, on PostgreSQL. What is asserted are counts,
 * which a slow machine does not change; the ratios are printed. {@code -Dtxhost.pool.long=true}
 * prints the whole table, and takes some minutes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
class PoolUnderLoadTest { // issue 13, point 11
  private static final int SIZE = 10;
  private static final int ROUNDS = 7;
  private static final long NESTED_TIMES = Boolean.getBoolean("txhost.pool.long") ? 100_000 : 2_000;

  private ServerDatabase database;
  private HikariDataSource pool;
  private TransactionHost<Connection> host;
  private TransactionHost<Connection> withoutGate;

  @BeforeAll
  void open() throws SQLException {
    database = Database.postgres();
    pool = newPool();
    host = TransactionHost.create(JdbcAdapter.over(pool));
    withoutGate = TransactionHost.create(JdbcAdapter.over(pool, 0));
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create unlogged table load (id bigserial primary key, v integer)");
    }
  }

  private HikariDataSource newPool() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSource());
    config.setMaximumPoolSize(SIZE);
    config.setConnectionTimeout(120_000);
    return new HikariDataSource(config);
  }

  @AfterAll
  void close() throws SQLException {
    pool.close();
    database.close();
  }

  private static void insertAndSelect(Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into load (v) values (?)")) {
      insert.setInt(1, 1);
      insert.executeUpdate();
    }
    try (PreparedStatement select =
        connection.prepareStatement("select v from load where id = ?")) {
      select.setInt(1, 1);
      select.executeQuery().next();
    }
  }

  private static Work onceOn(TransactionHost<Connection> host) {
    return () -> host.withTransaction(() -> insertAndSelect(host.tx()));
  }

  /** Each transaction has another inside, on a second connection. */
  private static Work nested(TransactionHost<Connection> host) {
    return () ->
        host.withTransaction(
            () -> {
              insertAndSelect(host.tx());
              host.withTransaction(Propagation.REQUIRES_NEW, () -> insertAndSelect(host.tx()));
            });
  }

  @Test
  void nobodyStarves() throws InterruptedException {
    for (int threads : new int[] {64, PoolLoad.hasVirtualThreads() ? 1_000 : 200}) {
      Result gated = PoolLoad.times(threads, 4L * threads, onceOn(host));
      Result free = PoolLoad.times(threads, 4L * threads, onceOn(withoutGate));
      print("gate", threads, gated);
      print("no gate", threads, free);

      assertThat(gated.failed()).isZero();
      assertThat(gated.starved()).isZero();
    }
  }

  /**
   * As long as nobody has asked for a second connection none is kept for that: the first ten may
   * take all ten and each wait for another. One of them is refused, which is enough for the others;
   * from then on the gate keeps one.
   */
  @Test
  void aSecondConnectionIsRefusedOnceAtMostAndNobodyStarves() throws InterruptedException {
    try (HikariDataSource untouched = newPool()) { // whose gate has seen no nesting yet
      Work nested = nested(TransactionHost.create(JdbcAdapter.over(untouched)));
      Result first = PoolLoad.times(32, 1_000, nested);
      Result then = PoolLoad.times(32, NESTED_TIMES, nested);
      print("REQUIRES_NEW, untouched", 32, first);
      print("REQUIRES_NEW", 32, then);

      assertThat(first.failed() + then.failed()).isZero();
      assertThat(first.starved() + then.starved()).isZero();
      assertThat(first.refused()).isLessThanOrEqualTo(1);
      assertThat(then.refused()).isZero();
    }
  }

  private static void print(String what, int threads, Result result) {
    System.out.printf(
        Locale.ROOT,
        "PoolUnderLoadTest: %s, %d threads: %.0f/s, p99 %.0f ms = %.2f x threads / throughput,"
            + " %d of them did nothing, %d refused%n",
        what,
        threads,
        result.perSecond(),
        result.longest() * 1_000,
        result.longest() * result.perSecond() / threads,
        result.starved(),
        result.refused());
  }

  @Test
  @EnabledIfSystemProperty(named = "txhost.pool.long", matches = "true")
  void theWholeTable() throws InterruptedException {
    PoolLoad.seconds(64, 5, onceOn(host));
    PoolLoad.seconds(64, 5, onceOn(withoutGate));
    for (int threads : new int[] {64, 1_000, 10_000}) {
      List<Double> ratios = new ArrayList<>();
      List<Double> waits = new ArrayList<>();
      double seconds = threads == 10_000 ? 15 : 4; // each must have its turn
      for (int round = 0; round < ROUNDS; round++) {
        Result gated = PoolLoad.seconds(threads, seconds, onceOn(host));
        Result free = PoolLoad.seconds(threads, seconds, onceOn(withoutGate));
        print("gate", threads, gated);
        print("no gate", threads, free);
        ratios.add(gated.perSecond() / free.perSecond());
        waits.add(gated.longest() * gated.perSecond() / threads);
      }
      System.out.printf(
          Locale.ROOT,
          "| %d threads | throughput %.2f x without the gate | p99 %.2f x threads / throughput |%n",
          threads,
          median(ratios),
          median(waits));
    }
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Result few = PoolLoad.seconds(SIZE - 1, 4, nested(host));
      Result many = PoolLoad.seconds(32, 4, nested(host));
      print("REQUIRES_NEW", SIZE - 1, few);
      print("REQUIRES_NEW", 32, many);
      ratios.add(many.perSecond() / few.perSecond());
    }
    System.out.printf(
        Locale.ROOT, "| REQUIRES_NEW | 32 threads %.2f x 9 threads |%n", median(ratios));
  }

  private static double median(List<Double> of) {
    return of.stream().sorted().skip(of.size() / 2).findFirst().orElseThrow();
  }
}
