package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.RecordingAdapter.At;
import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.spi.ResourceView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is done before the first statement of each transaction. */
class BeginHookTest extends CoreTest {
  private static final ContextKey<String> TENANT = ContextKey.of("tenant", String.class);

  private final List<String> begunNames = new CopyOnWriteArrayList<>();
  private final TransactionHost<Db> hooked =
      host()
          .onBegin(
              (db, transaction) -> {
                begunNames.add(transaction.name());
                db.sql("SET " + tenant());
              })
          .build();

  private static String tenant() {
    return Context.isActive() ? Context.current().get(TENANT).orElse("none") : "none";
  }

  private static void as(String tenant, Runnable work) {
    Context.run(
        () -> {
          Context.current().set(TENANT, tenant);
          work.run();
        });
  }

  private void told(String... lines) {
    assertThat(transcript()).containsExactly(lines);
  }

  @Test
  void itRunsBeforeTheFirstStatementWithTheCallersContextOnceATransaction() { // A31
    hooked.withTransaction(
        named("t"),
        () ->
            as(
                "a",
                () -> {
                  hooked.tx().sql("1");
                  hooked.withTransaction(() -> hooked.tx().sql("2"));
                }));

    told("1 BEGIN", "1 SET a", "1 1", "1 2", "1 COMMIT");
    assertThat(begunNames).containsExactly("t");
  }

  @Test
  void aTransactionWithoutAStatementRunsNone() { // A31
    hooked.withTransaction(() -> {});

    told();
    assertThat(begunNames).isEmpty();
  }

  @Test
  void whereTheFirstStatementIsInNestedItComesBeforeTheSavepoint() { // A31
    hooked.withTransaction(
        () -> {
          hooked.withTransaction(
              Propagation.NESTED,
              () -> {
                hooked.tx().sql("1");
                hooked.currentTransaction().orElseThrow().setRollbackOnly();
              });
          hooked.withTransaction(Propagation.NESTED, () -> hooked.tx().sql("2"));
        });

    told(
        "1 BEGIN",
        "1 SET none",
        "1 SAVEPOINT s1",
        "1 1",
        "1 ROLLBACK TO s1",
        "1 SAVEPOINT s2",
        "1 2",
        "1 RELEASE s2",
        "1 COMMIT");
  }

  @Test
  void eachTransactionThatBeginsHasItsOwn() { // A31
    as(
        "a",
        () ->
            hooked.withTransaction(
                () -> {
                  hooked.tx().sql("1");
                  as(
                      "b",
                      () ->
                          hooked.withTransaction(
                              Propagation.REQUIRES_NEW, () -> hooked.tx().sql("2")));
                }));

    told("1 BEGIN", "1 SET a", "1 1", "2 BEGIN", "2 SET b", "2 2", "2 COMMIT", "1 COMMIT");
  }

  @Test
  void eachAttemptHasItsOwn() throws Exception { // A31
    List<String> attempts = new ArrayList<>();
    hooked.withTransaction(
        named("t").retry(RetryPolicy.maxAttempts(2).initialDelay(Duration.ZERO)),
        () -> {
          hooked.tx().sql("x");
          attempts.add("x");
          if (attempts.size() == 1) {
            throw state("40001");
          }
        });

    told("1 BEGIN", "1 SET none", "1 x", "1 ROLLBACK", "2 BEGIN", "2 SET none", "2 x", "2 COMMIT");
  }

  @Test
  void severalRunInOrder() { // A31
    TransactionHost<Db> several =
        host()
            .onBegin((db, transaction) -> db.sql("first"))
            .onBegin((db, transaction) -> db.sql("second"))
            .build();
    several.withTransaction(() -> several.tx().sql("x"));

    told("1 BEGIN", "1 first", "1 second", "1 x", "1 COMMIT");
  }

  @Test
  void itsFailureIsACannotBeginAndNothingElseIsSent() { // A31
    IOException noTenant = new IOException("no tenant");
    TransactionHost<Db> failing =
        host()
            .onBegin(
                (db, transaction) -> {
                  throw noTenant;
                })
            .build();

    assertThatThrownBy(() -> failing.withTransaction(() -> failing.tx().sql("never")))
        .isInstanceOf(CannotBeginTransactionException.class)
        .hasMessageContaining("onBegin")
        .hasCause(noTenant);
    told("1 BEGIN", "1 ROLLBACK");
  }

