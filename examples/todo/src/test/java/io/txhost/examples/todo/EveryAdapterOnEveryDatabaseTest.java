package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The combinations that {@link TodoContract} does not run on: by two properties, no other class.
 */
final class EveryAdapterOnEveryDatabaseTest {

  @ParameterizedTest // F6, F7
  @CsvSource({
    "jdbc, h2",
    "jooq, h2",
    "jdbi, postgres",
    "jooq, postgres",
    "jdbc, mariadb",
    "jdbi, mariadb"
  })
  void ofTwoHundredAtOnceOneCreatesTheTodo(String adapter, String database) throws Exception {
    try (ConfigurableApplicationContext application = start(adapter, database)) {
      Browser browser =
          new Browser(
              application.getEnvironment().getRequiredProperty("local.server.port", Integer.class));

      List<String> answers = twoHundredTimes(() -> browser.postTodo("My Todo").body());

      assertThat(answers).filteredOn(answer -> answer.contains("\"success\":true")).hasSize(1);
      assertThat(answers)
          .filteredOn("{\"success\":false,\"message\":\"Todo already exists\"}"::equals)
          .hasSize(199);
      assertThat(browser.get("/todos").body()).matches("\\[\\{\"id\":\\d+,\"title\":\"My Todo\"}]");
      assertThat(browser.postPublication("My News", "email", "sms", "webhook")) // F9
          .contains("\"success\":true", "Subject: My News", "\"webhook\"");
    }
  }

  private static ConfigurableApplicationContext start(String adapter, String database) {
    return new SpringApplication(TodoApplication.class)
        .run(
            "--server.port=0",
            "--spring.datasource.hikari.connection-timeout=60000", // fifty wait for ten
            "--todo.adapter=" + adapter,
            "--spring.profiles.active=" + database); // a profile h2 has no beans of its own
  }

  private static List<String> twoHundredTimes(Callable<String> request) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(50);
    try {
      List<String> answers = new ArrayList<>();
      for (Future<String> answer : threads.invokeAll(Collections.nCopies(200, request))) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }
}
