package io.txhost.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.txhost.Propagation;
import io.txhost.TransactionRequiredException;
import io.txhost.context.Context;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a test whose work did not stay in its transaction. */
final class EscapesTest {
  private static final Shop SHOP = Shop.on("H2");
  private static final Shop OTHER = Shop.on("H2, another one");

  @AfterEach
  void clean() {
    Shop.run(SHOP.real, "delete from orders where id > 0");
    Shop.run(OTHER.real, "delete from orders where id > 0");
  }

  private static void join(Thread thread) throws InterruptedException {
    thread.start();
    thread.join();
  }

  private static void insertInside(int id) throws SQLException {
    SHOP.host.withTransaction(() -> SHOP.insert(id));
  }

  private static void insertBeside(int id) throws SQLException {
    SHOP.host.withTransaction(
        () -> {
          SHOP.count();
          SHOP.host.withTransaction(Propagation.REQUIRES_NEW, () -> SHOP.insert(id));
        });
  }

  private static void insertQuietly(int id) {
    try {
      insertInside(id);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @TxTest
  static class Escaping {

    @Test
    void byRequiresNew() throws SQLException {
      insertBeside(10);
    }

    @Test
    void byRequiresNewThatOnlyReads() throws SQLException {
      SHOP.host.withTransaction(
          () -> {
            SHOP.count();
            SHOP.host.withTransaction(Propagation.REQUIRES_NEW, SHOP::count);
          });
    }

    @Test
    @TxTest(clean = "/io/txhost/jdbc/testing/clean.sql")
    void byRequiresNewAndIsCleaned() throws SQLException {
      insertBeside(11);
    }

    @Test
    @TxTest(clean = "missing.sql")
    void byRequiresNewAndTheScriptIsMissing() throws SQLException {
      insertBeside(12);
    }

    @Test
    @TxTest(escapes = TxTest.Reaction.WARN)
    void byRequiresNewAndIsWarnedOf() throws SQLException {
      insertBeside(13);
    }

    @Test
    void onAnotherThread() throws InterruptedException {
      join(new Thread(() -> insertQuietly(20), "worker-7"));
    }

    @Test
    void onAnotherThreadAndIsRolledBack() throws InterruptedException {
      join(
          new Thread(
              () -> {
                try {
                  SHOP.host.withTransaction(
                      () -> {
                        SHOP.insert(21);
                        SHOP.host.currentTransaction().orElseThrow().setRollbackOnly();
                      });
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }

    @Test
    void byADetachedUseThatIsSwallowed() throws SQLException, InterruptedException {
      Thread[] worker = new Thread[1];
      SHOP.host.withTransaction(
          () -> {
            SHOP.count();
            worker[0] = new Thread(Context.wrap(Escaping::insertAndSwallow), "worker-8");
          });
      join(worker[0]);
    }

    @Test
    void byAWriteThatIsRefusedOnABareThread() throws InterruptedException {
      join(new Thread(Escaping::insertAndSwallow, "worker-9"));
    }

    private static void insertAndSwallow() {
      try {
        SHOP.insert(30);
      } catch (Exception swallowed) {
        // as careless code does
      }
    }

    @Test
    void expectingARefusalOnItsOwnThread() {
      try {
        SHOP.insert(31);
      } catch (TransactionRequiredException | SQLException expected) {
        // as a test does that expects it
      }
    }

    @Test
    void byDefiningATable() throws SQLException {
      insertInside(40);
      try (Connection connection = SHOP.pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create table if not exists more (id int)");
      }
    }

    @Test
    @TxTest(writesOutside = TxTest.Reaction.FAIL)
    void byAWriteOutside() throws SQLException {
      try (Connection connection = SHOP.pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("insert into orders values (50, 'by itself')");
      }
    }
  }

  private static String verdict(String test) {
    return Verdicts.of(Escaping.class).on(test);
  }

  @Test
  void requiresNewInsideATransactionFailsTheTestAndNamesTheBoundary() {
    assertThat(verdict("byRequiresNew"))
        .contains(
            "TXH-721", "EscapesTest.insertBeside", "thread 'main'", "REQUIRES_NEW", "clean = ..")
        .contains("suppressed: ");
    assertThat(verdict("byRequiresNewThatOnlyReads")).isEqualTo("passed");
  }

  @Test
  void aScriptCleansInsteadAndAMissingOneFails() {
    assertThat(verdict("byRequiresNewAndIsCleaned")).isEqualTo("passed");
    assertThat(verdict("byRequiresNewAndTheScriptIsMissing"))
        .contains("TXH-728", "'missing.sql'", "no such resource");
    assertThat(verdict("byRequiresNewAndIsWarnedOf")).isEqualTo("passed");
  }

  @Test
  void workOfAnotherThreadThatCommitsFailsTheTest() {
    assertThat(verdict("onAnotherThread"))
        .contains("TXH-722", "'worker-7'", "EscapesTest.insertInside");
    assertThat(verdict("onAnotherThreadAndIsRolledBack")).isEqualTo("passed");
  }

  @Test
  void aRefusalThatNobodySawFailsTheTest() {
    assertThat(verdict("byADetachedUseThatIsSwallowed"))
        .contains("TXH-724", "TXH-112", "'worker-8'");
    assertThat(verdict("byAWriteThatIsRefusedOnABareThread"))
        .contains("TXH-724", "TXH-101", "'worker-9'");
    assertThat(verdict("expectingARefusalOnItsOwnThread")).isEqualTo("passed");
  }

  @Test
  void aTableThatIsDefinedFailsTheTestWhereThatCommits() {
    assertThat(verdict("byDefiningATable")).contains("TXH-723", "Create tables before the tests");
  }

  @Test
  void aWriteOutsideFailsTheTestThatWantsItTo() {
    assertThat(verdict("byAWriteOutside")).contains("TXH-725", "in no boundary");
  }

  // ---- tests that go wrong

  @TxTest
  static class GoingWrong {
    private static final CountDownLatch ABANDONED = new CountDownLatch(1);

    @AfterEach
    void fails() throws SQLException {
      insertInside(61);
      if (SHOP.count() > 2) {
        throw new AssertionError("after each");
      }
    }

    @Test
    void throwing() throws SQLException {
      insertInside(60);
      throw new IllegalStateException("the test's own");
    }

    @Test
    void failingAfterEach() throws SQLException {
      insertInside(60);
    }

    @Test
    void leavingATransactionOpen() throws SQLException {
      SHOP.host.begin();
      SHOP.insert(62);
    }

    @Test
    @Timeout(
        value = 300,
        unit = TimeUnit.MILLISECONDS,
        threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void timingOutOnAThreadOfJUnits() throws Exception {
      insertInside(63);
      new CountDownLatch(1).await();
    }

    @Test
    void timingOutPreemptively() {
      assertTimeoutPreemptively(
          Duration.ofMillis(300),
          () -> {
            insertInside(64);
            ABANDONED.await();
          });
    }
  }

  @Test
  void nothingOfATestThatGoesWrongStays() {
    Verdicts verdicts = Verdicts.of(GoingWrong.class);

    assertThat(verdicts.on("throwing"))
        .startsWith("the test's own")
        .contains("suppressed: after each");
    assertThat(verdicts.on("failingAfterEach")).isEqualTo("after each");
    assertThat(verdicts.on("leavingATransactionOpen")).contains("TXH-701");
    assertThat(verdicts.on("timingOutOnAThreadOfJUnits")).contains("timed out");
    assertThat(verdicts.on("timingOutPreemptively"))
        .contains("timed out", "TXH-722"); // another thread's, which really commits
    GoingWrong.ABANDONED.countDown();
    Shop.run(SHOP.real, "delete from orders where id = 64");
    assertThat(SHOP.committed()).isEqualTo(1);
  }

  // ---- two hosts, many tests at once, modes

  @TxTest
  static class OnTwoHosts {

    @Test
    void oneInsideTheOther() throws SQLException {
      SHOP.host.withTransaction(
          () -> {
            SHOP.insert(70);
            OTHER.host.withTransaction(() -> OTHER.insert(70));
          });
      assertThat(SHOP.count()).isEqualTo(2);
      assertThat(OTHER.count()).isEqualTo(2);
      assertThat(OTHER.committed()).isEqualTo(1);
    }
  }

  @Test
  void bothOfTwoHostsAreUndone() {
    assertThat(Verdicts.of(OnTwoHosts.class).all()).containsValue("passed");
    assertThat(SHOP.committed()).isEqualTo(1);
    assertThat(OTHER.committed()).isEqualTo(1);
  }

  @TxTest
  static class AtOnce {
    private static final CyclicBarrier ALL_INSIDE = new CyclicBarrier(3);

    private static void insideTogether(int id) throws Exception {
      insertInside(id);
      ALL_INSIDE.await(30, TimeUnit.SECONDS);
      assertThat(SHOP.count()).isEqualTo(2);
    }

    @Test
    void first() throws Exception {
      insideTogether(80);
    }

    @Test
    void second() throws Exception {
      insideTogether(81);
    }

    @Test
    void third() throws Exception {
      insideTogether(82);
    }
  }

  @Test
  void testsThatRunAtTheSameTimeHaveATransactionEach() {
    assertThat(Verdicts.ofParallel(AtOnce.class).all())
        .hasSize(3)
        .allSatisfy((test, verdict) -> assertThat(verdict).isEqualTo("passed"));
    assertThat(SHOP.committed()).isEqualTo(1);
  }

  @TxTest(mode = TxTest.Mode.COMMIT_AND_CLEAN, clean = "clean.sql")
  static class Committing {

    @Test
    void onItsOwnThreadAndOnAnother() throws Exception {
      insertInside(90);
      assertThat(SHOP.committed()).isEqualTo(2);
      ExecutorService pool = Executors.newSingleThreadExecutor();
      pool.submit(() -> insertQuietly(91)).get();
      pool.shutdown();
      assertThat(SHOP.committed()).isEqualTo(3);
    }
  }

  @Test
  void whatReallyCommitsIsCleaned() {
    assertThat(Verdicts.of(Committing.class).all()).containsValue("passed");
    assertThat(SHOP.committed()).isEqualTo(1);
  }

  // ---- threads that outlive their test, or belong to nobody

  @TxTest
  static class NotWaiting {
    private static Connection kept;
    private static Thread slow;

    @Test
    void keepingAConnection() throws SQLException {
      kept = SHOP.pool.getConnection();
      insertInside(95);
    }

    @Test
    void withACallUnderWay() throws Exception {
      Connection connection = SHOP.pool.getConnection();
      CountDownLatch calling = new CountDownLatch(1);
      slow = new Thread(() -> pause(connection, calling));
      slow.start();
      calling.await();
      while (isOnItsWay(slow.getState())) {
        Thread.onSpinWait(); // until it sleeps, in the database
      }
    }

    private static boolean isOnItsWay(Thread.State state) {
      return state != Thread.State.TIMED_WAITING && state != Thread.State.TERMINATED;
    }

    private static void pause(Connection connection, CountDownLatch calling) {
      try (Statement statement = connection.createStatement()) {
        calling.countDown();
        statement.execute("call pause(2000)");
      } catch (SQLException expected) {
        // its connection was thrown away
      }
    }
  }

  @Test
  void whoUsesAConnectionOfATestThatIsOverIsRefused() throws Exception {
    Verdicts verdicts = Verdicts.of(NotWaiting.class);
    NotWaiting.slow.join();

    assertThat(verdicts.on("keepingAConnection")).isEqualTo("passed");
    assertThatThrownBy(() -> NotWaiting.kept.createStatement())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("TXH-726");
    assertThat(verdicts.on("withACallUnderWay")).contains("TXH-727", "inside a call");
    assertThat(SHOP.committed()).isEqualTo(1);
  }

  @TxTest
  static class Sharing {
    private static final ExecutorService POOL = Executors.newSingleThreadExecutor();
    private static final CyclicBarrier BOTH = new CyclicBarrier(2);

    @BeforeAll
    static void startTheWorker() throws Exception {
      POOL.submit(() -> {}).get();
    }

    @AfterAll
    static void stop() {
      POOL.shutdown();
    }

    private static void haveItWrite(int id) throws Exception {
      BOTH.await(30, TimeUnit.SECONDS);
      POOL.submit(() -> insertQuietly(id)).get();
      BOTH.await(30, TimeUnit.SECONDS);
    }

    @Test
    void one() throws Exception {
      haveItWrite(96);
    }

    @Test
    void theOther() throws Exception {
      haveItWrite(97);
    }
  }

  @Test
  void whatCannotBePutDownToOneOfSeveralTestsIsLogged() {
    List<String> logged = new CopyOnWriteArrayList<>();
    Handler hearing = new Hearing(logged);
    Logger log = Logger.getLogger("io.txhost.test");
    log.addHandler(hearing);
    try {
      assertThat(Verdicts.ofParallel(Sharing.class).all())
          .hasSize(2)
          .allSatisfy((test, verdict) -> assertThat(verdict).isEqualTo("passed"));
    } finally {
      log.removeHandler(hearing);
    }
    assertThat(logged)
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("TXH-729", "TXH-722"));
  }

  private static final class Hearing extends Handler {
    private final List<String> lines;

    Hearing(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