  @Test
  void swallowedItsFailureLetsNothingThroughAndCommitsNothing() { // A31
    IOException noTenant = new IOException("no tenant");
    List<Integer> runs = new ArrayList<>();
    TransactionHost<Db> failing =
        host()
            .onBegin(
                (db, transaction) -> {
                  runs.add(1);
                  throw noTenant;
                })
            .build();

    assertThatThrownBy(
            () ->
                failing.withTransaction(
                    () -> {
                      swallowing(
                          () ->
                              failing.withTransaction(
                                  Propagation.NESTED, () -> failing.tx().sql("never")));
                      assertThatThrownBy(() -> failing.tx().sql("never"))
                          .isInstanceOf(CannotBeginTransactionException.class)
                          .hasCause(noTenant);
                      assertThatThrownBy(() -> failing.tx().reads("never"))
                          .isInstanceOf(CannotBeginTransactionException.class);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasMessageContaining("onBegin")
        .hasRootCause(noTenant);
    told("1 BEGIN", "1 ROLLBACK");
    assertThat(runs).hasSize(1);
  }

  @Test
  void itIsNeverRepeatedThoughItsCauseIsTransient() { // A31
    TransactionHost<Db> failing =
        host()
            .onBegin(
                (db, transaction) -> {
                  throw state("40001");
                })
            .build();

    assertThatThrownBy(
            () ->
                failing.withTransaction(
                    named("t").retry(RetryPolicy.maxAttempts(3)), () -> failing.tx().sql("never")))
        .isInstanceOf(CannotBeginTransactionException.class);
    assertThat(adapter.transactions).hasSize(1);
  }

  @Test
  void insideItTheHostIsInTheTransaction() { // A31
    List<Boolean> same = new ArrayList<>();
    TransactionHost<Db>[] itself = array();
    itself[0] =
        host()
            .onBegin(
                (db, transaction) -> {
                  same.add(itself[0].tx() == db);
                  same.add(itself[0].isTransactionActive());
                  itself[0].withTransaction(Propagation.MANDATORY, () -> db.sql("hook"));
                  transaction.afterCommit(() -> transcript().add("after"));
                })
            .build();
    itself[0].withTransaction(() -> itself[0].tx().sql("x"));
    itself[0].tx().sql("outside");

    told(
        "1 BEGIN",
        "1 hook",
        "1 x",
        "1 COMMIT",
        "after",
        "2 BEGIN",
        "2 hook",
        "2 outside",
        "2 COMMIT",
        "after");
    assertThat(same).containsOnly(true);
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static TransactionHost<Db>[] array() {
    return new TransactionHost[1];
  }

  @Test
  void itTakesWhatTheHostShows() { // A31
    ResourceView<Db, String> shown =
        new ResourceView<>() {
          @Override
          public String inside(Db resource) {
            return "shown";
          }

          @Override
          public String outside(Db fallback) {
            return "outside";
          }
        };
    List<String> taken = new ArrayList<>();
    TransactionHost<String> typed =
        TransactionHost.builder(adapter.viewedAs(shown))
            .onBegin((text, transaction) -> taken.add(text))
            .build();
    typed.withTransaction(() -> adapter.transactions.get(0).sql("x"));

    assertThat(taken).containsExactly("shown");
  }

  @Test
  void aChildsFirstStatementRunsItOnTheChildsThread() throws Exception { // A31
    List<Thread> threads = new CopyOnWriteArrayList<>();
    TransactionHost<Db> children =
        host()
            .onBegin(
                (db, transaction) -> {
                  threads.add(Thread.currentThread());
                  db.sql("SET " + tenant());
                })
            .build();
    Context.<Object, Exception>call(
        () -> {
          Context.current().set(TENANT, "a");
          return children.<Object, Exception>withTransaction(
              () ->
                  children.inParallel(
                      List.of(
                          () -> {
                            children.tx().sql("x");
                            return 1;
                          })));
        });

    told("1 BEGIN", "1 SET a", "1 x", "1 COMMIT");
    assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread());
  }

  @Test
  void whatItWritesIsOfNoTaskOfARace() throws Exception { // D5
    TransactionHost<Db> racing = host().onBegin((db, transaction) -> db.sql("SET")).build();
    racing.<Object, Exception>withTransaction(
        () -> {
          assertThatThrownBy(
                  () ->
                      racing.anyInParallel(
                          List.<TransactionalCallable<Object, IOException>>of(
                              () -> {
                                adapter.transactions.get(0).reads("r");
                                throw new IOException("out of the race");
                              })))
              .isInstanceOf(IOException.class);
          racing.tx().sql("x");
          return null;
        });

    told("1 BEGIN", "1 SET", "1 r", "1 x", "1 COMMIT");
  }

  // ---- outside

  @Test
  void aStatementOutsideRunsInAShortTransactionOfItsOwn() { // A31
    Db kept = hooked.tx();
    as("a", () -> kept.reads("r"));
    as("b", () -> kept.sql("w"));
    as("c", () -> hooked.withoutTransaction(() -> hooked.tx().sql("p")));

    told(
        "1 BEGIN",
        "1 SET a",
        "1 r",
        "1 COMMIT",
        "2 BEGIN",
        "2 SET b",
        "2 w",
        "2 COMMIT",
        "3 BEGIN",
        "3 SET c",
        "3 p",
        "3 COMMIT");
    assertThat(listener.events)
        .contains("began one statement outside", "committed one statement outside");
    assertThat(hooked.isTransactionActive()).isFalse();
  }

  @Test
  void whatIsRefusedOutsideBeginsNone() { // A31 B11
    TransactionHost<Db> strict =
        host()
            .fallbackPolicy(FallbackPolicy.READ_ONLY)
            .onBegin((db, transaction) -> db.sql("SET"))
            .build();

    assertThatThrownBy(() -> strict.tx().sql("never"))
        .isInstanceOf(TransactionRequiredException.class);
    strict.tx().reads("r");
    told("1 BEGIN", "1 SET", "1 r", "1 COMMIT");
  }

  @Test
  void aStatementOutsideThatFailsIsRolledBack() { // A31
    IllegalStateException failure = new IllegalStateException("x");
    TransactionHost<Db> plain = host().onBegin((db, transaction) -> {}).build();
    adapter.failAt(At.SQL, failure);

    assertThatThrownBy(() -> plain.tx().sql("w")).isSameAs(failure);
    told("1 BEGIN", "1 w failed", "1 ROLLBACK");
  }

  @Test
  void outsideItsFailureIsACannotBeginToo() { // A31
    TransactionHost<Db> failing =
        host()
            .onBegin(
                (db, transaction) -> {
                  throw new IOException("no tenant");
                })
            .build();

    assertThatThrownBy(() -> failing.tx().sql("never"))
        .isInstanceOf(CannotBeginTransactionException.class)
        .hasCauseInstanceOf(IOException.class);
    told("1 BEGIN", "1 ROLLBACK");
  }

  @Test
  void theDeadlineOutsideHoldsInTheShortTransaction() { // A31 B15
    List<Duration> left = new ArrayList<>();
    TransactionHost<Db> timed =
        host()
            .onBegin((db, transaction) -> transaction.remainingTime().ifPresent(left::add))
            .build();
    timed.withTransaction(
        named("t").propagation(Propagation.SUPPORTS).timeout(Duration.ofHours(1)),
        () -> timed.tx().sql("w"));

    assertThat(left).singleElement().satisfies(one -> assertThat(one).isPositive());
  }

  // ---- hosts that cannot

  @Test
  void anAdapterThatDoesNotTellIsRefusedWhenTheHostIsBuilt() { // A31
    adapter.tellsBegun = false;

    assertThatThrownBy(() -> host().onBegin((db, transaction) -> {}).build())
        .isInstanceOfSatisfying(
            TransactionException.class, e -> assertThat(e.code()).isEqualTo("TXH-207"))
        .hasMessageContaining("recorder");
    assertThatCode(() -> host().build()).doesNotThrowAnyException();
  }

  @Test
  void onADisabledHostItDoesNotRun() {
    TransactionHost<Db> disabled =
        host().enabled(false).onBegin((db, transaction) -> db.sql("never")).build();
    disabled.withTransaction(() -> disabled.tx().sql("x"));

    told("AUTO x");
  }

  @ParameterizedTest
  @EnumSource
  void withoutHooksNothingChangesOutside(FallbackPolicy policy) {
    TransactionHost<Db> plain = host().fallbackPolicy(policy).build();
    plain.withoutTransaction(() -> plain.tx().sql("w"));

    told("AUTO w");
  }
}
