package io.txhost.observe;

import static io.txhost.observe.Scenario.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.IThrowableProxy;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the log warns of. */
@Timeout(60)
@ExtendWith(NothingLeftBehind.class)
class WatchTest {
  private Fixture fixture;

  @BeforeEach
  void open() throws SQLException {
    fixture = new Fixture();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  private List<String> warnings() {
    return fixture.messages(Level.WARN);
  }

  @Test
  void aTransactionThatIsOpenForLongIsWarnedOfOnceWithTheStackOfItsThread() throws Exception {
    try (TransactionObserver observer =
        TransactionObserver.builder().warnIfOpenFor(Duration.ofMillis(20)).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      host.withTransaction(
          named("report.build"),
          () -> {
            Fixture.insert(host, 1);
            Fixture.await("a warning", () -> !warnings().isEmpty());
            Thread.sleep(100);
          });
    }

    assertThat(warnings())
        .singleElement()
        .asString()
        .startsWith("TXH-713 Tx ")
        .contains("'report.build' of host 'shop'", "has been open for ", "has sent 1 statements")
        .contains("holds a connection", "waits for its own code");
    assertThat(stackOfFirst()).contains("WatchTest.java");
  }

  private String stackOfFirst() {
    IThrowableProxy stack = fixture.logged(Level.WARN).get(0).getThrowableProxy();
    return List.of(stack.getStackTraceElementProxyArray()).toString();
  }

  @Test
  void aConnectionThatIsHeldWhileTheThreadWaitsForAnotherOneIsWarnedOf() throws Exception {
    try (TransactionObserver observer =
        TransactionObserver.builder().warnIfIdleFor(Duration.ofSeconds(2)).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      TransactionHost<Connection> slow =
          fixture.hostWithSlowPool(
              () -> Fixture.await("a warning", () -> !warnings().isEmpty()), observer);
      host.withTransaction(
          named("outer"),
          () -> {
            Fixture.insert(host, 1);
            slow.withTransaction(named("inner"), () -> slow.tx().createStatement().close());
          });
    }

    assertThat(warnings())
        .singleElement()
        .asString()
        .startsWith("TXH-714 Tx ")
        .contains("'outer'", "holds a connection that it has not used for ")
        .contains("waits for the connection of a transaction inside of it");
  }

  @Test
  void whoWaitsForTheDatabaseOrHoldsNothingIsNotIdle() throws Exception {
    try (TransactionObserver observer =
        TransactionObserver.builder().warnIfIdleFor(Duration.ofMillis(20)).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      host.withTransaction(() -> Thread.sleep(100));
    }

    assertThat(warnings()).isEmpty();
  }

  @Test
  void whereItWasOpenedIsToldIfThatWasAskedFor() throws Exception {
    try (TransactionObserver observer =
        TransactionObserver.builder().warnIfOpenFor(Duration.ofMillis(10)).noteOpeners().build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      host.withTransaction(() -> Fixture.await("a warning", () -> !warnings().isEmpty()));
    }

    assertThat(fixture.logged(Level.WARN).get(0).getThrowableProxy().getSuppressed())
        .singleElement()
        .satisfies(opened -> assertThat(opened.getMessage()).isEqualTo("it was opened here"));
  }

  @Test
  void oneLookWarnsOfTenAtMost() throws Exception {
    int many = 64;
    CountDownLatch started = new CountDownLatch(many);
    CountDownLatch end = new CountDownLatch(1);
    try (TransactionObserver observer =
        TransactionObserver.builder().warnIfOpenFor(Duration.ofSeconds(2)).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      List<Thread> threads =
          java.util.stream.IntStream.range(0, many)
              .mapToObj(
                  i ->
                      new Thread(
                          () ->
                              Scenario.swallowing(
                                  () ->
                                      host.withTransaction(
                                          () -> {
                                            started.countDown();
                                            end.await();
                                          }))))
              .toList();
      threads.forEach(Thread::start);
      started.await();
      Fixture.await("warnings", () -> !warnings().isEmpty());
      int first = warnings().size();
      end.countDown();
      for (Thread each : threads) {
        each.join();
      }
      assertThat(first).isLessThanOrEqualTo(10);
    }
  }

  @Test
  void itsThreadIsADaemonAndEndsWhenItIsClosed() {
    TransactionObserver observer =
        TransactionObserver.builder().warnIfOpenFor(Duration.ofSeconds(1)).build();
    Fixture.await("its thread", () -> !watching().isEmpty());
    assertThat(watching()).allMatch(Thread::isDaemon);

    observer.close();

    Fixture.await("no thread", () -> watching().isEmpty());
  }

  private static Set<Thread> watching() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("txhost-watch"))
        .collect(Collectors.toSet());
  }

  @Test
  void aTimeThatIsNotPositiveIsRefused() {
    assertThatThrownBy(() -> TransactionObserver.builder().warnIfOpenFor(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("TXH-711");
    assertThatThrownBy(() -> TransactionObserver.builder().memory(0, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("TXH-712");
  }

  @Test
  void whatASetAsideTransactionWaitsForIsSaid() throws Exception {
    try (TransactionObserver observer =
        TransactionObserver.builder().memory(1, Duration.ofDays(1)).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      host.withTransaction(
          named("outer"),
          () -> {
            Fixture.insert(host, 1);
            host.withTransaction(
                named("inner").propagation(Propagation.REQUIRES_NEW),
                () -> {
                  assertThat(observer.open())
                      .extracting(OpenTransaction::name, one -> one.waitingFor().toString())
                      .containsExactly(
                          org.assertj.core.groups.Tuple.tuple("outer", "what set it aside"),
                          org.assertj.core.groups.Tuple.tuple("inner", "its own code"));
                });
          });
      assertThat(observer.open()).isEmpty();
    }
  }
}
