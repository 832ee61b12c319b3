package io.txhost.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.txhost.TransactionHost;
import io.txhost.TransactionalCallable;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.observe.TransactionObserver;
import io.txhost.spi.TransactionListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

/**
 * What an observer adds to a transaction with one statement, in bytes: held to {@code
 * observer-costs.txt}. The first compiler alone runs, as for {@link CostsTest}.
 */
class ObserverCostsTest {
  private static final Path FIGURES = Path.of("observer-costs.txt");
  private static final int CALLS_TO_WARM_UP = 5_000;

  private final Map<String, Long> found = new LinkedHashMap<>();
  private final long without = bytes();

  private static long bytes(TransactionListener... listeners) {
    FreeDriver driver = new FreeDriver();
    TransactionHost.Builder<Connection> builder =
        TransactionHost.builder(JdbcAdapter.over(driver.dataSource()));
    for (TransactionListener each : listeners) {
      builder.listener(each);
    }
    TransactionHost<Connection> host = builder.build();
    TransactionalCallable<Object, SQLException> work = () -> Jdbc.statement(host.tx());
    Scenario scenario = () -> host.withTransaction(work);
    try {
      Costs.warmUp(scenario, CALLS_TO_WARM_UP);
      return Costs.of(scenario, driver).bytes();
    } catch (Throwable failure) {
      throw new AssertionError(failure);
    }
  }

  private void measure(String what, TransactionObserver observer) {
    try (observer) {
      found.put(what, bytes(observer) - without);
    }
  }

  @Test
  void whatIsOffCostsNothing() { // issue 15, point 1
    measure("nothing", TransactionObserver.builder().build());
    measure("log-off", TransactionObserver.builder().log().build());
    measure("flight-recorder-off", TransactionObserver.builder().flightRecorder().build());
    measure(
        "log-and-flight-recorder-off",
        TransactionObserver.builder().log().flightRecorder().build());
    TransactionObserver closed =
        TransactionObserver.builder().memory(10, Duration.ofSeconds(1)).build();
    closed.close();
    measure("closed", closed);

    assertThat(found).allSatisfy((what, bytes) -> assertThat(bytes).as(what).isZero());
  }

  @Test
  void noPartCostsMoreThanItsFigure() throws IOException { // issue 15, shown by
    measure("memory", TransactionObserver.builder().memory(20, Duration.ofSeconds(1)).build());
    measure("watch", TransactionObserver.builder().warnIfOpenFor(Duration.ofMinutes(5)).build());
    measure("meters", TransactionObserver.builder().meters(new SimpleMeterRegistry()).build());
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(new Heeding());
    measure("observations", TransactionObserver.builder().observations(observations).build());
    try (Recording recording = new Recording()) {
      recording.enable("io.txhost.Transaction");
      recording.start();
      measure("flight-recorder", TransactionObserver.builder().flightRecorder().build());
    }
    measure(
        "memory-watch-meters",
        TransactionObserver.builder()
            .memory(20, Duration.ofSeconds(1))
            .warnIfOpenFor(Duration.ofMinutes(5))
            .meters(new SimpleMeterRegistry())
            .build());

    StringBuilder lines = new StringBuilder();
    found.forEach(
        (what, bytes) ->
            lines.append(String.format("%-12s %-22s %6d%n", Jvm.here().id(), what, bytes)));
    Path file = Path.of("target", "costs", "observer-" + Jvm.here().id() + ".txt");
    Files.createDirectories(file.getParent());
    Files.writeString(file, lines);
    Map<String, Long> figures = figures();
    assertThat(found.keySet()).isEqualTo(figures.keySet());
    assertThat(found)
        .as("where one is dearer and that is meant, take the lines of benchmarks/%s over", file)
        .allSatisfy(
            (what, bytes) -> assertThat(bytes).as(what).isLessThanOrEqualTo(figures.get(what)));
  }

  private static Map<String, Long> figures() throws IOException {
    Map<String, Long> figures = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FIGURES)) {
      String[] parts = line.split(" +");
      if (parts[0].equals(Jvm.here().id())) {
        figures.put(parts[1], Long.parseLong(parts[2]));
      }
    }
    return figures;
  }

  /** What a tracer does is the tracer's to count. */
  private static final class Heeding
      implements ObservationHandler<io.micrometer.observation.Observation.Context> {
    @Override
    public boolean supportsContext(io.micrometer.observation.Observation.Context context) {
      return true;
    }
  }
}
