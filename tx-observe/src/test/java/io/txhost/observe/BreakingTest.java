package io.txhost.observe;

import static io.txhost.observe.Scenario.named;
import static io.txhost.observe.Scenario.swallowing;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.TransactionHost;
import io.txhost.test.NothingLeftBehind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong around an observer changes no transaction. */
@Timeout(120)
@ExtendWith(NothingLeftBehind.class)
class BreakingTest {
  private Fixture fixture;

  @TempDir Path folder;

  @BeforeEach
  void open() throws SQLException {
    fixture = new Fixture();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  /** A registry that takes no meter. */
  private static SimpleMeterRegistry broken() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                throw new IllegalStateException("no room");
              }
            });
    return registry;
  }

  @Test
  void aRegistryThatThrowsIsLoggedOnceAndTheOthersStillHear() throws SQLException {
    try (TransactionObserver observer =
        TransactionObserver.builder().meters(broken()).memory(10, Duration.ZERO).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      host.withTransaction(named("a"), () -> Fixture.insert(host, 1));
      host.withTransaction(named("b"), () -> Fixture.insert(host, 2));

      assertThat(observer.slow()).extracting(FinishedTransaction::name).containsExactly("b", "a");
      assertThat(observer.open()).isEmpty();
    }
    assertThat(fixture.messages(Level.WARN))
        .singleElement()
        .asString()
        .startsWith("TXH-710 ")
        .contains("Meters");
  }

  @Test
  void sixtyFourThreadsAreCountedExactlyAndNothingStaysOpen() throws Exception {
    int threads = 64;
    int each = 50;
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (TransactionObserver observer =
        TransactionObserver.builder()
            .meters(registry)
            .log()
            .flightRecorder()
            .memory(5, Duration.ZERO)
            .warnIfOpenFor(Duration.ofMinutes(1))
            .build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      List<Thread> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        running.add(
            new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    boolean fails = i % 2 == 1;
                    swallowing(
                        () ->
                            host.withTransaction(
                                named("work"),
                                () -> {
                                  if (fails) {
                                    throw new IllegalStateException("asked");
                                  }
                                }));
                  }
                }));
      }
      running.forEach(Thread::start);
      for (Thread one : running) {
        one.join();
      }

      assertThat(count(registry, "committed")).isEqualTo(threads * each / 2);
      assertThat(count(registry, "rolled-back")).isEqualTo(threads * each / 2);
      assertThat(registry.get("txhost.open").gauge().value()).isZero();
      assertThat(observer.open()).isEmpty();
      assertThat(observer.slow()).hasSize(5);
      assertThat(observer.failed()).hasSize(5);
    }
  }

  private static long count(SimpleMeterRegistry registry, String outcome) {
    return registry
        .get("txhost.transactions")
        .tags("name", "work", "outcome", outcome)
        .timer()
        .count();
  }

  @Test
  void namesBeyondTheCapAreCountedAsOther() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (TransactionObserver observer = TransactionObserver.builder().meters(registry, 2).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      for (int i = 0; i < 1_000; i++) {
        host.withTransaction(named("user " + i), () -> {});
      }
    }

    assertThat(registry.find("txhost.transactions").tag("outcome", "committed").timers())
        .extracting(timer -> timer.getId().getTag("name") + " " + timer.count())
        .containsExactlyInAnyOrder("user 0 1", "user 1 1", "other 998");
  }

  @Test
  void aRetryInsideANestedBlockIsItsOwnTransactions() throws SQLException {
    AtomicInteger failures = new AtomicInteger(1);
    try (TransactionObserver observer =
        TransactionObserver.builder().memory(10, Duration.ZERO).build()) {
      TransactionHost<Connection> host = fixture.host(observer);
      host.withTransaction(
          named("outer"),
          () ->
              host.withTransaction(
                  named("block").propagation(Propagation.NESTED),
                  () ->
                      host.withTransaction(
                          named("inner")
                              .propagation(Propagation.REQUIRES_NEW)
                              .retry(RetryPolicy.maxAttempts(2).initialDelay(Duration.ZERO)),
                          () -> {
                            if (failures.getAndDecrement() > 0) {
                              throw new SQLException("busy", "40001");
                            }
                          })));

      assertThat(observer.slow())
          .extracting(one -> one.name() + " " + one.attempt() + " " + one.outcome())
          .containsExactly("outer 1 committed", "inner 2 committed", "inner 1 rolled-back");
      assertThat(observer.slow().get(0).savepoints()).isEqualTo(1);
    }
  }

  @Test
  void closedWhileOneIsOpenItHearsOfItsEndAndOfNoNewOne() {
    TransactionObserver observer = TransactionObserver.builder().memory(10, Duration.ZERO).build();
    TransactionHost<Connection> host = fixture.host(observer);
    host.withTransaction(
        named("open"),
        () -> {
          observer.close();
          host.withTransaction(named("new").propagation(Propagation.REQUIRES_NEW), () -> {});
        });

    assertThat(observer.slow()).extracting(FinishedTransaction::name).containsExactly("open");
    assertThat(observer.open()).isEmpty();
  }

  @Test
  void aRecordingStartedInTheMiddleHasTheTransactionsThatBeginAfterwards() throws Exception {
    List<String> seen = new ArrayList<>();
    try (TransactionObserver observer = TransactionObserver.builder().flightRecorder().build();
        Recording recording = new Recording()) {
      TransactionHost<Connection> host = fixture.host(observer);
      recording.enable("io.txhost.Transaction");
      host.withTransaction(
          named("before"),
          () -> {
            recording.start();
            host.withTransaction(
                named("while").propagation(Propagation.REQUIRES_NEW),
                () -> Fixture.insert(host, 1));
          });
      recording.stop();
      host.withTransaction(named("after"), () -> Fixture.insert(host, 2));
      Path file = folder.resolve("middle.jfr");
      recording.dump(file);
      for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
        seen.add(event.getString("name"));
      }
    }

    assertThat(seen).containsExactly("while");
  }
}
