package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What /todos does, with every adapter and on every database. */
abstract class TodoContract extends PublicationContract {
  private static final String SELECT = "SELECT";
  private static final String INSERT = "INSERT";
  private static final String ALREADY_EXISTS =
      "{\"success\":false,\"message\":\"Todo already exists\"}";

  @Test // F1
  void listingTodosOpensNoTransaction() {
    browser.postTodo("My Todo");
    browser.postTodo("Äpfel kaufen 🍏");
    log.close();

    try (SqlLog listing = SqlLog.watch()) {
      HttpResponse<String> listed = browser.get("/todos");

      assertThat(listed.statusCode()).isEqualTo(200);
      assertThat(listed.body())
          .isEqualTo("[{\"id\":1,\"title\":\"My Todo\"},{\"id\":2,\"title\":\"Äpfel kaufen 🍏\"}]");
      assertThat(listing.lines())
          .containsExactly("auto-commit select id, title from todos order by id");
    }
  }

  @Test // F1
  void thereAreNoTodosAtFirst() {
    assertThat(browser.get("/todos").body()).isEqualTo("[]");
  }

  @Test // F2
  void aNewTodoIsFoundMissingInsertedAndCommitted() throws SQLException {
    HttpResponse<String> created = browser.postTodo("My Todo");

    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.body())
        .isEqualTo(
            "{\"success\":true,\"message\":\"Todo created\",\"todo\":{\"id\":1,\"title\":\"My Todo\"}}");
    assertThat(log.transactions()).containsExactly(List.of("BEGIN", SELECT, INSERT, "COMMIT"));
    assertThat(titles()).containsExactly("My Todo");
  }

  @Test // F3
  void aTodoThatIsThereIsFoundAndRolledBack() throws SQLException {
    browser.postTodo("My Todo");
    log.close();

    try (SqlLog again = SqlLog.watch()) {
      HttpResponse<String> refused = browser.postTodo("My Todo");

      assertThat(refused.statusCode()).isEqualTo(201);
      assertThat(refused.body()).isEqualTo(ALREADY_EXISTS);
      assertThat(again.transactions()).containsExactly(List.of("BEGIN", SELECT, "ROLLBACK"));
    }
    assertThat(titles()).containsExactly("My Todo");
  }

  static Stream<Throwable> failures() {
    return Stream.of(new IllegalStateException("secret"), new AssertionError("secret"));
  }

  @ParameterizedTest // F4
  @MethodSource("failures")
  void aFailureAfterTheInsertLeavesNoRowAndTellsNoDetail(Throwable failure) throws SQLException {
    repository.afterInsert = () -> sneakyThrow(failure);

    try (SqlLog errors = SqlLog.watch(TodoControllerErrors.class.getName())) {
      HttpResponse<String> failed = browser.postTodo("My Todo");

      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body()).isEqualTo("{\"success\":false,\"message\":\"An error occurred\"}");
      assertThat(errors.events()).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR);
      assertThat(errors.lines()).containsExactly("POST /todos failed");
    }
    assertThat(log.transactions()).containsExactly(List.of("BEGIN", SELECT, INSERT, "ROLLBACK"));
    assertThat(titles()).isEmpty();
  }

  @Test // F4
  void afterAFailureTheNextRequestWorks() throws SQLException {
    repository.afterInsert = () -> sneakyThrow(new IllegalStateException("once"));
    browser.postTodo("My Todo");
    repository.reset();

    assertThat(browser.postTodo("My Todo").body()).contains("\"success\":true");
    assertThat(titles()).containsExactly("My Todo");
  }

  static Stream<Arguments> badBodies() {
    String notJson = "The body is not a JSON object like {\\\"title\\\":\\\"My Todo\\\"}";
    String noText = "The title has characters that are no text, such as a control character";
    return Stream.of(
        arguments("{}", 400, "The title is missing"),
        arguments("{\"title\":null}", 400, "The title is missing"),
        arguments("{\"titel\":\"My Todo\"}", 400, "The title is missing"),
        arguments("{\"title\":\"\"}", 400, "The title is blank"),
        arguments("{\"title\":\" \\t\\u3000\"}", 400, "The title is blank"),
        arguments(
            named("long", title("x".repeat(201))), 400, "The title is longer than 200 characters"),
        arguments("{\"title\":42}", 400, "The title is not a string"),
        arguments("{\"title\":true}", 400, "The title is not a string"),
        arguments("{\"title\":[\"My Todo\"]}", 400, "The title is not a string"),
        arguments("{\"title\":{\"title\":\"My Todo\"}}", 400, "The title is not a string"),
        arguments("{\"title\":\"a\\u0000b\"}", 400, noText),
        arguments("{\"title\":\"half a pair \\ud83c\"}", 400, noText),
        arguments("", 400, notJson),
        arguments("null", 400, notJson),
        arguments("[]", 400, notJson),
        arguments("\"My Todo\"", 400, notJson),
        arguments("{\"title\":\"My Todo\"", 400, notJson),
        arguments("{\"title\":\"My Todo\"} {}", 400, notJson),
        arguments("title=My Todo", 400, notJson),
        arguments(named("deep", "[".repeat(10_000)), 400, notJson),
        arguments(named("huge", title("x".repeat(100_000))), 413, "The body is larger than 16 KB"));
  }

  @ParameterizedTest // F5
  @MethodSource("badBodies")
  void aBadBodyIsRefusedWithAMessageAndNothingIsWritten(String body, int status, String message)
      throws SQLException {
    assertRefused(browser.postJson(body), status, message);
  }

  @Test // F5
  void aHugeBodyThatDoesNotSayItsSizeIsRefused() throws SQLException {
    byte[] body = title("x".repeat(5_000_000)).getBytes(StandardCharsets.UTF_8);
    BodyPublisher chunks = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));

    assertRefused(browser.postJson(chunks), 413, "The body is larger than 16 KB");
  }

  @Test // F5
  void aBodyThatIsNoUtf8IsRefused() throws SQLException {
    BodyPublisher latin = BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xe4, '"'});

    assertThat(browser.postJson(latin).statusCode()).isEqualTo(400);
    assertThat(titles()).isEmpty();
  }

  @Test // F5
  void aBodyOfAnotherTypeIsRefused() throws SQLException {
    HttpRequest.Builder form =
        browser
            .to("/todos")
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString(title("My Todo")));

    assertRefused(browser.send(form), 415, "Content-Type 'text/plain' is not supported.");
  }

  @Test // F5
  void whoTakesNoJsonIsRefusedBeforeAnythingIsWritten() throws SQLException {
    HttpRequest.Builder xml =
        browser
            .to("/todos")
            .header("Content-Type", "application/json")
            .header("Accept", "application/xml")
            .POST(BodyPublishers.ofString(title("My Todo")));

    assertThat(browser.send(xml).statusCode()).isEqualTo(406);
    assertThat(titles()).isEmpty();
  }

  @Test // F5
  void theLongestTitleIsStoredWholeWithoutTheSpaceAroundIt() throws SQLException {
    String longest = "🍏".repeat(100);

    assertThat(browser.postTodo("  " + longest + "\\n").statusCode()).isEqualTo(201);
    assertThat(titles()).containsExactly(longest);
  }

  @Test // F6
  void ofTwoHundredAtOnceOneCreatesTheTodo() throws Exception {
    List<String> answers = atOnce(200, () -> browser.postTodo("My Todo").body());

    assertThat(answers).filteredOn(answer -> answer.contains("\"success\":true")).hasSize(1);
    assertThat(answers).filteredOn(ALREADY_EXISTS::equals).hasSize(199);
    assertThat(titles()).containsExactly("My Todo");
    assertThat(log.transactions()).hasSize(200);
    assertThat(log.transactions())
        .filteredOn(List.of("BEGIN", SELECT, INSERT, "COMMIT")::equals)
        .hasSize(1);
    assertThat(log.transactions())
        .filteredOn(
            said ->
                said.equals(List.of("BEGIN", SELECT, "ROLLBACK"))
                    || said.equals(List.of("BEGIN", SELECT, INSERT, "ROLLBACK")))
        .hasSize(199);
  }

  @Test // F6
  void whoLosesTheRaceAtTheUniqueIndexIsRolledBack() throws Exception {
    CyclicBarrier bothFoundNothing = new CyclicBarrier(2);
    repository.beforeInsert = () -> await(bothFoundNothing);

    List<String> answers = atOnce(2, () -> browser.postTodo("My Todo").body());

    assertThat(answers)
        .containsExactlyInAnyOrder(
            ALREADY_EXISTS,
            answers.stream().filter(a -> a.contains("\"success\":true")).findFirst().orElseThrow());
    assertThat(titles()).containsExactly("My Todo");
    assertThat(log.transactions())
        .containsExactlyInAnyOrder(
            List.of("BEGIN", SELECT, INSERT, "COMMIT"),
            List.of("BEGIN", SELECT, INSERT, "ROLLBACK"));
  }

  @Test
  void noTitleIsInTheLog() {
    browser.postTodo("confidential");
    browser.postTodo("confidential");
    browser.get("/todos");

    assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.contains("confidential"));
  }

  @Test
  void requestsRunOnVirtualThreadsWhereThereAreAny() {
    // asked on the thread itself: one that has ended has no group
    AtomicReference<String> group = new AtomicReference<>();
    repository.beforeInsert = () -> group.set(Thread.currentThread().getThreadGroup().getName());

    browser.postTodo("My Todo");

    assertThat(group.get().equals("VirtualThreads")).isEqualTo(Runtime.version().feature() >= 21);
  }

  private void assertRefused(HttpResponse<String> refused, int status, String message)
      throws SQLException {
    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(refused.body()).isEqualTo("{\"success\":false,\"message\":\"" + message + "\"}");
    assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(log.lines()).isEmpty();
    assertThat(titles()).isEmpty();
  }

  private static String title(String title) {
    return "{\"title\":\"" + title + "\"}";
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneakyThrow(Throwable failure) throws X {
    throw (X) failure;
  }
}
