package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Propagation;
import io.txhost.Transaction;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import io.txhost.spring.TransactionalEventListener.Phase;
import io.txhost.spring.TransactionalEventListener.WithoutTransaction;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/**
 * Events at the phases of a host's transaction, without spring-tx's listeners, on a real database.
 */
@ExtendWith(NothingLeftBehind.class)
class HostEventsTest {

  record Placed(String what) {}

  record Shipped(String what) {}

  record Billed(String what) {}

  /** What was heard, and whether in a transaction. */
  static final class Heard {
    final List<String> all = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final CountDownLatch async = new CountDownLatch(1);
    private final TransactionHost<Connection> host;

    Heard(TransactionHost<Connection> host) {
      this.host = host;
    }

    void heard(String what) {
      all.add(what + (host.isTransactionActive() ? " inside" : ""));
    }
  }

  static final class Failures implements TransactionListener {
    final List<Throwable> ofHooks = new CopyOnWriteArrayList<>();

    @Override
    public void hookFailed(TransactionInfo transaction, Throwable failure) {
      ofHooks.add(failure);
    }
  }

  static class EachPhase {
    private final Heard heard;

    EachPhase(Heard heard) {
      this.heard = heard;
    }

    @TransactionalEventListener(
        phase = Phase.BEFORE_COMMIT,
        withoutTransaction = WithoutTransaction.DROP)
    public void before(Placed placed) {
      heard.heard("before " + placed.what());
    }

    @TransactionalEventListener(withoutTransaction = WithoutTransaction.RUN)
    public void committed(Placed placed) {
      heard.heard("committed " + placed.what());
    }

    @TransactionalEventListener(
        phase = Phase.AFTER_ROLLBACK,
        withoutTransaction = WithoutTransaction.DROP)
    public void rolledBack(Placed placed) {
      heard.heard("rolledBack " + placed.what());
    }

    @TransactionalEventListener(
        phase = Phase.AFTER_COMPLETION,
        withoutTransaction = WithoutTransaction.DROP)
    public void completed(WithOutcome<Placed> placed) {
      heard.heard(placed.outcome() + " " + placed.event().what());
    }

    @EventListener
    public void atOnce(Placed placed) {
      heard.heard("atOnce " + placed.what());
    }
  }

  @Configuration
  @EnableTransactionHosts
  @EnableAsync
  static class Application {
    @Bean
    Database database() throws SQLException {
      Database database = Database.h2();
      try (Connection connection = database.dataSource().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("create table item (id int)");
      }
      return database;
    }

    @Bean
    RecordingDataSource recorder(Database database) {
      return RecordingDataSource.over(database.dataSource());
    }

    @Bean
    Failures failures() {
      return new Failures();
    }

    @Bean
    TransactionHost<Connection> host(RecordingDataSource recorder, Failures failures) {
      return TransactionHost.builder(JdbcAdapter.over(recorder)).listener(failures).build();
    }

    @Bean
    TransactionHost<Connection> audit(RecordingDataSource recorder) {
      return TransactionHost.builder(JdbcAdapter.over(recorder)).name("audit").build();
    }

    @Bean
    Heard heard(TransactionHost<Connection> host) {
      return new Heard(host);
    }
  }

  private AnnotationConfigApplicationContext application;
  private TransactionHost<Connection> host;
  private Heard heard;

  @BeforeEach
  void start() {
    start(EachPhase.class);
  }

  @SuppressWarnings("unchecked")
  private void start(Class<?>... components) {
    if (application != null) {
      application.close();
    }
    application = new AnnotationConfigApplicationContext();
    application.register(Application.class);
    application.register(components);
    application.refresh();
    host = application.getBean("host", TransactionHost.class);
    heard = application.getBean(Heard.class);
  }

  @AfterEach
  void stop() {
    application.close();
  }

  private ApplicationEventPublisher publisher() {
    return application;
  }

