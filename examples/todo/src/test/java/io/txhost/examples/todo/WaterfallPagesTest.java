package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Propagation;
import io.txhost.TransactionHost;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.ActiveProfiles;

/** The pages of the last requests, as they are sent. */
// issue 15
@ActiveProfiles("postgres") // which ends one of two imports that wait for one another
final class WaterfallPagesTest extends RunningApplication {
  private static final Pattern LINK = Pattern.compile("href=\"/requests/(\\d+)\"");

  @Autowired TransactionHost<?> host;

  private List<Long> numbers() {
    return LINK.matcher(browser.getPage("/requests").body())
        .results()
        .map(found -> Long.valueOf(found.group(1)))
        .toList();
  }

  /** The page of the newest, without tags. */
  private String newest() {
    return browser
        .getPage("/requests/" + numbers().get(0))
        .body()
        .replaceAll("<title>.*?</title>", "")
        .replaceAll("<[^>]*>", " ")
        .replaceAll("\\s+", " ");
  }

  private HttpResponse<String> importTodos(String... titles) {
    String body = "{\"titles\":[\"" + String.join("\",\"", titles) + "\"]}";
    return browser.send(
        browser
            .to("/imports")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void aRequestWithoutATransactionIsNotKept() {
    browser.postTodo("My Todo");
    List<Long> before = numbers();

    browser.get("/todos");
    browser.getPage("/");
    browser.getPage("/requests");
    browser.get("/todo.css");
    browser.get("/nowhere");

    assertThat(numbers()).isEqualTo(before);
  }

  @Test
  void ofAThousandRequestsTheLastFiftyAreKept() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<?> sent :
          threads.invokeAll(
              java.util.Collections.nCopies(
                  1_000, () -> browser.postTodo("My Todo").statusCode()))) {
        assertThat(sent.get()).isEqualTo(201);
      }
    } finally {
      threads.shutdownNow();
    }

