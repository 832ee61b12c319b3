package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.context.Context;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What /publications does, with every adapter and on every database. */
// F9
abstract class PublicationContract extends RunningApplication {
  private static final String ALL = "\"email\",\"sms\",\"webhook\"";
  private static final String FAILED = "{\"success\":false,\"message\":\"An error occurred\"}";

  @Autowired TransactionHost<?> host;

  @AfterEach
  void noConnectionIsOut() {
    assertThat(connectionsOut()).isZero();
  }

  private HttpResponse<String> publish(String id, String channels, boolean parallel) {
    String body =
        "{\"title\":\"My News\",\"channels\":[" + channels + "],\"parallel\":" + parallel + "}";
    return post(id, body);
  }

  private HttpResponse<String> post(String id, String body) {
    return browser.send(
        browser
            .to("/publications")
            .header("Content-Type", "application/json")
            .header("X-Request-Id", id)
            .POST(BodyPublishers.ofString(body)));
  }

  private List<String> publications() throws SQLException {
    return strings("select request_id from publications order by id");
  }

  private List<String> deliveries() throws SQLException {
    return strings(
        "select concat(channel, ' ', message, ' ', request_id) from publication_deliveries"
            + " order by channel");
  }

  private void assertNothingIsPublished() throws SQLException {
    assertThat(publications()).isEmpty();
    assertThat(deliveries()).isEmpty();
  }

  @ParameterizedTest // F9, C3
  @ValueSource(booleans = {false, true})
  void aPublicationAndItsDeliveriesAreOneTransactionOfOneRequest(boolean parallel)
      throws SQLException {
    HttpResponse<String> published = publish("request-1", ALL, parallel);

    assertThat(published.statusCode()).isEqualTo(201);
    assertThat(published.body())
        .matches(
            "\\{\"success\":true,\"message\":\"Published\",\"publication\":\\{\"id\":\\d+,\"title\":"
                + "\"My News\",\"deliveries\":\\["
                + "\\{\"channel\":\"email\",\"message\":\"Subject: My News\"},"
                + "\\{\"channel\":\"sms\",\"message\":\"My News\"},"
                + "\\{\"channel\":\"webhook\",\"message\":"
                + "\"\\{\\\\\"published\\\\\":\\\\\"My News\\\\\"}\"}]}}");
    assertThat(log.transactions())
        .containsExactly(List.of("BEGIN", "INSERT", "INSERT", "INSERT", "INSERT", "COMMIT"));
    assertThat(publications()).containsExactly("request-1");
    assertThat(deliveries())
        .containsExactly(
            "email Subject: My News request-1",
            "sms My News request-1",
            "webhook {\"published\":\"My News\"} request-1");
  }

  @ParameterizedTest // C9
  @ValueSource(booleans = {false, true})
  void whomTheFactoryPicksIsInTheContextAndTransactionOfTheCaller(boolean parallel) {
    AtomicReference<String> context = new AtomicReference<>();
    AtomicReference<String> transaction = new AtomicReference<>();
    publisher.beforeInsert =
        () -> {
          context.set(Context.current().id());
          transaction.set(host.currentTransaction().map(Transaction::name).orElse("none"));
        };

    publish("request-1", "\"email\",\"test\"", parallel);

    assertThat(context).hasValue("request-1");
    assertThat(transaction).hasValue("PublishHandler.execute");
    assertThat(log.transactions()).hasSize(1);
  }

  @Test // F9
  void inParallelThePublishersWorkAtTheSameTime() throws SQLException {
    CyclicBarrier bothAreThere = new CyclicBarrier(2);
    publisher.beforeInsert = () -> await(bothAreThere);
    otherPublisher.beforeInsert = () -> await(bothAreThere);

    assertThat(publish("request-1", "\"test\",\"other\"", true).statusCode()).isEqualTo(201);
    assertThat(deliveries()).hasSize(2);
  }

  static Stream<Arguments> failingPublishers() {
    return Stream.of(
        arguments("\"test\"," + ALL, false),
        arguments(ALL + ",\"test\"", false),
        arguments("\"test\"," + ALL, true),
        arguments(ALL + ",\"test\"", true));
  }