  private void write() {
    try (var statement = host.tx().createStatement()) {
      statement.executeUpdate("insert into item values (1)");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void place(String what) {
    write();
    publisher().publishEvent(new Placed(what));
  }

  /** How a transaction ends, and who hears of what was published in it, in this order. */
  enum End {
    COMMITTED("atOnce a inside", "before a inside", "committed a", "COMMITTED a"),
    FAILED("atOnce a inside", "rolledBack a", "ROLLED_BACK a"),
    MARKED("atOnce a inside", "rolledBack a", "ROLLED_BACK a"),
    REFUSED_AT_COMMIT("atOnce a inside", "before a inside", "rolledBack a", "ROLLED_BACK a"),
    UNKNOWN("atOnce a inside", "before a inside", "UNKNOWN a"),
    NESTED_KEPT("atOnce a inside", "before a inside", "committed a", "COMMITTED a"),
    NESTED_UNDONE("atOnce a inside", "rolledBack a", "ROLLED_BACK a"),
    WITHOUT("atOnce a", "committed a");

    final List<String> heard;

    End(String... heard) {
      this.heard = List.of(heard);
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void eachPhaseIsCalledAtItsOutcomeAndAtNoOther(End end) {
    carryOut(end);

    // one phase's listeners have no order among those of another
    assertThat(heard.all).containsExactlyInAnyOrderElementsOf(end.heard);
  }

  private void carryOut(End end) {
    RecordingDataSource recorder = application.getBean(RecordingDataSource.class);
    switch (end) {
      case COMMITTED -> host.withTransaction(() -> place("a"));
      case FAILED ->
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          () -> {
                            place("a");
                            throw new IllegalStateException("user");
                          }))
              .hasMessage("user");
      case MARKED ->
          host.withTransaction(
              () -> {
                place("a");
                host.currentTransaction().orElseThrow().setRollbackOnly();
              });
      case REFUSED_AT_COMMIT -> {
        recorder.failNext(Call.COMMIT, new SQLException("deferred", "23505"));
        assertThat(catchThrowable(() -> host.withTransaction(() -> place("a")))).isNotNull();
      }
      case UNKNOWN -> {
        recorder.failNext(Call.COMMIT, new SQLException("cut", "08006"));
        assertThatThrownBy(() -> host.withTransaction(() -> place("a")))
            .isInstanceOf(CommitOutcomeUnknownException.class);
      }
      case NESTED_KEPT ->
          host.withTransaction(() -> host.withTransaction(Propagation.NESTED, () -> place("a")));
      case NESTED_UNDONE ->
          host.withTransaction(
              () ->
                  assertThatThrownBy(
                          () ->
                              host.withTransaction(
                                  Propagation.NESTED,
                                  () -> {
                                    place("a");
                                    throw new IllegalStateException("user");
                                  }))
                      .hasMessage("user"));
      case WITHOUT -> publisher().publishEvent(new Placed("a"));
    }
  }

  // ---- where there is no transaction

  static class Defaults {
    @TransactionalEventListener
    public void heard(Placed placed) {
      throw new AssertionError("called");
    }
  }

  @Test
  void byDefaultNoEventIsLostWherePublishedOutside() {
    start(Defaults.class);
    assertThatThrownBy(() -> publisher().publishEvent(new Placed("a")))
        .isInstanceOf(TransactionException.class)
        .hasMessageStartingWith(
            "TXH-690 An event was published for HostEventsTest.Defaults.heard(Placed), which is to be"
                + " called AFTER_COMMIT of the host 'default', and no transaction of the host is active"
                + " here. Publish the event inside a transaction");
  }

  static class OfAudit {
    private final Heard heard;

    OfAudit(Heard heard) {
      this.heard = heard;
    }

    @TransactionalEventListener(host = "audit", withoutTransaction = WithoutTransaction.RUN)
    public void audited(Placed placed) {
      heard.heard("audited " + placed.what());
    }
  }

  @Test
  void theTransactionOfAnotherHostIsNone() {
    start(OfAudit.class);
    host.withTransaction(() -> place("a"));
    assertThat(heard.all).containsExactly("audited a inside");
  }

  record OrderPlaced(int id) {}

  static class Notes {
    private final List<OrderPlaced> sent = new CopyOnWriteArrayList<>();
    private final List<String> noted = new CopyOnWriteArrayList<>();

    @TransactionalEventListener // after the commit
    public void send(OrderPlaced placed) {
      sent.add(placed);
    }

    @TransactionalEventListener(phase = Phase.AFTER_COMPLETION)
    public void note(WithOutcome<OrderPlaced> placed) {
      noted.add(placed.outcome() + " " + placed.event());
    }
  }

  @Test
  void anOutcomeComesWithItsEvent() {
    start(Notes.class);
    host.withTransaction(() -> publisher().publishEvent(new OrderPlaced(1)));
    host.withTransaction(
        () -> {
          publisher().publishEvent(new OrderPlaced(2));
          host.currentTransaction().orElseThrow().setRollbackOnly();
        });
    Notes notes = application.getBean(Notes.class);
    assertThat(notes.sent).containsExactly(new OrderPlaced(1));
    assertThat(notes.noted)
        .containsExactly("COMMITTED OrderPlaced[id=1]", "ROLLED_BACK OrderPlaced[id=2]");
  }

  // ---- order, failures

  static class InOrder {
    private final Heard heard;

    InOrder(Heard heard) {
      this.heard = heard;
    }

    @TransactionalEventListener
    @Order(2)
    public void second(Placed placed) {
      heard.heard("second " + placed.what());
    }

    @TransactionalEventListener
    @Order(1)
    public void first(Placed placed) {
      heard.heard("first " + placed.what());
      throw new IllegalStateException("listener");
    }
  }

  @Test
  void allAreCalledInOrderAndAFailureAfterTheEndIsReportedAndChangesNothing() {
    start(InOrder.class);
    host.withTransaction(
        () -> {
          place("a");
          place("b");
        });
    assertThat(heard.all).containsExactly("first a", "second a", "first b", "second b");
    assertThat(application.getBean(Failures.class).ofHooks)
        .hasSize(2)
        .allSatisfy(failure -> assertThat(failure).hasMessage("listener"));
  }

  static class FailsBefore {
    @TransactionalEventListener(phase = Phase.BEFORE_COMMIT)
    public void before(Placed placed) {
      throw new IllegalArgumentException("listener");
    }
  }

  @Test
  void aFailureBeforeTheCommitRollsBack() {
    start(FailsBefore.class, EachPhase.class);
    assertThatThrownBy(() -> host.withTransaction(() -> place("a"))).hasMessage("listener");
    assertThat(heard.all).contains("rolledBack a", "ROLLED_BACK a").doesNotContain("committed a");
    assertThat(rows()).isZero();
  }

  private int rows() {
    try (var statement = host.tx().createStatement();
        var rows = statement.executeQuery("select count(*) from item")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- what a listener may do

  static class Works {
    private final Heard heard;
    private final TransactionHost<Connection> host;
    private final RecordingDataSource recorder;

    Works(Heard heard, TransactionHost<Connection> host, RecordingDataSource recorder) {
      this.heard = heard;
      this.host = host;
      this.recorder = recorder;
    }

    @TransactionalEventListener
    @Transactional
    public void write(Placed placed) throws SQLException {
      assertThat(recorder.connectionsOut()).isZero();
      try (var statement = host.tx().createStatement()) {
        statement.executeUpdate("insert into item values (2)");
      }
      heard.heard(host.currentTransaction().map(Transaction::name).orElse("none"));
    }

    @TransactionalEventListener(condition = "#placed.what == 'a'")
    public Shipped onlyA(Placed placed) {
      heard.heard("onlyA " + placed.what());
      return new Shipped(placed.what());
    }

    @EventListener
    public void shipped(Shipped shipped) {
      heard.heard("shipped " + shipped.what());
    }
  }

  @Test
  void aBoundaryOnAListenerBeginsATransactionOfItsOwnWithTheConnectionReturned() {
    start(Works.class);
    host.withTransaction(() -> place("b"));
    assertThat(heard.all).containsExactly("HostEventsTest.Works.write inside");
    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void theConditionIsAskedAndTheResultPublished() {
    start(Works.class);
    host.withTransaction(() -> place("a"));
    assertThat(heard.all).contains("onlyA a", "shipped a");
  }

  static class Later {
    private final Heard heard;

    Later(Heard heard) {
      this.heard = heard;
    }

    @Async
    @TransactionalEventListener
    public void later(Placed placed) {
      heard.heard("later " + placed.what() + " " + Thread.currentThread().isDaemon());
      heard.async.countDown();
    }
  }

  @Test
  void anAsyncListenerIsCalledAfterTheCommitOnAnotherThread() throws Exception {
    start(Later.class);
    host.withTransaction(
        () -> {
          place("a");
          assertThat(heard.all).isEmpty();
        });
    assertThat(heard.async.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(heard.all).singleElement().asString().startsWith("later a");
  }

  @Configuration
  static class Asynchronous {
    @Bean
    SimpleApplicationEventMulticaster applicationEventMulticaster() {
      SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
      multicaster.setTaskExecutor(new SimpleAsyncTaskExecutor());
      return multicaster;
    }
  }

  @Test
  void aMulticasterWithAnExecutorDoesNotTakeTheListenerOffTheTransactionsThread() {
    start(Asynchronous.class, EachPhase.class);
    host.withTransaction(() -> place("a"));
    assertThat(heard.all).contains("before a inside", "committed a", "COMMITTED a");
  }

  @Test
  void aListenerThatTakesTheOutcomeHearsOfItsEventAlone() {
    host.withTransaction(
        () -> {
          write();
          publisher().publishEvent(new Billed("x"));
        });
    assertThat(heard.all).isEmpty();
  }

  // ---- refused

  static class RunsAfterRollback {
    @TransactionalEventListener(
        phase = Phase.AFTER_ROLLBACK,
        withoutTransaction = WithoutTransaction.RUN)
    public void undo(Placed placed) {}
  }

  static class OutcomeBefore {
    @TransactionalEventListener(phase = Phase.BEFORE_COMMIT)
    public void before(WithOutcome<Placed> placed) {}
  }

  static class OutcomeOutside {
    @TransactionalEventListener(
        phase = Phase.AFTER_COMPLETION,
        withoutTransaction = WithoutTransaction.RUN)
    public void any(WithOutcome<Placed> placed) {}
  }

  static class UnknownHost {
    @TransactionalEventListener(host = "adit")
    public void any(Placed placed) {}
  }

  @Test
  void whatContradictsItselfIsRefusedAtStart() {
    Map.of(
            RunsAfterRollback.class, "TXH-691",
            OutcomeBefore.class, "TXH-691",
            OutcomeOutside.class, "TXH-691",
            UnknownHost.class, "TXH-608")
        .forEach(
            (component, code) ->
                assertThat(Applications.findingOf(Application.class, component))
                    .startsWith(code + " bean '"));
  }
}