    List<Long> kept = numbers();
    assertThat(kept).hasSize(50).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    assertThat(browser.getPage("/requests/" + (kept.get(49) - 1)).statusCode()).isEqualTo(404);
  }

  @Test
  void requestsAtTheSameTimeDoNotMixEvenUnderOneId() throws Exception {
    CyclicBarrier all = new CyclicBarrier(4);
    repository.beforeInsert = () -> PublicationContract.await(all);
    AtomicInteger number = new AtomicInteger();

    PublicationContract.atOnce(
        4,
        () ->
            browser
                .send(
                    browser
                        .to("/todos")
                        .header("X-Request-Id", "the-same")
                        .header("Content-Type", "application/json")
                        .POST(
                            BodyPublishers.ofString(
                                "{\"title\":\"Todo " + number.incrementAndGet() + "\"}")))
                .body());

    for (long one : numbers().subList(0, 4)) {
      assertThat(browser.getPage("/requests/" + one).body())
          .contains("the-same")
          .containsOnlyOnce("<bdi>transaction CreateTodoHandler.execute</bdi>");
    }
  }

  @Test
  void aRequestThatIsStillRunningIsShownAsFarAsItCame() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    repository.beforeInsert =
        () -> {
          inside.countDown();
          await(go);
        };
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> running = thread.submit(() -> browser.postTodo("My Todo"));
      await(inside);

      assertThat(newest())
          .contains("POST /todos still open")
          .contains("transaction CreateTodoHandler.execute still open");

      go.countDown();
      running.get();
      assertThat(newest()).contains("POST /todos answered 201");
    } finally {
      go.countDown();
      thread.shutdownNow();
    }
  }

  @Test
  void aRequestThatDiesIsKeptWithWhatItDiedOf() {
    repository.afterInsert =
        () -> {
          throw new AssertionError("secret");
        };

    assertThat(browser.submit("My Todo").statusCode()).isEqualTo(500);

    assertThat(newest())
        .contains("rolled back: AssertionError")
        .contains("POST / failed: AssertionError")
        .doesNotContain("secret");
  }

  @Test
  void aTransactionOutsideAnyRequestIsNotDrawn() {
    browser.postTodo("My Todo");
    List<Long> before = numbers();

    host.withTransaction(() -> repository.insert("outside"));

    assertThat(numbers()).isEqualTo(before);
  }

  @Test
  void noTitleIsOnThePagesOfRequests() {
    browser.postTodo("confidential");
    browser.postTodo("confidential");

    assertThat(browser.getPage("/requests").body()).doesNotContain("confidential");
    assertThat(newest()).doesNotContain("confidential");
  }

  @Test
  void anImportKeepsWhatIsNewInSavepointsAndTellsHowMany() throws SQLException {
    browser.postTodo("Milk");

    HttpResponse<String> imported = importTodos("Bread", "Milk", "Eggs");

    assertThat(imported.statusCode()).isEqualTo(201);
    assertThat(imported.body()).contains("\"message\":\"2 of 3 todos created\"");
    assertThat(titles()).containsExactly("Milk", "Bread", "Eggs");
    assertThat(newest())
        .containsSubsequence(
            "transaction ImportTodosHandler.execute committed", " kept ", " undone ", " kept ");
  }

  @Test
  void anImportThatFailsKeepsNothing() throws SQLException {
    AtomicInteger inserts = new AtomicInteger();
    repository.afterInsert =
        () -> {
          if (inserts.incrementAndGet() == 2) {
            throw new IllegalStateException("secret");
          }
        };

    assertThat(importTodos("Bread", "Eggs").statusCode()).isEqualTo(500);

    assertThat(titles()).isEmpty();
  }

  @Test
  void aBadImportIsRefusedWithAMessage() throws SQLException {
    assertThat(importTodos("Bread", " ").body()).contains("The title is blank");
    assertThat(
            browser
                .send(
                    browser
                        .to("/imports")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("[]")))
                .body())
        .contains("The body is not a JSON object like {\\\"titles\\\":[\\\"My Todo\\\"]}");
    assertThat(titles()).isEmpty();
  }

  @Test
  void importsThatWaitForOneAnotherAreBothDoneSinceOneIsTriedAgain() throws Exception {
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    AtomicInteger inserts = new AtomicInteger();
    repository.afterInsert =
        () -> {
          if (inserts.incrementAndGet() <= 2) {
            PublicationContract.await(bothHoldOne);
          }
        };
    AtomicInteger number = new AtomicInteger();

    List<String> answers =
        PublicationContract.atOnce(
            2,
            () ->
                (number.incrementAndGet() == 1
                        ? importTodos("Bread", "Eggs")
                        : importTodos("Eggs", "Bread"))
                    .body());

    assertThat(answers).allMatch(answer -> answer.contains("\"success\":true"));
    assertThat(titles()).containsExactlyInAnyOrder("Bread", "Eggs");
    assertThat(browser.getPage("/requests").body())
        .containsPattern(
            "2 transactions \\(rolled back: \\w+ \\(SQLSTATE 40P01\\), tried again; committed\\)");
  }

  @Test
  void aTransactionInsideAnotherIsDrawnWhereThatWasSetAside() {
    repository.beforeInsert =
        () -> host.withTransaction(Propagation.REQUIRES_NEW, () -> repository.findAll());

    browser.postTodo("My Todo");

    assertThat(newest()).contains("set aside: CreateTodoHandler.execute");
  }

  @Test
  void aRequestThatIsNotKeptIsSaidSo() {
    assertThat(browser.getPage("/requests/999999").statusCode()).isEqualTo(404);
    assertThat(browser.getPage("/requests/999999").body())
        .contains("This request is not kept, or not any longer");
    assertThat(browser.getPage("/requests/one").statusCode()).isEqualTo(404);
    assertThat(browser.getPage("/requests/9999999999999999999").statusCode()).isEqualTo(404);
  }

  @Test
  void thereIsNoStyleNorScriptInThePages() {
    browser.postTodo("My Todo");

    String page = browser.getPage("/requests/" + numbers().get(0)).body();

    assertThat(page)
        .doesNotContain("<script", "<style")
        .doesNotContainPattern("\\s(style|on\\w+)=");
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, java.util.concurrent.TimeUnit.SECONDS)) {
        throw new IllegalStateException("Nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
