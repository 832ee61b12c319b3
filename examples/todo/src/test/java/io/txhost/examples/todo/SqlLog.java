package io.txhost.examples.todo;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** What the application's own log level lets through of a logger, from here to {@link #close()}. */
final class SqlLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Pattern LINE =
      Pattern.compile("Tx (\\d+) '(?:CreateTodo|Publish)Handler\\.execute' (.*)");

  private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
  private final Logger logger;

  private SqlLog(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
  }

  static SqlLog watch() {
    return watch("io.txhost.sql");
  }

  static SqlLog watch(String name) {
    SqlLog log = new SqlLog(name);
    log.start();
    log.logger.addAppender(log);
    return log;
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  List<ILoggingEvent> events() {
    return List.copyOf(events);
  }

  List<String> lines() {
    return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /**
   * What each transaction said, in order, each statement by what it does: libraries word them
   * differently. Every line has to belong to one.
   */
  Collection<List<String>> transactions() {
    return lines().stream()
        .map(SqlLog::parse)
        .collect(
            groupingBy(
                line -> line.group(1),
                LinkedHashMap::new,
                mapping(line -> kind(line.group(2)), toList())))
        .values();
  }

  private static String kind(String said) {
    if (said.contains("insert into ")) {
      return "INSERT"; // H2 selects from it, where its new key is asked for
    }
    return said.startsWith("select ") ? "SELECT" : said;
  }

  private static MatchResult parse(String line) {
    var matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new AssertionError("Not a line of a transaction: " + line);
    }
    return matcher;
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    stop();
  }
}
