package io.txhost.observe;

import static io.txhost.observe.Scenario.named;
import static io.txhost.observe.Scenario.swallowing;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.txhost.ManualTransaction;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionalRunnable;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which span is current where, and that none is left behind. */
@ExtendWith(NothingLeftBehind.class)
class ScopesTest {
  private final Traces traces = new Traces();
  private final TransactionObserver observer =
      TransactionObserver.builder().observations(traces.registry()).build();
  private Fixture fixture;
  private TransactionHost<Connection> host;

  @BeforeEach
  void open() throws SQLException {
    fixture = new Fixture();
    host = fixture.host(observer);
  }

  @AfterEach
  void nothingIsCurrent() throws SQLException {
    assertThat(traces.registry().getCurrentObservation()).isNull();
    assertThat(traces.tracer().currentSpan()).isNull();
    observer.close();
    traces.close();
    fixture.close();
  }

  private void span(String name) {
    Observation.createNotStarted(name, traces.registry()).observe(() -> {});
  }

  /** Each span's name, and that of its parent. */
  private Map<String, String> parents() {
    List<SpanData> spans = traces.spans();
    Map<String, String> names =
        spans.stream().collect(Collectors.toMap(SpanData::getSpanId, SpanData::getName));
    return spans.stream()
        .collect(
            Collectors.toMap(
                SpanData::getName, one -> names.getOrDefault(one.getParentSpanId(), "none")));
  }

  @Test
  void whatRunsInsideIsAChildAlsoWhereItSetsTheTransactionAside() {
    host.withTransaction(
        named("outer"),
        () -> {
          span("before");
          host.withTransaction(
              named("inner").propagation(Propagation.REQUIRES_NEW), () -> span("inside"));
          span("between");
          host.withoutTransaction(() -> span("outside"));
          span("after");
        });

    assertThat(parents())
        .isEqualTo(
            Map.of(
                "transaction outer", "none",
                "before", "transaction outer",
                "transaction inner", "transaction outer",
                "inside", "transaction inner",
                "between", "transaction outer",
                "outside", "transaction outer",
                "after", "transaction outer"));
  }

  @Test
  void itsParentIsTheSpanAroundIt() {
    Observation.createNotStarted("request", traces.registry())
        .observe(() -> host.withTransaction(named("t"), () -> {}));

    assertThat(parents()).containsEntry("transaction t", "request");
  }

  @Test
  void noScopeIsLeftWhereverItEnds() {
    swallowing(
        () ->
            host.withTransaction(
                () -> {
                  throw new AssertionError("asked");
                }));
    assertThat(traces.registry().getCurrentObservation()).isNull();
    try (ManualTransaction manual = host.begin(named("by hand"))) {
      span("in manual");
      manual.commit();
    }
    assertThat(traces.registry().getCurrentObservation()).isNull();
    try (ManualTransaction manual = host.begin(named("left open"))) {
      assertThat(manual).isNotNull();
    }

    assertThat(parents()).containsEntry("in manual", "transaction by hand");
  }

  @Test
  void onTheThreadsOfTasksNothingIsLeft() throws SQLException {
    ConcurrentLinkedQueue<Object> left = new ConcurrentLinkedQueue<>();
    host.withTransaction(
        named("shared"),
        () ->
            host.inParallel(
                List.<TransactionalRunnable<SQLException>>of(
                    () -> {
                      Fixture.insert(host, 1);
                      host.withTransaction(
                          named("of a task").propagation(Propagation.REQUIRES_NEW), () -> {});
                      if (traces.registry().getCurrentObservation() != null) {
                        left.add(traces.registry().getCurrentObservation());
                      }
                    },
                    () -> Fixture.insert(host, 2))));

    assertThat(left).isEmpty();
  }

  @Test
  void aStatementOutsideThatABeginHookFollowsHasASpanAndNoScope() throws SQLException {
    TransactionHost<Connection> hooked = fixture.hooked(observer, (connection, transaction) -> {});
    hooked.withoutTransaction(
        () -> {
          try (var statement = hooked.tx().createStatement();
              var rows = statement.executeQuery("select 1")) {
            assertThat(traces.registry().getCurrentObservation()).isNull();
            assertThat(rows.next()).isTrue();
          }
        });

    assertThat(parents()).containsEntry("transaction one statement outside", "none");
  }
}
