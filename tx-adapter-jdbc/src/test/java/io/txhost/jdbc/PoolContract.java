package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.CannotBeginTransactionException;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.FallbackPolicy;
import io.txhost.Isolation;
import io.txhost.PoolDeadlockException;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.jdbc.PoolKind.Opened;
import io.txhost.jdbc.PoolKind.Server;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every pool is held to, as it comes and with no pool at all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class PoolContract {
  private static final Duration PATIENCE = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int SIZE = 2;

  private ServerDatabase database;
  private LoopbackProxy proxy;

  abstract ServerDatabase openDatabase() throws SQLException;

  @BeforeAll
  void open() throws Exception {
    database = openDatabase();
    proxy = LoopbackProxy.before(database.port());
  }

  @AfterAll
  void close() throws Exception {
    if (proxy != null) {
      proxy.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @BeforeEach
  void startAfresh() throws SQLException {
    proxy.spare();
    directly("drop table if exists item");
    directly("create table item (id integer primary key)");
  }

  private Opened open(PoolKind kind, int size, Duration patience) throws Exception {
    Opened pool = kind.open(Server.of(database.dataSourceAt(proxy.port())), size, patience);
    return kind.sizeIsFound() ? pool : pool.ofTold(size);
  }

  private static TransactionHost<Connection> hostOver(Opened pool) {
    return TransactionHost.builder(
            pool.told() < 0
                ? JdbcAdapter.over(pool.dataSource())
                : JdbcAdapter.over(pool.dataSource(), pool.told()))
        .fallbackPolicy(FallbackPolicy.ALLOW)
        .build();
  }

  private static TransactionHost<Connection> hostOver(DataSource dataSource) {
    return TransactionHost.builder(JdbcAdapter.over(dataSource))
        .fallbackPolicy(FallbackPolicy.ALLOW)
        .build();
  }

  private static void insert(TransactionHost<Connection> host, int id) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeUpdate("insert into item (id) values (" + id + ")");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTransactionIsCommittedOrRolledBackAndTheConnectionComesBackAsItWas(PoolKind kind)
      throws Exception {
    try (Opened pool = open(kind, 1, PATIENCE)) {
      TransactionHost<Connection> host = hostOver(pool);
      State before = State.of(pool.dataSource());

      host.withTransaction(
          TransactionOptions.defaults().isolation(Isolation.SERIALIZABLE), () -> insert(host, 1));
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(host, 2);
                        throw new IllegalStateException("user");
                      }))
          .hasMessage("user");
      host.withTransaction(
          TransactionOptions.defaults().readOnly(true).timeout(Duration.ofSeconds(9)),
          () -> count(host));
      insert(host, 3);

      assertThat(State.of(pool.dataSource())).isEqualTo(before);
    }
    assertThat(rows()).containsExactly(1, 3);
  }

  /** What the next borrower gets. */
  private record State(boolean autoCommit, boolean readOnly, int isolation, int networkTimeout) {
    static State of(DataSource pool) throws SQLException {
      try (Connection connection = pool.getConnection()) {
        return new State(
            connection.getAutoCommit(),
            connection.isReadOnly(),
            connection.getTransactionIsolation(),
            connection.getNetworkTimeout());
      }
    }
  }

  private static int count(TransactionHost<Connection> host) throws SQLException {
    try (Statement statement = host.tx().createStatement();
        ResultSet result = statement.executeQuery("select count(*) from item")) {
      result.next();
      return result.getInt(1);
    }
  }

  @ParameterizedTest // A32
  @EnumSource
  void afterUnknownOutcomesThePoolHandsOutNoDeadConnectionAndIsAsLargeAsBefore(PoolKind kind)
      throws Exception {
    try (Opened pool = open(kind, SIZE, LONG)) {
      TransactionHost<Connection> host = hostOver(pool);
      for (int cut = 1; cut <= 2 * SIZE; cut++) {
        int id = cut;
        fill(pool);
        assertThatThrownBy(() -> host.withTransaction(() -> insertAndCutAtCommit(host, id)))
            .isInstanceOf(CommitOutcomeUnknownException.class);
      }

      assertIsFullySound(pool, host);
    }
  }

  private void insertAndCutAtCommit(TransactionHost<Connection> host, int id) throws SQLException {
    insert(host, id);
    host.currentTransaction().orElseThrow().beforeCommit(() -> proxy.cutAfterSending(0));
  }

  @ParameterizedTest
  @EnumSource
  void afterConnectionsWereLostInAStatementThePoolHandsOutNoDeadOne(PoolKind kind)
      throws Exception {
    try (Opened pool = open(kind, SIZE, LONG)) {
      TransactionHost<Connection> host = hostOver(pool);
      for (int cut = 1; cut <= SIZE; cut++) {
        int id = cut;
        fill(pool);
        assertThatThrownBy(() -> host.withTransaction(() -> cutAndInsert(host, id)))
            .isInstanceOfAny(SQLException.class, CannotBeginTransactionException.class);
        fill(pool);
        assertThatThrownBy(() -> cutAndInsert(host, id)) // outside a transaction
            .isInstanceOf(SQLException.class);
      }

      assertIsFullySound(pool, host);
    }
  }

  private void cutAndInsert(TransactionHost<Connection> host, int id) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      proxy.cutAfterSending(0);
      statement.executeUpdate("insert into item (id) values (" + id + ")");
    }
  }

  /**
   * All its connections are made, and alive. A pool that replaces a lost one by itself would else
   * send something just when the next cut waits for a statement of ours.
   */
  private void fill(Opened pool) throws SQLException {
    assertThat(connectionsAtOnce(pool)).hasSize(SIZE);
  }

  private void assertIsFullySound(Opened pool, TransactionHost<Connection> host) throws Exception {
    for (int i = 0; i < 3 * SIZE; i++) {
      int id = 100 + i;
      host.withTransaction(() -> insert(host, id));
    }
    assertThat(connectionsAtOnce(pool)).hasSize(SIZE);
    assertThat(rows()).contains(100, 101, 102, 103, 104, 105);
  }

  private Set<String> connectionsAtOnce(Opened pool) throws SQLException {
    List<Connection> out = new ArrayList<>();
    try {
      Set<String> ids = new HashSet<>();
      for (int i = 0; i < SIZE; i++) {
        Connection connection = pool.dataSource().getConnection();
        out.add(connection);
        ids.add(JdbcFixture.ask(connection, database.connectionIdQuery()));
      }
      return ids;
    } finally {
      for (Connection connection : out) {
        connection.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPoolOfOneServesAHookAndATransactionAfterAnother(PoolKind kind) throws Exception {
    try (Opened pool = open(kind, 1, PATIENCE)) {
      TransactionHost<Connection> host = hostOver(pool);

      host.withTransaction(
          () -> {
            insert(host, 1);
            host.currentTransaction()
                .orElseThrow()
                .afterCommit(() -> host.withTransaction(() -> insert(host, 2)));
          });

      assertThat(rows()).containsExactly(1, 2);
    }
  }

  @ParameterizedTest // B16
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void anExhaustedPoolThatWaitsForItselfIsNamed(PoolKind kind) throws Exception {
    try (Opened pool = open(kind, 1, PATIENCE)) {
      TransactionHost<Connection> host = hostOver(pool);

      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(host, 1);
                        host.withTransaction(Propagation.REQUIRES_NEW, () -> insert(host, 2));
                      }))
          .isInstanceOf(PoolDeadlockException.class)
          .hasMessageContaining("holds 1");

      host.withTransaction(() -> insert(host, 3));
      assertThat(rows()).containsExactly(3);
    }
  }

  @ParameterizedTest // issue 13: whatever the pool's own patience is
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPoolThatWaitsForItselfIsNamedAtOnce(PoolKind kind) throws Exception {
    try (Opened pool = open(kind, SIZE, LONG)) {
      TransactionHost<Connection> host = hostOver(pool);

      Duration taken =
          timed(
              () ->
                  assertThatThrownBy(
                          () ->
                              host.withTransaction(
                                  () -> {
                                    insert(host, 1);
                                    host.withTransaction(
                                        Propagation.REQUIRES_NEW,
                                        () -> {
                                          insert(host, 2);
                                          host.withoutTransaction(() -> insert(host, 3));
                                        });
                                  }))
                      .isInstanceOf(PoolDeadlockException.class)
                      .hasMessageContaining("at least 3"));

      assertThat(taken).isLessThan(LONG.dividedBy(2));
      assertThat(rows()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPoolThatOthersHaveExhaustedIsNoSelfDeadlock(PoolKind kind) throws Exception {
    try (Opened pool = open(kind, 1, PATIENCE);
        Connection others = pool.dataSource().getConnection()) {
      TransactionHost<Connection> host = hostOver(pool);
      assertThat(others.isClosed()).isFalse();

      assertThatThrownBy(() -> host.withTransaction(() -> insert(host, 1)))
          .isExactlyInstanceOf(CannotBeginTransactionException.class)
          .hasMessageContaining("large enough");
    }
  }

  @ParameterizedTest // B16
  @EnumSource
  void aDatabaseThatIsDownIsNoSelfDeadlock(PoolKind kind) throws Exception {
    try (LoopbackProxy ofItsOwn = LoopbackProxy.before(database.port());
        Opened pool =
            kind.open(Server.of(database.dataSourceAt(ofItsOwn.port())), SIZE, PATIENCE)) {
      TransactionHost<Connection> host = hostOver(pool);

      Throwable thrown =
          catchThrowable(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(host, 1);
                        ofItsOwn.refuse();
                        host.withTransaction(Propagation.REQUIRES_NEW, () -> insert(host, 2));
                      }));

      assertThat(thrown).isExactlyInstanceOf(CannotBeginTransactionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "TOMCAT"}) // which opens anew
  void aClosedPoolSaysSoInTheCauseAndIsNoSelfDeadlock(PoolKind kind) throws Exception {
    try (Opened pool = open(kind, SIZE, PATIENCE)) {
      TransactionHost<Connection> host = hostOver(pool);

      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(host, 1);
                        pool.close();
                        host.withTransaction(Propagation.REQUIRES_NEW, () -> insert(host, 2));
                      }))
          .isExactlyInstanceOf(CannotBeginTransactionException.class)
          .hasMessageContaining("Is the database up, and the pool open")
          .hasCauseInstanceOf(Exception.class);
    }
  }

  // deadlines

  @ParameterizedTest // A18, B16
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aDeadlineHoldsWhileWaitingForThePool(PoolKind kind) throws Exception {
    assertDeadlineHolds(kind, false);
  }

  @ParameterizedTest // A18, B16
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "UCP"}) // which hears no interrupt, behind another data source
  void aDeadlineHoldsBehindADataSourceOfTheUsersOwn(PoolKind kind) throws Exception {
    assertDeadlineHolds(kind, true);
  }

  private void assertDeadlineHolds(PoolKind kind, boolean wrapped) throws Exception {
    Duration deadline = Duration.ofMillis(500);
    try (Opened pool = open(kind, 1, LONG)) {
      TransactionHost<Connection> host =
          wrapped ? hostOver(new Wrapped(pool.dataSource())) : hostOver(pool);
      host.withTransaction(() -> insert(host, 1));
      try (Connection others = pool.dataSource().getConnection()) {
        assertThat(others.isClosed()).isFalse();
        Duration taken =
            timed(
                () ->
                    assertThatThrownBy(
                            () ->
                                host.withTransaction(
                                    TransactionOptions.defaults().timeout(deadline),
                                    () -> insert(host, 2)))
                        .isInstanceOf(TransactionTimedOutException.class));
        assertThat(taken).isBetween(deadline, deadline.plusMillis(300));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
      }

      for (int i = 0; i < 3; i++) { // nothing was kept, and nobody waits any more
        int id = 10 + i;
        host.withTransaction(() -> insert(host, id));
      }
      assertThat(rows()).containsExactly(1, 10, 11, 12);
    }
  }

  @ParameterizedTest // D10
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "UCP"})
  void aUsersInterruptEndsTheWaitAndIsKept(PoolKind kind) throws Exception {
    for (boolean hasDeadline : new boolean[] {true, false}) {
      try (Opened pool = open(kind, 1, LONG);
          Connection others = pool.dataSource().getConnection()) {
        assertThat(others.isClosed()).isFalse();
        TransactionHost<Connection> host = hostOver(pool);
        TransactionOptions options =
            hasDeadline
                ? TransactionOptions.defaults().timeout(LONG)
                : TransactionOptions.defaults();
        Thread waiting = Thread.currentThread();
        CountDownLatch begins = new CountDownLatch(1);
        Thread user =
            new Thread(
                () -> {
                  await(begins);
                  while (waiting.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                  }
                  waiting.interrupt();
                });
        user.start();

        assertThatThrownBy(
                () ->
                    host.withTransaction(
                        options,
                        () -> {
                          begins.countDown();
                          insert(host, 1);
                        }))
            .isExactlyInstanceOf(CannotBeginTransactionException.class);

        assertThat(Thread.interrupted()).isTrue();
        user.join();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest // B16
  @EnumSource
  void aDeadlineHoldsWhereTheNetworkIsDeadBeforeTheFirstStatement(PoolKind kind) throws Exception {
    Duration deadline = Duration.ofMillis(500);
    try (LoopbackProxy ofItsOwn = LoopbackProxy.before(database.port());
        Opened pool = kind.open(Server.of(database.dataSourceAt(ofItsOwn.port())), 1, PATIENCE)) {
      TransactionHost<Connection> host = hostOver(pool);
      host.withTransaction(() -> insert(host, 1));
      ofItsOwn.swallow();

      Duration taken =
          timed(
              () ->
                  assertThatThrownBy(
                          () ->
                              host.withTransaction(
                                  TransactionOptions.defaults().timeout(deadline),
                                  () -> insert(host, 2)))
                      .isNotNull());

      assertThat(taken).isLessThan(deadline.plusMillis(1_500));
    }
  }

  static Duration timed(ThrowingCallable work) throws Exception {
    long begun = System.nanoTime();
    try {
      work.call();
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  // on a connection of its own

  private void directly(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<Integer> rows() throws SQLException {
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
