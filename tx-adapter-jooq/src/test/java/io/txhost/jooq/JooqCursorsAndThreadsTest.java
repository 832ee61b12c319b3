package io.txhost.jooq;

import static io.txhost.jooq.Item.ITEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.DetachedTransactionException;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionRequiredException;
import io.txhost.TransactionalCallable;
import io.txhost.context.Context;
import io.txhost.jooq.Item.Row;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What jOOQ opens for later, or runs elsewhere, neither leaks a connection nor writes beside. */
final class JooqCursorsAndThreadsTest extends JooqFixture {
  private ExecutorService another;

  @BeforeEach
  void fill() {
    seed(1, 2, 3);
    another = Executors.newSingleThreadExecutor();
    recorder.clear();
  }

  @AfterEach
  void nothingIsLeftOnTheOtherThreadAndItEnds() throws Exception { // C7
    Callable<Boolean> isLeft = () -> Context.isActive() || host.isTransactionActive();
    assertThat(another.submit(isLeft).get(30, TimeUnit.SECONDS)).isFalse();
    another.shutdownNow();
  }

  // ---- cursors

  @Test
  void aCursorLeftOpenInsideIsClosedAtTheEnd() {
    Cursor<Row> cursor =
        host.withTransaction(
            () -> {
              Cursor<Row> opened = host.tx().selectFrom(ITEM).fetchLazy();
              assertThat(opened.fetchNext()).isNotNull();
              return opened;
            });

    assertThat(recorder.connectionsOut()).isZero();
    assertThatThrownBy(cursor::fetchNext).isInstanceOf(TransactionCompletedException.class);
    cursor.close();
    host.withTransaction(
        () -> {
          insert(host.tx(), 4);
          cursor.close();
          insert(host.tx(), 5);
        });
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void aStreamOfTheSharedContextLeftOpenInsideIsClosedAtTheEnd() {
    Iterator<Row> rows =
        host.withTransaction(
            () -> {
              Iterator<Row> opened = dsl.selectFrom(ITEM).fetchSize(1).fetchStream().iterator();
              assertThat(opened.next()).isNotNull();
              return opened;
            });

    assertThat(recorder.connectionsOut()).isZero();
    assertThatThrownBy(rows::next).isInstanceOf(TransactionCompletedException.class);
  }

  @Test
  void aStreamThatIsOnlyReadAfterItsTransactionRunsNoStatement() {
    Stream<Row> stream = host.withTransaction(() -> host.tx().selectFrom(ITEM).stream());

    assertThatThrownBy(stream::findFirst).isInstanceOf(TransactionCompletedException.class);
    assertThat(recorder.connectionsTaken()).isZero();
  }

  @Test
  void aCursorOutsideHoldsItsConnectionUntilItIsClosed() {
    Cursor<Row> cursor = dsl.selectFrom(ITEM).fetchLazy();
    assertThat(recorder.connectionsOut()).isEqualTo(1);

    cursor.close();

    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aCursorReadToItsEndOutsideGivesItsConnectionBack() {
    try (Stream<Row> stream = dsl.selectFrom(ITEM).fetchStream()) {
      assertThat(stream).hasSize(3);
      assertThat(recorder.connectionsOut()).isZero();
    }
  }

  @Test
  void aCursorFromOutsideClosedInsideAnotherThreadsTransactionTouchesItNot() throws Exception {
    openPool(2);
    Cursor<Row> cursor = dsl.selectFrom(ITEM).fetchLazy();
    another
        .submit(
            () ->
                host.withTransaction(
                    () -> {
                      insert(dsl, 4);
                      cursor.close();
                      assertThat(recorder.connectionsOut()).isEqualTo(1);
                      insert(dsl, 5);
                    }))
        .get();

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void aStatementKeptOpenInsideEndsWithItsTransaction() {
    var query = dsl.query("insert into item (id) values (4)").keepStatement(true);
    host.withTransaction(() -> query.execute());

    assertThat(recorder.connectionsOut()).isZero();
    assertThatThrownBy(query::execute).isInstanceOf(TransactionException.class);
    query.close();
    assertThat(rows()).containsExactly(1, 2, 3, 4);
  }

  // ---- threads

  @Test // D5
  void aStructuredChildHasAContextOfItsOwnAndTheSharedOneJoinsThere() throws Exception {
    TransactionalCallable<DSLContext, Exception> child =
        () -> {
          insert(host.tx(), 4);
          insert(dsl, 5);
          host.tx().transaction(nested -> nested.dsl().deleteFrom(ITEM).execute());
          insert(host.tx(), 6);
          return host.tx();
        };
    List<DSLContext> contexts = new ArrayList<>();

    host.withTransaction(
        () -> {
          contexts.add(host.tx());
          contexts.addAll(host.inParallel(List.of(child)));
        });

    assertThat(contexts.get(1)).isNotSameAs(contexts.get(0));
    assertThat(rows()).containsExactly(6);
    assertThatThrownBy(() -> insert(contexts.get(1), 7))
        .isInstanceOf(TransactionCompletedException.class);
  }

  @Test // D5
  void theParentsContextIsRefusedInAStructuredChildByName() throws Exception {
    host.withTransaction(
        () -> {
          DSLContext parents = host.tx();
          TransactionalCallable<Throwable, Exception> child =
              () -> catchThrowable(() -> insert(parents, 4));
          assertThat(host.inParallel(List.of(child)).get(0))
              .isInstanceOf(TransactionException.class)
              .hasMessageContaining("TXH-563")
              .hasMessageContaining("inParallel");
        });

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  /** In text: what {@code dsl.savepoint(..)} gives has another type in each version of jOOQ. */
  @Test
  void aStructuredChildsSavepointIsRefusedByNameThoughItIsAStatement() throws Exception {
    host.withTransaction(
        () -> {
          host.tx().execute("savepoint x");
          List<TransactionalCallable<Throwable, Exception>> children =
              List.of(
                  () -> catchThrowable(() -> dsl.execute("savepoint x")),
                  () -> catchThrowable(() -> host.tx().execute("savepoint x")),
                  () -> catchThrowable(() -> host.tx().execute("rollback to savepoint x")),
                  () -> catchThrowable(() -> dsl.execute("release savepoint x")),
                  () -> catchThrowable(() -> insert(host.tx(), 4)));
          List<Throwable> thrown = host.inParallel(children);
          assertThat(thrown.subList(0, 4))
              .allSatisfy(
                  each ->
                      assertThat(each)
                          .isInstanceOf(TransactionException.class)
                          .hasMessageContaining("TXH-516"));
          assertThat(thrown.get(4)).isNull();
          host.tx().execute("release savepoint x");
        });

    assertThat(rows()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void anAsynchronousStatementOfATransactionIsRefusedByName() {
    for (boolean own : List.of(true, false)) {
      host.withTransaction(
          () -> {
            var insert = host.tx().insertInto(ITEM).set(ITEM.id, 9);
            assertRefused(
                own ? insert.executeAsync(another) : insert.executeAsync(),
                TransactionException.class,
                "TXH-563");
          });
    }
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test
  void anAsynchronousStatementOfTheSharedContextDoesNotQuietlyCommitBeside() {
    host.withTransaction(
        () ->
            assertRefused(
                dsl.insertInto(ITEM).set(ITEM.id, 9).executeAsync(),
                DetachedTransactionException.class,
                "withoutTransaction"));
    assertThat(rows()).containsExactly(1, 2, 3);

    assertRefused(
        dsl.insertInto(ITEM).set(ITEM.id, 9).executeAsync(),
        TransactionRequiredException.class,
        "withTransaction");
    assertThat(dsl.selectFrom(ITEM).fetchAsync().toCompletableFuture().join()).hasSize(3);
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test
  void anAsynchronousTransactionIsOneOfItsOwn() {
    openPool(2);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(dsl, 4);
                      dsl.transactionAsync(inner -> insert(inner.dsl(), 5))
                          .toCompletableFuture()
                          .join();
                      dsl.transactionResultAsync(another, inner -> inner.dsl().fetch("select 1"))
                          .toCompletableFuture()
                          .join();
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    assertThat(rows()).containsExactly(1, 2, 3, 5);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void anAsynchronousTransactionOfATransactionsContextIsRefusedByName() {
    host.withTransaction(
        () ->
            assertRefused(
                host.tx().transactionAsync(another, inner -> insert(inner.dsl(), 9)),
                TransactionException.class,
                "TXH-563"));
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  private static void assertRefused(
      CompletionStage<?> stage, Class<? extends Exception> type, String words) {
    assertThatThrownBy(() -> stage.toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(type)
        .hasMessageContaining(words);
  }

  @Test
  void aPublisherOfATransactionIsRefusedByName() {
    assertThatThrownBy(() -> JooqAdapter.dsl(host).transactionPublisher(inner -> null))
        .hasMessageContaining("TXH-564");
    host.withTransaction(
        () ->
            assertThatThrownBy(() -> host.tx().transactionPublisher(inner -> null))
                .hasMessageContaining("TXH-564"));
  }
}
