package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.CannotBeginTransactionException;
import io.txhost.FallbackPolicy;
import io.txhost.PoolDeadlockException;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.spi.CauseChain;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool that waits for itself is named at once, and never one whose connections come back. */
@ExtendWith(NothingLeftBehind.class)
@Timeout(120)
class PoolDeadlockTest { // issue 13, point 10
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** It takes a few milliseconds; a loaded machine more. The pool's own patience is far away. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  /** Rounds for each size of a pool on a server; {@code -Dtxhost.pool.long=true} has 100. */
  private static final int ROUNDS_ON_SERVER = Boolean.getBoolean("txhost.pool.long") ? 100 : 10;

  /** Below the pools; H2, in memory, where there is none. */
  private @Nullable DataSource server;

  private final List<HikariDataSource> pools = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdown();
    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    pools.forEach(HikariDataSource::close);
  }

  private HikariDataSource pool(int size) {
    return pool(size, PATIENCE);
  }

  private HikariDataSource pool(int size, Duration patience) {
    HikariConfig config = new HikariConfig();
    if (server == null) {
      config.setJdbcUrl("jdbc:h2:mem:" + (pools.isEmpty() ? "first" : "second"));
    } else {
      config.setDataSource(server);
    }
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(patience.toMillis());
    HikariDataSource pool = new HikariDataSource(config);
    pools.add(pool);
    return pool;
  }

  private static TransactionHost<Connection> hostOver(HikariDataSource pool) {
    return TransactionHost.builder(JdbcAdapter.over(pool))
        .fallbackPolicy(FallbackPolicy.ALLOW)
        .build();
  }

  private TransactionHost<Connection> host(int size) {
    return hostOver(pool(size));
  }

  private static void use(TransactionHost<Connection> host) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.execute("select 1");
    }
  }

  private static PoolDeadlockException refusedAtOnce(CatchableWork work) {
    long begun = System.nanoTime();
    Throwable thrown = catchThrowable(work::run);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
    assertThat(thrown).isNotNull();
    PoolDeadlockException refusal = refusalIn(thrown);
    assertThat(refusal).as("%s", thrown).isNotNull();
    return refusal;
  }

  /** Of a task it is the cause of what the caller gets. */
  private static @Nullable PoolDeadlockException refusalIn(Throwable thrown) {
    return CauseChain.of(thrown).stream()
        .filter(PoolDeadlockException.class::isInstance)
        .map(PoolDeadlockException.class::cast)
        .findFirst()
        .orElse(null);
  }

  private interface CatchableWork {
    void run() throws Exception;
  }

  @Test
  void aRequiresNewThatWaitsForWhatIsAroundItIsNamedWithTheSizeThatItNeeds() {
    TransactionHost<Connection> host = host(1);

    PoolDeadlockException refused =
        refusedAtOnce(
            () ->
                host.withTransaction(
                    named("orders"),
                    () -> {
                      use(host);
                      host.withTransaction(
                          named("audit").propagation(Propagation.REQUIRES_NEW), () -> use(host));
                    }));

    assertThat(refused)
        .hasMessageContaining(
            "'audit' on thread 'main' was refused a connection of HikariDataSource")
        .hasMessageContaining("'orders' holds 1 of HikariDataSource and waits in Tx")
        .hasMessageContaining("at least 2,");
  }

  private static TransactionOptions named(String name) {
    return TransactionOptions.defaults().name(name);
  }

  @Test
  void aStatementOutsideThatWaitsForTheTransactionAroundItIsNamed() {
    TransactionHost<Connection> host = host(1);

    PoolDeadlockException refused =
        refusedAtOnce(
            () ->
                host.withTransaction(
                    () -> {
                      use(host);
                      host.withoutTransaction(() -> use(host));
                    }));

    assertThat(refused).hasMessageContaining("a statement outside a transaction on thread 'main'");
  }

  @Test
  void aLibrarysOwnConnectionThatWaitsForTheTransactionAroundItIsNamed() {
    TransactionHost<Connection> host = host(1);
    var enlisting = JdbcAdapter.enlistingDataSource(host);

    refusedAtOnce(
        () ->
            host.withTransaction(
                () -> {
                  use(host);
                  host.withoutTransaction(
                      () -> {
                        try (Connection connection = enlisting.getConnection()) {
                          connection.setAutoCommit(false);
                          connection.createStatement().close();
                        }
                      });
                }));
  }

  @Test
  void aChildsOwnTransactionIsNamedAndItsSiblingsGoOn() throws Exception {
    TransactionHost<Connection> host = host(2);
    AtomicInteger done = new AtomicInteger();

    PoolDeadlockException refused =
        refusedAtOnce(
            () ->
                host.withTransaction(
                    () -> {
                      use(host);
                      inParallel(
                          host,
                          List.of(
                              () -> {
                                host.withTransaction(
                                    Propagation.REQUIRES_NEW,
                                    () -> {
                                      use(host);
                                      host.withTransaction(
                                          Propagation.REQUIRES_NEW, () -> use(host));
                                    });
                                return 1;
                              }));
                    }));
    assertThat(refused).hasMessageContaining("at least 3,");

    host.withTransaction(
        () -> {
          use(host);
          inParallel(
              host, List.of(() -> own(host, done), () -> own(host, done), () -> own(host, done)));
        });
    assertThat(done).hasValue(3);
  }

  private static void inParallel(
      TransactionHost<Connection> host, List<TransactionalCallable<Integer, Exception>> tasks)
      throws Exception {
    assertThat(host.<Integer, Exception>inParallel(tasks)).hasSameSizeAs(tasks);
  }

  private static int own(TransactionHost<Connection> host, AtomicInteger done) throws SQLException {
    host.withTransaction(Propagation.REQUIRES_NEW, () -> use(host));
    return done.incrementAndGet();
  }

  @Test
  void aBoundaryThatTakesItsConnectionWhileAChildWaitsInsideIsSeen() throws Exception {
    HikariDataSource pool = pool(1);
    TransactionHost<Connection> host = hostOver(pool);
    Gate gate = gateOf(pool);
    CountDownLatch isTaken = new CountDownLatch(1);
    Future<?> other =
        threads.submit(
            () -> {
              host.withTransaction(
                  () -> {
                    use(host);
                    isTaken.countDown();
                    awaitWaiting(gate, 2);
                  });
              return null;
            });
    await(isTaken);

    refusedAtOnce(
        () ->
            host.withTransaction(
                () ->
                    inParallel(
                        host,
                        List.of(
                            () -> {
                              use(host); // the outer one's connection: first in line
                              return 1;
                            },
                            () -> {
                              awaitWaiting(gate, 1);
                              host.withTransaction(Propagation.REQUIRES_NEW, () -> use(host));
                              return 2;
                            }))));
    other.get();
  }

  private static Gate gateOf(HikariDataSource pool) {
    return new Entrance(pool, Entrance.NOT_TOLD).gate();
  }

  private static void awaitWaiting(Gate gate, int count) {
    long until = System.nanoTime() + PATIENCE.toNanos() / 2;
    while (gate.waiting() < count) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void acrossTwoPoolsTheNewestIsRefusedAndTheOtherGoesOn() throws Exception {
    TransactionHost<Connection> first = host(1);
    TransactionHost<Connection> second = host(1);
    CyclicBarrier bothHold = new CyclicBarrier(2);

    Future<@Nullable Throwable> one =
        threads.submit(() -> catchThrowable(() -> across(first, second, bothHold)));
    Future<@Nullable Throwable> other =
        threads.submit(() -> catchThrowable(() -> across(second, first, bothHold)));

    List<Throwable> thrown = new ArrayList<>();
    for (Future<@Nullable Throwable> each : List.of(one, other)) {
      Throwable failure = each.get(1, TimeUnit.MINUTES);
      if (failure != null) {
        thrown.add(failure);
      }
    }
    assertThat(thrown).hasSize(1);
    assertThat(thrown.get(0)).isInstanceOf(PoolDeadlockException.class);
  }

  private static void across(
      TransactionHost<Connection> outer, TransactionHost<Connection> inner, CyclicBarrier bothHold)
      throws Exception {
    outer.withTransaction(
        () -> {
          use(outer);
          bothHold.await(1, TimeUnit.MINUTES);
          inner.withTransaction(() -> use(inner));
        });
  }

  @Test
  void whoeverHasAConnectionBesideUsMayGiveItBack() throws Exception {
    HikariDataSource pool = pool(2);
    TransactionHost<Connection> host = hostOver(pool);
    Connection others = pool.getConnection();
    CountDownLatch begins = new CountDownLatch(1);
    Future<?> closing =
        threads.submit(
            () -> {
              await(begins);
              while (pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 0) {
                Thread.onSpinWait();
              }
              others.close();
              return null;
            });

    host.withTransaction(
        () -> {
          use(host);
          begins.countDown();
          host.withTransaction(Propagation.REQUIRES_NEW, () -> use(host));
        });

    closing.get();
  }

  @Test
  void aStatementThatIsOpenOutsideMayBeClosedByAnyThread() throws Exception {
    HikariDataSource pool = pool(1);
    TransactionHost<Connection> host = hostOver(pool);
    Gate gate = gateOf(pool);
    Statement open = host.tx().createStatement();
    Future<?> closing =
        threads.submit(
            () -> {
              awaitWaiting(gate, 1);
              open.close();
              return null;
            });

    host.withTransaction(() -> use(host));

    closing.get();
  }

  @Test
  void whatThisThreadHoldsOutsideIsNamedWhenThePoolsPatienceEnds() throws Exception {
    HikariDataSource pool = pool(1, Duration.ofMillis(300));
    TransactionHost<Connection> host = hostOver(pool);
    try (PreparedStatement open = host.tx().prepareStatement("select 1")) {
      assertThat(open.isClosed()).isFalse();
      assertThatThrownBy(() -> host.withTransaction(() -> use(host)))
          .isExactlyInstanceOf(CannotBeginTransactionException.class)
          .hasMessageContaining("Held by a statement outside a transaction on this thread, 'main'");
      assertThatThrownBy(() -> use(host))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("TXH-595 No connection came within 300 ms")
          .hasMessageContaining("a statement outside a transaction on this thread");
    }
    host.withTransaction(() -> use(host));
  }

  @Test
  void aGateThatIsSwitchedOffLeavesItToThePool() {
    HikariDataSource pool = pool(1, Duration.ofMillis(300));
    TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool, 0));

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      use(host);
                      host.withTransaction(Propagation.REQUIRES_NEW, () -> use(host));
                    }))
        .isInstanceOf(PoolDeadlockException.class)
        .hasMessageContaining("threads x")
        .hasRootCauseInstanceOf(SQLTransientConnectionException.class);
  }

  /** Random nests over two pools. Nobody hangs, and a refusal leaves nothing behind. */
  @Test
  void in400RoundsNobodyHangs() throws Exception {
    nobodyHangs(100);
  }

  @Test
  void onPostgreSqlNobodyHangsEither() throws Exception {
    try (ServerDatabase database = Database.postgres()) {
      server = database.dataSource();
      try {
        nobodyHangs(ROUNDS_ON_SERVER);
      } finally {
        pools.forEach(HikariDataSource::close);
      }
    }
  }

  private void nobodyHangs(int rounds) throws Exception {
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.println("PoolDeadlockTest: txhost.test.seed=" + seed);
    Random random = new Random(seed);
    int refused = 0;
    for (int size = 1; size <= 4; size++) {
      TransactionHost<Connection> first = host(size);
      TransactionHost<Connection> second = host(1 + size / 2);
      for (int round = 0; round < rounds; round++) {
        refused += round(first, second, random, 2 + random.nextInt(5));
      }
      assertThat(gateOf(pools.get(pools.size() - 2)).waiting()).isZero();
    }
    System.out.printf("PoolDeadlockTest: refused %d in %d rounds%n", refused, 4 * rounds);
    assertThat(refused).isPositive();
  }

  private int round(
      TransactionHost<Connection> first,
      TransactionHost<Connection> second,
      Random random,
      int threadsAtOnce)
      throws Exception {
    CyclicBarrier together = new CyclicBarrier(threadsAtOnce);
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    for (int i = 0; i < threadsAtOnce; i++) {
      Random own = new Random(random.nextLong());
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  together.await(1, TimeUnit.MINUTES);
                  nest(first, second, own, 1 + own.nextInt(3));
                  return 0;
                } catch (Exception e) {
                  if (refusalIn(e) == null) {
                    throw new IllegalStateException(e);
                  }
                  return 1;
                }
              },
              threads));
    }
    int refused = 0;
    for (CompletableFuture<Integer> each : all) {
      refused +=
          each.get(30, TimeUnit.SECONDS); // half of the pool's patience: nobody waited for that
    }
    return refused;
  }

  private static void nest(
      TransactionHost<Connection> first,
      TransactionHost<Connection> second,
      Random random,
      int deep)
      throws Exception {
    TransactionHost<Connection> host = random.nextInt(4) == 0 ? second : first;
    boolean early = random.nextInt(4) > 0;
    host.withTransaction(
        Propagation.REQUIRES_NEW,
        () -> {
          if (early) {
            use(host);
          }
          if (deep > 1 && random.nextInt(4) == 0) {
            inParallel(
                host,
                List.of(
                    () -> task(first, second, new Random(random.nextLong()), deep - 1),
                    () -> task(first, second, new Random(deep), deep - 1)));
          } else if (deep > 1) {
            nest(first, second, random, deep - 1);
          } else if (random.nextInt(3) == 0) {
            host.withoutTransaction(() -> use(host));
          }
          use(host);
        });
  }

  private static int task(
      TransactionHost<Connection> first,
      TransactionHost<Connection> second,
      Random random,
      int deep)
      throws Exception {
    nest(first, second, random, deep);
    return deep;
  }
}
