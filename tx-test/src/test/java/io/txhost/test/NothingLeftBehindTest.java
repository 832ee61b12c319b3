package io.txhost.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.context.Context;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class NothingLeftBehindTest {
  private static final TransactionHost<String> HOST =
      TransactionHost.create(NoOpAdapter.over("resource"));

  /** What became of each test: nothing, or its failure's message and those suppressed in it. */
  private static String outcomeOf(Class<?> tests, String method) {
    List<Event> finished =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(tests))
            .execute()
            .testEvents()
            .finished()
            .stream()
            .filter(event -> event.getTestDescriptor().getDisplayName().equals(method + "()"))
            .toList();
    assertThat(finished).hasSize(1);
    return finished
        .get(0)
        .getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
        .getThrowable()
        .map(NothingLeftBehindTest::text)
        .orElse("passed");
  }

  private static String text(Throwable failure) {
    StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
    for (Throwable suppressed : failure.getSuppressed()) {
      text.append("\nsuppressed: ").append(text(suppressed));
    }
    return text.toString();
  }

  @Test
  void aTestThatLeavesNothingPasses() {
    assertThat(outcomeOf(Clean.class, "leavesNothing")).isEqualTo("passed");
    assertThat(outcomeOf(Clean.class, "closesInAfterEach")).isEqualTo("passed");
  }

  @ExtendWith(NothingLeftBehind.class)
  static class Clean {
    private AutoCloseable open = () -> {};

    @Test
    void leavesNothing() {
      HOST.withTransaction(() -> {});
      Context.run(() -> {});
      HOST.begin().close();
    }

    @Test
    void closesInAfterEach() {
      open = HOST.begin();
    }

    @AfterEach
    void close() throws Exception {
      open.close();
    }
  }

  @Test
  void aBoundaryLeftOpenFailsTheTestByNameAndNotTheNext() {
    assertThat(outcomeOf(Scopes.class, "leavesTwoOpen"))
        .contains("TXH-701")
        .contains("'outer'")
        .contains("'inner'")
        .contains(Thread.currentThread().getName());
    assertThat(outcomeOf(Scopes.class, "nextIsNotHit")).isEqualTo("passed");
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  @ExtendWith(NothingLeftBehind.class)
  static class Scopes {
    @Test
    @Order(1)
    void leavesTwoOpen() {
      HOST.begin(TransactionOptions.defaults().name("outer"));
      HOST.begin(
          TransactionOptions.defaults()
              .name("inner")
              .propagation(io.txhost.Propagation.REQUIRES_NEW));
    }

    @Test
    @Order(2)
    void nextIsNotHit() {
      assertThat(HOST.isTransactionActive()).isFalse();
    }
  }

  @Test
  void aTransactionLeftOpenIsRolledBackAndItsOpenerShown() {
    assertThat(outcomeOf(Heard.class, "leavesOneOpen"))
        .contains("TXH-701")
        .contains("suppressed: TXH-118");
    assertThat(Heard.LISTENER.events())
        .contains("rolled back 'NothingLeftBehindTest$Heard.leavesOneOpen'");
  }

  @ExtendWith(NothingLeftBehind.class)
  static class Heard {
    static final RecordingListener LISTENER = new RecordingListener();

    @Test
    void leavesOneOpen() {
      TransactionHost.builder(NoOpAdapter.over("resource")).listener(LISTENER).build().begin();
    }
  }

  @Test
  void whatWasOpenBeforeTheTestIsNotItsFault() {
    try (var around = HOST.begin()) {
      assertThat(around).isNotNull();
      assertThat(outcomeOf(Clean.class, "leavesNothing")).isEqualTo("passed");
      assertThat(HOST.isTransactionActive()).isTrue();
    }
  }

  @Test
  void aConnectionLeftOutFailsTheTestAndIsGivenBack() {
    assertThat(outcomeOf(Connections.class, "leavesOneOut"))
        .contains(
            "TXH-702 connection 1 was taken on thread '" + Thread.currentThread().getName() + "'")
        .contains("suppressed: connection 1 was taken");
    assertThat(outcomeOf(Connections.class, "nextHasIt")).isEqualTo("passed");
  }

  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  @ExtendWith(NothingLeftBehind.class)
  static class Connections {
    private static final Database DATABASE = Database.h2();
    private static final HikariDataSource POOL = poolOfOne();
    private static final RecordingDataSource RECORDER = RecordingDataSource.over(POOL);

    @Test
    @Order(1)
    void leavesOneOut() throws Exception {
      RECORDER.clear();
      RECORDER.getConnection().setAutoCommit(false);
    }

    @Test
    @Order(2)
    void nextHasIt() throws Exception {
      try (Connection connection = RECORDER.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
      }
      assertThat(RECORDER.connectionsOut()).isZero();
    }

    @AfterAll
    static void theClassIsRunTwice() {
      assertThat(POOL.getHikariPoolMXBean().getActiveConnections()).isZero();
    }

    private static HikariDataSource poolOfOne() {
      HikariConfig config = new HikariConfig();
      config.setDataSource(DATABASE.dataSource());
      config.setMaximumPoolSize(1);
      return new HikariDataSource(config);
    }
  }

  @Test
  void aTestThatFailsBesidesHasBothReported() {
    assertThat(outcomeOf(FailsBesides.class, "failsAndLeaves"))
        .startsWith("the test's own")
        .contains("TXH-701");
  }

  @ExtendWith(NothingLeftBehind.class)
  static class FailsBesides {
    @Test
    void failsAndLeaves() {
      HOST.begin();
      throw new IllegalStateException("the test's own");
    }
  }

  @Test
  void anInterruptedTestIsLookedAtAndStaysInterrupted() {
    assertThat(outcomeOf(Interrupted.class, "leavesOneOpenOnAWorker")).contains("TXH-701");
    assertThat(Interrupted.interruptedAfterwards).isTrue();
    Interrupted.POOL.shutdownNow();
  }

  static class Interrupted {
    static boolean interruptedAfterwards;

    @RegisterExtension
    @Order(1)
    final AfterEachCallback afterwards =
        context -> interruptedAfterwards = Thread.currentThread().isInterrupted();

    @RegisterExtension
    @Order(2)
    final NothingLeftBehind nothingLeftBehind = new NothingLeftBehind();

    static final ExecutorService POOL = Executors.newFixedThreadPool(1);

    @Test
    void leavesOneOpenOnAWorker() throws Exception {
      nothingLeftBehind.watch(POOL, 1);
      POOL.submit(() -> HOST.begin()).get();
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void everyWorkerOfAWatchedPoolIsLookedAt() {
    assertThat(outcomeOf(Pooled.class, "leavesOneOpenOnEachWorker"))
        .contains("on thread 'worker-0'")
        .contains("on thread 'worker-1'")
        .contains("on thread 'worker-2'");
    assertThat(outcomeOf(Pooled.class, "nextIsNotHit")).isEqualTo("passed");
    Pooled.POOL.shutdownNow();
    assertThat(outcomeOf(Pooled.class, "nextIsNotHit")).isEqualTo("passed");
  }

  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Pooled {
    static final ThreadPoolExecutor POOL = (ThreadPoolExecutor) Executors.newFixedThreadPool(3);

    @RegisterExtension static final NothingLeftBehind NOTHING_LEFT_BEHIND = new NothingLeftBehind();

    static {
      int[] number = {0};
      POOL.setThreadFactory(task -> new Thread(task, "worker-" + number[0]++));
      NOTHING_LEFT_BEHIND.watch(POOL);
    }

    @Test
    @Order(1)
    void leavesOneOpenOnEachWorker() throws Exception {
      CountDownLatch all = new CountDownLatch(3);
      for (int i = 0; i < 3 && !POOL.isShutdown(); i++) {
        POOL.submit(
            () -> {
              HOST.begin();
              all.countDown();
              all.await(); // so that each worker takes one
              return null;
            });
      }
      if (!POOL.isShutdown()) {
        all.await();
      }
    }

    @Test
    @Order(2)
    void nextIsNotHit() {}
  }

  @Test
  void aWorkerThatIsBusyIsNamedAndHoldsUpNothing() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try {
      pool.submit(
          () -> {
            busy.countDown();
            release.await();
            return null;
          });
      busy.await();

      assertThat(new Workers(pool, 2, Duration.ofSeconds(2)).leftovers())
          .singleElement()
          .satisfies(left -> assertThat(left.message()).contains("TXH-703 1 of 2 workers"));
    } finally {
      release.countDown();
      pool.shutdownNow();
    }
  }

  @Test
  void aPoolWithoutWorkersCannotBeWatched() {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try {
      assertThatThrownBy(() -> new NothingLeftBehind().watch(pool, 0))
          .isInstanceOf(IllegalArgumentException.class);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void diagnosticsAreOn() {
    assertThat(System.getProperty("txhost.diagnostics")).isEqualTo("on");
  }
}
