package io.txhost.jooq;

import static io.txhost.jooq.Item.ITEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.FallbackPolicy;
import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jooq.Item.Row;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.CacheProvider;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.DataChangedException;
import org.jooq.impl.CacheType;
import org.jooq.impl.DSL;
import org.jooq.tools.jdbc.MockResult;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Contexts, queries and records of the user's Configuration take part in the host's transactions.
 */
final class JooqJoiningTest extends JooqFixture {

  // ---- contexts

  @Test // A1
  void everyContextOfTheConfigurationJoinsTheActiveTransaction() {
    DSLContext madeOutside = host.tx();
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          insert(dsl, 2);
          insert(DSL.using(configuration), 3);
          insert(configuration.derive(new Settings().withRenderFormatted(true)).dsl(), 4);
          insert(host.tx().configuration().dsl(), 5);
          insert(JooqAdapter.dsl(host), 6);
          insert(madeOutside, 7);
        });

    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN", "SQL", "SQL", "SQL", "SQL", "SQL", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test // A3
  void whatTheSharedContextWroteIsGoneWhenTheTransactionFails() {
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(dsl, 1);
                      throw fromUser;
                    }))
        .isSameAs(fromUser);

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test
  void thereIsOneContextForEachTransaction() {
    host.withTransaction(
        () -> {
          DSLContext first = host.tx();
          assertThat(host.tx()).isSameAs(first);
          host.withTransaction(Propagation.NESTED, () -> assertThat(host.tx()).isSameAs(first));
        });
    assertThat(host.tx()).isSameAs(JooqAdapter.dsl(host)).isSameAs(host.tx());
  }

  @Test // A16
  void aQueryOfAnEndedTransactionIsRefused() {
    Query kept = host.withTransaction(() -> host.tx().query("insert into item (id) values (1)"));

    assertThatThrownBy(kept::execute)
        .isInstanceOf(TransactionCompletedException.class)
        .hasMessageContaining("host.tx()");
    assertThatThrownBy(() -> host.withTransaction(kept::execute))
        .isInstanceOf(TransactionCompletedException.class);

    assertThat(recorder.connectionsTaken()).isZero();
    assertThat(rows()).isEmpty();
  }

  @Test // A16
  void theContextOfATransactionThatIsSetAsideIsRefusedMeanwhile() {
    openPool(2);
    host.withTransaction(
        () -> {
          DSLContext outer = host.tx();
          insert(outer, 1);
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> {
                assertThatThrownBy(() -> insert(outer, 2)).hasMessageContaining("TXH-563");
                assertThatThrownBy(() -> outer.transaction(inner -> insert(inner.dsl(), 3)))
                    .hasMessageContaining("TXH-563");
                insert(host.tx(), 4);
              });
          host.withoutTransaction(
              () -> assertThatThrownBy(() -> insert(outer, 5)).hasMessageContaining("TXH-563"));
          insert(outer, 6);
        });

    assertThat(rows()).containsExactly(1, 4, 6);
  }

  @Test // B
  void outsideTheFallbackPolicyDecidesAtEachStatement() {
    TransactionHost<DSLContext> strict =
        TransactionHost.builder(JooqAdapter.over(recorder, pools.dialect()))
            .fallbackPolicy(FallbackPolicy.DENY)
            .build();
    DSLContext shared = JooqAdapter.dsl(strict);

    assertThatThrownBy(strict::tx).isInstanceOf(TransactionRequiredException.class);
    assertThatThrownBy(() -> insert(shared, 1)).isInstanceOf(TransactionRequiredException.class);
    strict.withoutTransaction(() -> insert(shared, 2));
    shared.transaction(inner -> insert(shared, 3));

    assertThat(rows()).containsExactly(2, 3);
  }

  @Test
  void aDisabledHostCommitsEachStatement() {
    for (TransactionHost<DSLContext> disabled : disabledHosts()) {
      IllegalStateException fromUser = new IllegalStateException("user");
      DSLContext shared = JooqAdapter.dsl(disabled);
      assertThatThrownBy(
              () ->
                  disabled.withTransaction(
                      () -> {
                        insert(disabled.tx(), 1);
                        insert(disabled.tx(), 2);
                        insert(shared, 3);
                        disabled.tx().transaction(inner -> insert(inner.dsl(), 4));
                        throw fromUser;
                      }))
          .isSameAs(fromUser);
      assertThat(rows()).containsExactly(1, 2, 3, 4);
      beside().execute("delete from item");
    }
  }

  private List<TransactionHost<DSLContext>> disabledHosts() {
    return List.of(
        TransactionHost.builder(JooqAdapter.over(recorder, pools.dialect())).enabled(false).build(),
        JooqAdapter.view(
            TransactionHost.builder(JdbcAdapter.over(recorder)).enabled(false).build(),
            pools.dialect()));
  }

  @Test
  void theUsersListenersAndMappersAreKept() {
    AtomicInteger statements = new AtomicInteger();
    configuration.set(
        new ExecuteListener() {
          @Override
          public void executeEnd(ExecuteContext context) {
            statements.incrementAndGet();
          }
        });
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          insert(dsl, 2);
        });
    dsl.fetch("select 3");

    assertThat(statements).hasValue(3);
  }

  @Test
  void whatJooqCachesIsSharedByAllTransactions() {
    Set<CacheType> asked = new HashSet<>();
    List<CacheType> again = new ArrayList<>();
    var own = configuration(recorder);
    var before = own.cacheProvider();
    CacheProvider counting =
        context -> {
          if (!asked.add(context.cacheType())) {
            again.add(context.cacheType());
          }
          return before.provide(context);
        };
    own.set(counting);
    TransactionHost<DSLContext> caching = JooqAdapter.view(jdbc, own);

    for (int i = 0; i < 3; i++) {
      int id = i;
      caching.withTransaction(
          () -> {
            insert(caching.tx(), id);
            assertThat(caching.tx().select(ITEM.id).from(ITEM).fetchInto(Pojo.class)).isNotEmpty();
          });
    }

    assertThat(asked).isNotEmpty();
    assertThat(again).isEmpty();
  }

  /** What rows are mapped to. */
  static final class Pojo {
    int id;
  }

  // ---- records

  @Test
  void aRecordJoinsWhateverIsActiveWhereItIsStored() {
    Row made =
        host.withTransaction(
            () -> {
              Row row = host.tx().newRecord(ITEM);
              row.set(ITEM.id, 1);
              row.store();
              return row;
            });
    assertThat(rows()).containsExactly(1);

    IllegalStateException fromUser = new IllegalStateException("user");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      made.set(ITEM.label, "gone");
                      made.store();
                      throw fromUser;
                    }))
        .isSameAs(fromUser);
    assertThat(labelOf(1)).isNull();

    made.set(ITEM.label, "kept");
    made.changed(true);
    assertThatThrownBy(made::update).isInstanceOf(TransactionRequiredException.class);
    host.withoutTransaction(() -> made.update());
    assertThat(labelOf(1)).isEqualTo("kept");
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void aFetchedRecordJoinsWhateverIsActiveWhereItIsStored() {
    seed(1);
    Row fetched = host.withTransaction(() -> host.tx().fetchOne(ITEM, ITEM.id.eq(1)));
    Row streamed =
        host.withTransaction(
            () -> {
              try (var rows = host.tx().selectFrom(ITEM).fetchStream()) {
                return rows.findFirst().orElseThrow();
              }
            });
    recorder.clear();

    host.withTransaction(
        () -> {
          fetched.set(ITEM.label, "fetched");
          fetched.store();
          streamed.refresh();
        });

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(labelOf(1)).isEqualTo("fetched");
    assertThat(streamed.get(ITEM.label)).isEqualTo("fetched");
  }

  @Test
  void noRecordThatAContextGivesIsBoundToItsTransaction() {
    List<Record> given = new ArrayList<>();
    host.withTransaction(
        () -> {
          DSLContext own = host.tx();
          given.add(own.insertInto(ITEM).set(ITEM.id, 1).returning().fetchOne());
          given.add(own.newRecord(ITEM, new Pojo()));
          given.add(own.newRecord(ITEM.id, ITEM.label));
          given.addAll(own.select(ITEM.fields()).from(ITEM).fetchInto(ITEM));
          given.addAll(own.selectFrom(ITEM).fetchMap(ITEM.id).values());
          given.addAll(own.selectFrom(ITEM).fetchLazy().fetchNext(1));
          given.add(own.fetchSingle("select * from item").into(ITEM));
        });

    assertThat(given)
        .hasSize(7)
        .allSatisfy(record -> assertThat(record.configuration() == configuration).isTrue());
  }

  @Test
  void recordsStayUnattachedWhereTheSettingsSaySo() {
    seed(1);
    configuration.set(new Settings().withAttachRecords(false));

    Record fetched = host.withTransaction(() -> host.tx().fetchOne(ITEM, ITEM.id.eq(1)));

    assertThat(fetched.configuration()).isNull();
  }

  private String labelOf(int id) {
    return beside().fetchOne("select label from item where id = ?", id).get(0, String.class);
  }

  // ---- everything that executes

  @Test
  void batchesAreInTheTransaction() {
    host.withTransaction(
        () -> {
          int[] counts =
              host.tx()
                  .batch(dsl.insertInto(ITEM).set(ITEM.id, 1), dsl.insertInto(ITEM).set(ITEM.id, 2))
                  .execute();
          assertThat(counts).containsExactly(1, 1);
          assertThat(host.tx().batchInsert(Row.of(3, "x"), Row.of(4, "y")).execute()).hasSize(2);
          assertThat(dsl.batchStore(Row.of(5, "x")).execute()).hasSize(1);
          host.tx().batched(inner -> insert(inner.dsl(), 6));
          assertThat(rows()).isEmpty();
        });

    assertThat(recorder.connectionsTaken()).isEqualTo(1);
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void theConnectionOfTheTransactionIsLentAndNotClosed() {
    host.withTransaction(
        () -> {
          host.tx()
              .connection(
                  connection -> {
                    try (var statement = connection.createStatement()) {
                      statement.execute("insert into item (id) values (1)");
                    }
                    connection.close();
                  });
          insert(dsl, 2);
          assertThat(dsl.<Boolean>connectionResult(c -> c == jdbc.tx())).isTrue();
        });

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void outsideWhatTheLentConnectionLeftOpenIsClosed() {
    dsl.connection(
        connection -> assertThat(connection.prepareStatement("select 1").isClosed()).isFalse());

    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test
  void savepointsBySqlWorkInside() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          host.tx().execute("savepoint mine");
          insert(host.tx(), 2);
          host.tx().execute("rollback to savepoint mine");
          insert(host.tx(), 3);
        });

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A17, A24
  void statementsThatBeginOrEndTransactionsAreRefusedAndNoCommitIsReported() throws Exception {
    for (Query each : List.of(made("commit"), made("rollback"), dsl.query("commit"))) {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        insert(dsl, 1);
                        assertThatThrownBy(each::execute).hasMessageContaining("TXH-503");
                      }))
          .isInstanceOf(UnexpectedRollbackException.class);
      assertThatThrownBy(each::execute).hasMessageContaining("withTransaction");
    }
    Query begin = made("startTransaction");
    assertThatThrownBy(begin::execute).hasMessageContaining("withTransaction");
    assertThat(rows()).isEmpty();
    assertThat(recorder.connectionsOut()).isZero();
  }

  /** By name, since jOOQ 3.21 gives another type than 3.19 does. */
  private Query made(String name) throws Exception {
    return (Query) DSLContext.class.getMethod(name).invoke(dsl);
  }

  @Test
  void ddlIsInTheTransactionOrRefused() {
    if (pools.isPostgres()) {
      host.withTransaction(() -> dsl.createTable("made").column(ITEM.id).execute());
      assertThat(dsl.fetch("select * from made")).isEmpty();
    } else {
      assertThatThrownBy(
              () -> host.withTransaction(() -> dsl.createTable("made").column(ITEM.id).execute()))
          .hasMessageContaining("TXH-505");
    }
  }

  @Test
  void aMockTouchesNoDatabase() {
    host.withTransaction(
        () ->
            host.tx()
                .mock(
                    context -> new MockResult[] {new MockResult(7)},
                    mocked -> {
                      assertThat(DSL.using(mocked).execute("update nowhere set x = 1"))
                          .isEqualTo(7);
                      DSL.using(mocked).transaction(inner -> inner.dsl().execute("delete from no"));
                    }));

    assertThat(recorder.connectionsTaken()).isZero();
  }

  // ---- failures

  @Test // A24
  void aFailedStatementThatCostTheTransactionIsNoCommit() {
    Assumptions.assumeTrue(pools.isPostgres(), "H2 keeps a transaction whose statement failed");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(host.tx(), 1);
                      assertThatThrownBy(() -> insert(host.tx(), 1))
                          .isInstanceOf(DataAccessException.class);
                      assertThatThrownBy(() -> insert(dsl, 2)).hasMessageContaining("TXH-504");
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCauseInstanceOf(SQLException.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void aTransientFailureIsFoundUnderJooqsExceptionAndRepeated() {
    Assumptions.assumeTrue(pools.isPostgres(), "H2 has no statement that raises 40001");
    AtomicInteger attempts = new AtomicInteger();
    host.withTransaction(
        TransactionOptions.defaults().retry(RetryPolicy.maxAttempts(3)),
        () -> {
          insert(host.tx(), 1);
          if (attempts.incrementAndGet() < 3) {
            host.tx().execute("do 'begin raise exception sqlstate ''40001''; end'");
          }
        });

    assertThat(attempts).hasValue(3);
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void anOptimisticLockLeavesAsJooqsAndIsRepeatedOnRequest() {
    configuration.set(new Settings().withExecuteWithOptimisticLocking(true));
    Row stale =
        host.withTransaction(
            () -> {
              Row row = host.tx().newRecord(ITEM);
              row.set(ITEM.id, 1);
              row.store();
              return row;
            });
    beside().execute("update item set version = 7");
    AtomicInteger attempts = new AtomicInteger();

    assertThatThrownBy(() -> host.withTransaction(() -> change(stale)))
        .isInstanceOf(DataChangedException.class);
    host.withTransaction(
        TransactionOptions.defaults()
            .retry(RetryPolicy.maxAttempts(3).alsoOn(DataChangedException.class)),
        () -> {
          if (attempts.incrementAndGet() > 1) {
            stale.refresh();
          }
          change(stale);
        });

    assertThat(attempts).hasValue(2);
    assertThat(labelOf(1)).isEqualTo("changed");
  }

  private static void change(Row row) {
    row.set(ITEM.label, "changed");
    row.store();
  }

  @Test
  void aConfigurationServesOneHost() {
    assertThatThrownBy(() -> JooqAdapter.view(jdbc, configuration))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-561");
    host.withTransaction(
        () ->
            assertThatThrownBy(() -> JooqAdapter.over(recorder, host.tx().configuration()))
                .hasMessageContaining("TXH-561"));
    var own = configuration(recorder);
    var first = JooqAdapter.over(recorder, own);
    var second = JooqAdapter.over(recorder, own);
    assertThat(TransactionHost.create(first)).isNotNull();
    assertThatThrownBy(() -> TransactionHost.create(first)).hasMessageContaining("TXH-561");
    assertThatThrownBy(() -> TransactionHost.create(second)).hasMessageContaining("TXH-561");
  }
}
