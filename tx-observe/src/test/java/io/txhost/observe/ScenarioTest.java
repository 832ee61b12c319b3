package io.txhost.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What docs/observability.md says of its scenario is what is seen of it. */
class ScenarioTest {
  private static final Path PAGE = Path.of("..", "docs", "observability.md");

  private static final int LONGEST = 110;

  @TempDir Path folder;

  /** The text of a code block after a heading, line by line. */
  private static List<String> block(String heading) throws IOException {
    Matcher block =
        Pattern.compile(
                "### " + Pattern.quote(heading) + "\\R.*?```text\\R(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).as("the page has a block below '%s'", heading).isTrue();
    return block.group(1).lines().toList();
  }

  @Test
  void theFlightRecordersEventsAreThoseOfThePage() throws Exception {
    List<String> seen = new ArrayList<>();
    try (Recording recording = new Recording();
        TransactionObserver observer = TransactionObserver.builder().flightRecorder().build()) {
      recording.enable("io.txhost.Transaction");
      recording.enable("io.txhost.Savepoint");
      recording.enable("io.txhost.DetachedUse");
      recording.start();
      try (Scenario scenario = new Scenario(observer)) {
        scenario.run();
      }
      recording.stop();
      Path file = folder.resolve("scenario.jfr");
      recording.dump(file);
      List<RecordedEvent> events = new ArrayList<>(RecordingFile.readAllEvents(file));
      events.sort(java.util.Comparator.comparing(RecordedEvent::getEndTime));
      for (RecordedEvent event : events) {
        seen.add(shown(event));
      }
    }
    seen.removeIf(line -> line.contains("warm up"));

    assertThat(seen).isEqualTo(block("Events of the scenario"));
  }

  private static String shown(RecordedEvent event) {
    return switch (event.getEventType().getName()) {
      case "io.txhost.Transaction" -> {
        assertThat(event.getDuration()).isPositive();
        assertThat(event.getLong("connectionWait")).isNotNegative();
        assertThat(event.getLong("connectionHeld"))
            .isBetween(0L, event.getDuration().toNanos() + 1_000_000);
        assertThat(event.getLong("timeToFirstStatement") >= 0)
            .isEqualTo(event.getInt("statements") > 0);
        yield "Transaction %s attempt %d, statements %d: %s%s"
            .formatted(
                event.getString("name"),
                event.getInt("attempt"),
                event.getInt("statements"),
                event.getString("outcome"),
                event.getString("reason") == null ? "" : ", " + event.getString("reason"));
      }
      case "io.txhost.Savepoint" ->
          "Savepoint %s of %s: %s"
              .formatted(
                  event.getString("boundary"),
                  event.getString("name"),
                  event.getBoolean("kept") ? "kept" : "undone");
      case "io.txhost.DetachedUse" ->
          "DetachedUse %s of %s".formatted(event.getString("what"), event.getString("boundary"));
      default -> event.getEventType().getName();
    };
  }

  @Test
  void theMetersAreThoseOfThePage() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (TransactionObserver observer = TransactionObserver.builder().meters(registry).build();
        Scenario scenario = new Scenario(observer)) {
      scenario.run();
    }
    Map<String, String> seen = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      String count = shown(meter);
      if (!count.equals("0") || meter.getId().getName().equals("txhost.open")) {
        String tags =
            meter.getId().getTags().stream()
                .filter(tag -> !tag.getKey().equals("host"))
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .reduce("", (all, next) -> all + " " + next);
        seen.put(meter.getId().getName() + tags, count);
      }
    }
    List<String> lines = new ArrayList<>();
    seen.forEach((meter, count) -> lines.add(meter + ": " + count));
    lines.removeIf(line -> line.contains("warm up"));

    assertThat(lines).isEqualTo(block("Meters of the scenario"));
  }

  private static String shown(Meter meter) {
    return meter.match(
        gauge -> String.valueOf((long) gauge.value()),
        counter -> String.valueOf((long) counter.count()),
        timer -> String.valueOf(timer.count()),
        summary -> "",
        longTask -> "",
        timeGauge -> "",
        functionCounter -> "",
        functionTimer -> "",
        other -> "");
  }

  @Test
  void theSpansAreThoseOfThePage() throws Exception {
    try (Traces traces = new Traces()) {
      try (TransactionObserver observer =
              TransactionObserver.builder().observations(traces.registry()).build();
          Scenario scenario = new Scenario(observer)) {
        scenario.run();
      }
      List<String> seen = new ArrayList<>(traces.shown());
      seen.removeIf(line -> line.contains("warm up"));

      assertThat(seen).isEqualTo(block("Spans of the scenario"));
      assertThat(traces.all()).doesNotContain("secret");
    }
  }

  @Test
  void theLogIsThatOfThePageAndHasNoParameter() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.txhost");
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    Level before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    try (TransactionObserver observer = TransactionObserver.builder().log().build();
        Scenario scenario = new Scenario(observer)) {
      appender.list.clear();
      scenario.run();
    } finally {
      logger.setLevel(before);
      logger.detachAppender(appender);
    }
    List<String> seen =
        appender.list.stream()
            .map(event -> event.getLevel() + " " + plain(event.getFormattedMessage()))
            .toList();
    List<String> events =
        appender.list.stream()
            .filter(event -> !event.getLoggerName().equals("io.txhost.sql"))
            .map(ILoggingEvent::getFormattedMessage)
            .toList();

    assertThat(seen).noneMatch(line -> line.contains("secret"));
    assertThat(events).doesNotHaveDuplicates();
    assertThat(seen.stream().map(ScenarioTest::withoutNumber).map(ScenarioTest::cut).toList())
        .isEqualTo(block("The log of the scenario"));
  }

  /** Times differ from run to run. */
  private static String plain(String line) {
    return line.replaceAll("\\d+ ms", "1 ms")
        .replace("'" + Thread.currentThread().getName() + "'", "'main'");
  }

  private static String withoutNumber(String line) {
    return line.replaceAll("Tx \\d+", "Tx 7");
  }

  private static String cut(String line) {
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " ...";
  }
}
