package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.txhost.elsewhere.PlainTasks;
import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The MDC of the caller is in what tasks of {@code inParallel} log. With the real Logback. */
class LoggedTasksTest extends CoreTest {
  private final ch.qos.logback.classic.Logger log =
      ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("tasks");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void noMore() {
    log.detachAppender(lines);
    MDC.clear();
  }

  private TransactionalCallable<String, Exception> logging(String text) {
    return () -> {
      log.info(text);
      sql(text);
      return text;
    };
  }

  private List<String> logged(String key) {
    return lines.list.stream()
        .map(line -> line.getMessage() + " " + line.getMDCPropertyMap().get(key))
        .sorted()
        .toList();
  }

  @Test
  void tasksLogWithTheCallersMdcInsideATransactionAndOutside() throws Exception {
    MDC.put("requestId", "r-1");
    host.<Object, Exception>withTransaction(
        () -> host.inParallel(List.of(logging("a"), logging("b"))));
    String winner = host.anyInParallel(List.of(logging("c")));

    assertThat(winner).isEqualTo("c");
    assertThat(logged("requestId")).containsExactly("a r-1", "b r-1", "c r-1");
  }

  @Test
  void whatATaskPutsThereIsItsOwn() throws Exception {
    MDC.put("requestId", "r-1");
    TransactionalCallable<String, Exception> changing =
        () -> {
          MDC.put("requestId", "changed");
          MDC.put("more", "x");
          return "";
        };
    host.inParallel(List.of(changing, changing));

    assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("requestId");
    assertThat(MDC.get("requestId")).isEqualTo("r-1");
  }

  @Test
  void withAnEmptyMdcNothingIsDone() throws Exception {
    host.inParallel(List.of(logging("a")));

    assertThat(logged("requestId")).containsExactly("a null");
  }

  @Test
  void withoutSlf4jTasksRunAsEver() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("slf4j") && !entry.contains("logback"))
            .collect(Collectors.joining(File.pathSeparator));

    assertThat(Programs.output(List.of("-cp", classPath, PlainTasks.class.getName())))
        .contains("ran [1, 2]");
  }
}
