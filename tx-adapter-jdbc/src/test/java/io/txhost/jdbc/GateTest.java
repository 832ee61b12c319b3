package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.txhost.CannotBeginTransactionException;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.jdbc.PoolKind.Opened;
import io.txhost.jdbc.PoolKind.Server;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who comes first to a pool that is too small for all. */
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
class GateTest { // issue 13, point 11
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SLOW_MACHINE = Duration.ofSeconds(5);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HikariDataSource> pools = new ArrayList<>();
  private HikariDataSource pool;
  private TransactionHost<Connection> host;
  private Gate gate;

  @BeforeEach
  void open() {
    use(poolOf(1, PATIENCE));
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdown();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    pools.forEach(HikariDataSource::close);
  }

  private void use(HikariDataSource opened) {
    pool = opened;
    host = TransactionHost.create(JdbcAdapter.over(pool));
    gate = gateOf(pool);
  }

  private HikariDataSource poolOf(int size, Duration patience) {
    return poolOver(h2("jdbc:h2:mem:gate"), size, patience);
  }

  private HikariDataSource poolOver(DataSource database, int size, Duration patience) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database);
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(patience.toMillis());
    HikariDataSource opened = new HikariDataSource(config);
    pools.add(opened);
    return opened;
  }

  private static Gate gateOf(DataSource dataSource) {
    return new Entrance(dataSource, Entrance.NOT_TOLD).gate();
  }

  private static void use(TransactionHost<Connection> host) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeQuery("select 1").close();
    }
  }

  private void awaitWaiting(int count) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (gate.waiting() != count) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.onSpinWait();
    }
  }

  /** A transaction that has a connection until it is let go. */
  private final class Holder {
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch has = new CountDownLatch(1);
    private final Future<?> ended;

    Holder(Work next) {
      ended =
          threads.submit(
              () -> {
                host.withTransaction(
                    () -> {
                      use(host);
                      has.countDown();
                      await(go);
                      next.run();
                    });
                return null;
              });
      await(has);
    }

    void go() {
      go.countDown();
    }

    void end() throws Exception {
      go();
      ended.get(30, TimeUnit.SECONDS);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Future<?> newcomer(String name, List<String> order) {
    return newcomer(name, order, threads);
  }

  private Future<?> newcomer(String name, List<String> order, Executor on) {
    FutureTask<@Nullable Void> once =
        new FutureTask<>(
            () -> {
              host.withTransaction(
                  () -> {
                    use(host);
                    order.add(name);
                  });
              return null;
            });
    on.execute(once);
    return once;
  }

  @Test
  void newcomersComeFirstComeFirstServed() throws Exception {
    Holder holder = new Holder(() -> {});
    List<String> order = new CopyOnWriteArrayList<>();
    List<Future<?>> all = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      all.add(newcomer("n" + i, order));
      expected.add("n" + i);
      awaitWaiting(i);
    }

    holder.end();

    for (Future<?> each : all) {
      each.get(30, TimeUnit.SECONDS);
    }
    assertThat(order).isEqualTo(expected);
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void whoHasOneComesBeforeNewcomersAndTheLastIsKeptForThose() throws Exception {
    use(poolOf(2, PATIENCE));
    List<String> order = new CopyOnWriteArrayList<>();
    Work inner =
        () ->
            host.withTransaction(
                Propagation.REQUIRES_NEW,
                () -> {
                  use(host);
                  order.add("inner");
                });
    Holder nesting = new Holder(inner);
    Holder other = new Holder(() -> {});
    Future<?> newcomer = newcomer("newcomer", order);
    awaitWaiting(1);
    nesting.go();
    awaitWaiting(2); // the inner one, too

    other.end(); // one comes free: for the inner one
    nesting.end();
    newcomer.get(30, TimeUnit.SECONDS);
    assertThat(order).containsExactly("inner", "newcomer");

    Holder first = new Holder(inner); // one is free, and kept
    Future<?> second = newcomer("second", order);
    awaitWaiting(1);
    first.end();
    second.get(30, TimeUnit.SECONDS);
    assertThat(order).containsExactly("inner", "newcomer", "inner", "second");
  }

  @Test
  void whoHasAStatementOpenOutsideComesBeforeNewcomers() throws Exception {
    use(poolOf(2, PATIENCE));
    List<String> order = new CopyOnWriteArrayList<>();
    CountDownLatch isOpen = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Future<?> cursor =
        threads.submit(
            () -> {
              try (Statement open = host.tx().createStatement()) {
                isOpen.countDown();
                await(go);
                host.withTransaction(
                    () -> {
                      use(host);
                      order.add("inner");
                    });
                assertThat(open.isClosed()).isFalse();
              }
              return null;
            });
    await(isOpen);
    Holder holder = new Holder(() -> {});
    Future<?> newcomer = newcomer("newcomer", order);
    awaitWaiting(1);
    go.countDown();
    awaitWaiting(2);

    holder.end();

    cursor.get(30, TimeUnit.SECONDS);
    newcomer.get(30, TimeUnit.SECONDS);
    assertThat(order).containsExactly("inner", "newcomer");
  }

  @Test
  void twoHostsOverOnePoolShareTheGate() throws Exception {
    TransactionHost<Connection> other = TransactionHost.create(JdbcAdapter.over(pool));
    Holder holder = new Holder(() -> {});
    Future<?> waits =
        threads.submit(
            () -> {
              other.withTransaction(() -> use(other));
              return null;
            });

    awaitWaiting(1);
    holder.end();
    waits.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aDeadlineHoldsInTheLineAndWhoLeavesItIsNotServed() throws Exception {
    Holder holder = new Holder(() -> {});

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    TransactionOptions.defaults().timeout(Duration.ofMillis(200)), () -> use(host)))
        .isInstanceOf(TransactionTimedOutException.class);

    assertThat(gate.waiting()).isZero();
    holder.end();
    host.withTransaction(() -> use(host));
  }

  @Test
  void anInterruptEndsTheWaitAndIsKept() throws Exception {
    Holder holder = new Holder(() -> {});
    Thread waiting = Thread.currentThread();
    Future<?> user =
        threads.submit(
            () -> {
              awaitWaiting(1);
              waiting.interrupt();
            });

    assertThatThrownBy(() -> host.withTransaction(() -> use(host)))
        .isExactlyInstanceOf(CannotBeginTransactionException.class);

    assertThat(Thread.interrupted()).isTrue();
    user.get();
    assertThat(gate.waiting()).isZero();
    holder.end();
    host.withTransaction(() -> use(host));
  }

  @Test
  void thePoolsOwnPatienceIsTheLines() throws Exception {
    use(poolOf(1, Duration.ofMillis(300)));
    Holder holder = new Holder(() -> {});

    assertThatThrownBy(() -> host.withTransaction(() -> use(host)))
        .isExactlyInstanceOf(CannotBeginTransactionException.class)
        .hasStackTraceContaining("TXH-595 No connection came within 300 ms: all 1 of")
        .hasMessageContaining("Held by Tx ");

    holder.end();
  }

  /** As where the database goes down while somebody waits: the pool is patient by itself. */
  @Test
  void theLineAndThePoolEachWaitNoLongerThanThePatience() throws Exception {
    Duration patience = Duration.ofMillis(500);
    AtomicBoolean isDown = new AtomicBoolean();
    use(poolOver(new GoingDown(isDown), 1, patience));
    Holder holder = new Holder(() -> {});
    long since = System.nanoTime();
    Future<?> waits = newcomer("waits", new CopyOnWriteArrayList<>());
    awaitWaiting(1);
    isDown.set(true);
    pool.getHikariPoolMXBean().softEvictConnections();

    holder.end(); // it passes the gate, and the pool cannot connect

    assertThatThrownBy(() -> waits.get(30, TimeUnit.SECONDS))
        .hasCauseExactlyInstanceOf(CannotBeginTransactionException.class)
        .hasStackTraceContaining("request timed out after")
        .hasStackTraceContaining("the database is down");
    assertThat(Duration.ofNanos(System.nanoTime() - since))
        .isBetween(patience, patience.multipliedBy(2).plus(SLOW_MACHINE));
  }

  /** H2, until it is down. */
  private static final class GoingDown
      extends org.springframework.jdbc.datasource.DelegatingDataSource {
    private final AtomicBoolean isDown;

    GoingDown(AtomicBoolean isDown) {
      super(h2("jdbc:h2:mem:down"));
      this.isDown = isDown;
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (isDown.get()) {
        throw new SQLException("the database is down", "08001");
      }
      return super.getConnection();
    }
  }

  private static JdbcDataSource h2(String url) {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL(url);
    h2.setUser("sa");
    h2.setPassword("");
    return h2;
  }

  /** Of a pool of one, where none can be kept for those inside. */
  @Test
  void whoHasOneOfAnotherPoolComesBeforeANewcomerThatWaitsForLonger() throws Exception {
    HikariDataSource another = poolOf(1, PATIENCE);
    TransactionHost<Connection> around = TransactionHost.create(JdbcAdapter.over(another));
    Holder holder = new Holder(() -> {});
    List<String> order = new CopyOnWriteArrayList<>();
    Future<?> newcomer = newcomer("newcomer", order);
    awaitWaiting(1);
    Future<?> inner =
        threads.submit(
            () -> {
              around.withTransaction(
                  () -> {
                    use(around);
                    newcomer("inner", order, Runnable::run).get();
                  });
              return null;
            });
    awaitWaiting(2);

    holder.end();

    newcomer.get(30, TimeUnit.SECONDS);
    inner.get(30, TimeUnit.SECONDS);
    assertThat(order).containsExactly("inner", "newcomer");
  }

  @Test
  void whoComesLaterDoesNotOvertakeWhereAPoolGrowsWhileItRuns() throws Exception {
    Holder holder = new Holder(() -> {});
    List<String> order = new CopyOnWriteArrayList<>();
    Future<?> waits = newcomer("waits", order);
    awaitWaiting(1);

    pool.setMaximumPoolSize(2);
    newcomer("comes later", order).get(30, TimeUnit.SECONDS);

    waits.get(30, TimeUnit.SECONDS);
    assertThat(order).containsExactly("waits", "comes later");
    holder.end();
  }

  @ParameterizedTest
  @EnumSource(names = {"HIKARI", "AGROAL", "TOMCAT", "DBCP2"})
  void theSizeAndThePatienceOfAPoolAreFound(PoolKind kind) throws Exception {
    try (Opened opened =
        kind.open(Server.of(h2("jdbc:h2:mem:sizes")), 7, Duration.ofMillis(1_234))) {
      KnownPool.Found found = KnownPool.behind(opened.dataSource());
      assertThat(found).isNotNull();
      Object itself = found.pool(opened.dataSource());
      assertThat(itself).isNotNull();
      PoolLimits limits = found.kind().limitsOf(itself, "pool");

      assertThat(limits.size()).isEqualTo(7);
      assertThat(limits.patience()).isEqualTo(Duration.ofMillis(1_234));
      setSize(opened.dataSource(), 9);
      assertThat(limits.size()).isEqualTo(9);
    }
  }

  private static void setSize(DataSource pool, int size) {
    if (pool instanceof HikariDataSource hikari) {
      hikari.setMaximumPoolSize(size);
    } else if (pool instanceof AgroalDataSource agroal) {
      agroal.getConfiguration().connectionPoolConfiguration().setMaxSize(size);
    } else if (pool instanceof BasicDataSource dbcp) {
      dbcp.setMaxTotal(size);
    } else {
      ((org.apache.tomcat.jdbc.pool.DataSource) pool).setMaxActive(size);
    }
  }

  @Test
  void whatTakesConnectionsBackByItselfAndWhatHasNoLimitHasNoGate() {
    try (BasicDataSource dbcp = new BasicDataSource()) {
      dbcp.setMaxTotal(-1);
      assertThat(limitsOf(dbcp).size()).isEqualTo(PoolLimits.UNKNOWN);
      dbcp.setMaxTotal(5);
      assertThat(limitsOf(dbcp).size()).isEqualTo(5);
      dbcp.setRemoveAbandonedOnBorrow(true);
      assertThat(limitsOf(dbcp).size()).isEqualTo(PoolLimits.UNKNOWN);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    assertThat(KnownPool.behind(new JdbcDataSource())).isNull();
  }

  private static PoolLimits limitsOf(DataSource pool) {
    KnownPool.Found found = KnownPool.behind(pool);
    assertThat(found).isNotNull();
    return found.kind().limitsOf(pool, "pool");
  }

  @Test
  void aDataSourceThatRoutesHasTheGateOfWhereItLeads() {
    HikariDataSource other = poolOf(2, PATIENCE);
    Routing routing = new Routing(pool);
    Entrance entrance = new Entrance(routing, Entrance.NOT_TOLD);

    assertThat(entrance.gate()).isSameAs(gate);
    routing.to = other;
    assertThat(entrance.gate()).isSameAs(gateOf(other)).isNotSameAs(gate);
  }

  /** As Spring's AbstractRoutingDataSource is one. */
  private static final class Routing
      extends org.springframework.jdbc.datasource.DelegatingDataSource {
    private DataSource to;

    Routing(DataSource to) {
      super(to);
      this.to = to;
    }

    @Override
    public DataSource getTargetDataSource() {
      return to;
    }
  }

  @Test
  void whoNeedNotWaitAllocatesNothing() throws Exception {
    Taker taker = new OutsideTaker(io.txhost.spi.FallbackSignals.ofNoHost(), "test");
    long before = 0;
    for (int i = 0; i < 20_000; i++) {
      if (i == 10_000) {
        before = allocated();
      }
      gate.enter(taker, Optional.empty());
      gate.leave();
    }
    assertThat(allocated() - before).isLessThan(10_000); // less than a byte each: of others
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