  @ParameterizedTest // F9
  @MethodSource("failingPublishers")
  void aPublisherThatFailsLeavesNothingOfTheOthers(String channels, boolean parallel)
      throws SQLException {
    publisher.beforeInsert =
        () -> {
          throw new IllegalStateException("secret");
        };

    try (SqlLog errors = SqlLog.watch(TodoControllerErrors.class.getName())) {
      HttpResponse<String> failed = publish("request-1", channels, parallel);

      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body()).isEqualTo(FAILED);
      assertThat(errors.lines()).containsExactly("POST /publications failed");
      assertThat(errors.events().get(0).getThrowableProxy().getMessage()).isEqualTo("secret");
      assertThat(errors.events().get(0).getMDCPropertyMap())
          .containsEntry("requestId", "request-1");
    }
    assertNothingIsPublished();
    assertThat(log.transactions()).hasSize(1);
    assertThat(log.transactions().iterator().next())
        .startsWith("BEGIN", "INSERT")
        .endsWith("ROLLBACK");
  }

  static Stream<Arguments> badPublications() {
    String notJson =
        "The body is not a JSON object like"
            + " {\\\"title\\\":\\\"My News\\\",\\\"channels\\\":[\\\"email\\\"]}";
    return Stream.of(
        arguments("{\"channels\":[\"email\"]}", "The title is missing"),
        arguments("{\"title\":\"My News\"}", "The channels are missing"),
        arguments("{\"title\":\"My News\",\"channels\":[]}", "The channels are missing"),
        arguments(
            "{\"title\":\"My News\",\"channels\":[null]}", "A channel is missing, or there twice"),
        arguments(
            "{\"title\":\"My News\",\"channels\":[\"sms\",\"sms\"]}",
            "A channel is missing, or there twice"),
        arguments(
            "{\"title\":\"My News\",\"channels\":[\"sms\",\"<fax>\"]}",
            "A channel is none of email, other, sms, test, webhook"),
        arguments("{\"title\":\"My News\",\"channels\":7}", notJson),
        arguments("[]", notJson));
  }

  @ParameterizedTest
  @MethodSource("badPublications")
  void aBadPublicationIsRefusedWithAMessageAndNothingIsWritten(String body, String message)
      throws SQLException {
    HttpResponse<String> refused = post("request-1", body);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).isEqualTo("{\"success\":false,\"message\":\"" + message + "\"}");
    assertThat(log.lines()).isEmpty();
    assertNothingIsPublished();
  }

  @Test // C6
  void ofManyRequestsEachHasItsOwnRows() throws Exception {
    AtomicInteger number = new AtomicInteger();

    for (int round = 0; round < 2; round++) { // no more at once than the pool has connections
      atOnce(
          10,
          () -> {
            int mine = number.incrementAndGet();
            return publish("request-" + mine, ALL, mine % 2 == 0).body();
          });
    }

    assertThat(publications()).hasSize(20).doesNotHaveDuplicates();
    assertThat(
            strings(
                "select concat(p.request_id, ' ', count(*)) from publications p"
                    + " join publication_deliveries d on d.publication_id = p.id"
                    + " and d.request_id = p.request_id group by p.request_id"))
        .hasSize(20)
        .allMatch(row -> row.endsWith(" 3"));
  }

  /** Each that has a publisher which waits costs the deadline: not on every database. */
  final void aPublisherThatNeverAnswersEndsWithinTheDeadline(boolean parallel, Runnable waiting)
      throws SQLException {
    publisher.beforeInsert = waiting;
    long begin = System.nanoTime();

    HttpResponse<String> failed = publish("request-1", ALL + ",\"test\"", parallel);

    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(failed.body()).isEqualTo(FAILED);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(15));
    assertNothingIsPublished();
    Collection<List<String>> transactions = log.transactions();
    assertThat(transactions).hasSize(1);
    assertThat(transactions.iterator().next()).endsWith("ROLLBACK");
  }

  /** One that waits for what never comes, outside of any database. */
  final void aPublisherThatNeverAnswersEndsWithinTheDeadline(boolean parallel) throws SQLException {
    CountDownLatch never = new CountDownLatch(1);
    try (SqlLog errors = SqlLog.watch(TodoControllerErrors.class.getName())) {
      aPublisherThatNeverAnswersEndsWithinTheDeadline(parallel, () -> await(never));
      assertThat(errors.events().get(0).getThrowableProxy().getClassName())
          .isEqualTo("io.txhost.TransactionTimedOutException");
    } finally {
      never.countDown();
    }
  }

  /** Each on a thread of its own, and no one before all are there. */
  static <R> List<R> atOnce(int times, Callable<R> request) throws Exception {
    CyclicBarrier start = new CyclicBarrier(times);
    ExecutorService threads = Executors.newFixedThreadPool(times);
    try {
      Callable<R> together =
          () -> {
            await(start);
            return request.call();
          };
      List<R> answers = new ArrayList<>();
      for (Future<R> answer : threads.invokeAll(Collections.nCopies(times, together))) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  static void await(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("Not everybody came", e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
