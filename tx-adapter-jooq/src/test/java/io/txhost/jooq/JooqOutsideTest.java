package io.txhost.jooq;

import static io.txhost.jooq.Item.ITEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.FallbackPolicy;
import io.txhost.Propagation;
import io.txhost.Transaction;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jooq.Item.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooq.Batch;
import org.jooq.CloseableQuery;
import org.jooq.Configuration;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Loader;
import org.jooq.Query;
import org.jooq.ResultQuery;
import org.jooq.conf.Settings;
import org.jooq.conf.StatementType;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DAOImpl;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Outside a transaction jOOQ reads and does not write; what was made there and is used inside
 * joins.
 */
final class JooqOutsideTest extends JooqFixture {

  // ---- the policy

  @Test // A21
  void everyWayToWriteOutsideIsRefusedBeforeAnythingIsSent() {
    seed(1);
    Row fetched = dsl.fetchSingle(ITEM, ITEM.id.eq(1));
    fetched.set(ITEM.label, "changed");
    Map<String, ThrowingCallable> writes = writes(dsl, fetched);
    writes.putAll(writes(host.tx(), fetched));
    writes.putAll(
        writes(
            DSL.using(
                configuration.derive(
                    new Settings().withStatementType(StatementType.STATIC_STATEMENT))),
            fetched));
    recorder.clear();

    writes.forEach(
        (what, write) ->
            assertThatThrownBy(write)
                .as(what)
                .isExactlyInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("TXH-101"));

    assertThat(recorder.transcript()).doesNotContain("SQL");
    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1);
  }

  private static Map<String, ThrowingCallable> writes(DSLContext by, Row fetched) {
    Map<String, ThrowingCallable> writes = new LinkedHashMap<>();
    writes.put("execute", () -> insert(by, 2));
    writes.put("insert", () -> by.insertInto(ITEM).set(ITEM.id, 2).execute());
    writes.put("returning", () -> by.insertInto(ITEM).set(ITEM.id, 2).returning().fetchOne());
    writes.put("update", () -> by.update(ITEM).set(ITEM.label, "z").execute());
    writes.put("delete", () -> by.deleteFrom(ITEM).execute());
    writes.put("truncate", () -> by.truncate(ITEM).execute());
    writes.put("ddl", () -> by.createTable("made").column(ITEM.id).execute());
    writes.put("fetch", () -> by.fetch("insert into item (id) values (2)"));
    writes.put("store", fetched::store);
    writes.put("remove", fetched::delete);
    writes.put("batch", () -> by.batch(by.insertInto(ITEM).set(ITEM.id, 2)).execute());
    writes.put(
        "batches",
        () -> by.batch(by.query("delete from item"), by.query("delete from item")).execute());
    writes.put(
        "bound", () -> by.batch(by.insertInto(ITEM).set(ITEM.id, 0)).bind(2).bind(3).execute());
    writes.put("batchInsert", () -> by.batchInsert(Row.of(2, "x"), Row.of(3, "x")).execute());
    writes.put("batchStore", () -> by.batchStore(Row.of(2, "x")).execute());
    writes.put("batched", () -> by.batched(inner -> insert(inner.dsl(), 2)));
    writes.put("dao", () -> new Items(by.configuration()).insert(Thing.of(2)));
    writes.put("executeInsert", () -> by.executeInsert(Row.of(2, "x")));
    writes.put(
        "loader",
        () -> by.loadInto(ITEM).loadRecords(Row.of(2, "x")).fieldsCorresponding().execute());
    writes.put(
        "loader that ignores errors",
        () ->
            by.loadInto(ITEM)
                .onErrorIgnore()
                .loadRecords(Row.of(2, "x"))
                .fieldsCorresponding()
                .execute());
    writes.put(
        "connection",
        () -> by.connection(c -> c.createStatement().execute("insert into item (id) values (2)")));
    writes.put("forUpdate", () -> by.selectFrom(ITEM).forUpdate().fetch());
    writes.put("forShare", () -> by.selectFrom(ITEM).where(ITEM.id.eq(1)).forUpdate().fetchLazy());
    return writes;
  }

  /** As generated. */
  private static final class Items extends DAOImpl<Row, Thing, Integer> {
    Items(Configuration configuration) {
      super(ITEM, Thing.class, configuration);
    }

    @Override
    public Integer getId(Thing thing) {
      return thing.id;
    }
  }

  /** What the DAO is given. */
  static final class Thing {
    public int id;
    public String label = "x";

    static Thing of(int id) {
      Thing thing = new Thing();
      thing.id = id;
      return thing;
    }
  }

  @Test // A21
  void whatSaysSoWritesOutside() {
    host.withoutTransaction(() -> insert(dsl, 1));
    host.withoutTransaction(() -> dsl.batched(inner -> insert(inner.dsl(), 2)));
    TransactionHost<DSLContext> allowing =
        TransactionHost.builder(JooqAdapter.over(recorder, pools.dialect()))
            .fallbackPolicy(FallbackPolicy.ALLOW)
            .build();
    insert(allowing.tx(), 3);

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A21
  void aRowOfAnOpenResultIsNotChangedOutside() {
    seed(1);
    List<ThrowingCallable> changes =
        List.of(
            () -> changed(dsl.selectFrom(ITEM).resultSetConcurrency(ResultSet.CONCUR_UPDATABLE)),
            () ->
                changed(
                    dsl.resultQuery("select id, label, version from item")
                        .resultSetType(ResultSet.TYPE_SCROLL_INSENSITIVE)
                        .resultSetConcurrency(ResultSet.CONCUR_UPDATABLE)));
    for (ThrowingCallable change : changes) {
      assertThatThrownBy(change).isInstanceOf(TransactionRequiredException.class);
    }

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(dsl.fetchSingle(ITEM).get(ITEM.label)).isEqualTo("x");
  }

  private static void changed(ResultQuery<?> query) throws SQLException {
    try (Cursor<?> cursor = query.fetchLazy()) {
      ResultSet rows = cursor.resultSet();
      rows.next();
      rows.updateString(2, "changed");
      rows.updateRow();
    }
  }

  // ---- what was made outside and is used inside

  private void fails(ThrowingCallable inside) {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      inside.call();
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");
    assertThat(host.isTransactionActive()).isFalse();
  }

  @Test // A22
  void whatWasMadeOutsideJoinsWhereItIsUsed() {
    DSLContext context = host.tx();
    Query query = context.query("insert into item (id) values (1)");
    Batch batch = dsl.batch(query, dsl.query("insert into item (id) values (2)"));
    var bound = dsl.batch("insert into item (id) values (?)").bind(3).bind(4);
    Row record = dsl.newRecord(ITEM);
    record.set(ITEM.id, 5);
    Items dao = new Items(configuration);

    fails(
        () -> {
          query.execute();
          context.execute("delete from item");
          batch.execute();
          bound.execute();
          record.store();
          dao.insert(Thing.of(6));
          assertThat(dsl.fetchCount(ITEM)).isEqualTo(6);
        });

    assertThat(recorder.connectionsTaken()).isEqualTo(1);
    assertThat(rows()).isEmpty();
  }

  @Test // A22
  void aStatementKeptFromOutsideJoinsWhereItIsExecuted() {
    seed(1);
    CloseableQuery kept = dsl.query("update item set version = version + 1").keepStatement(true);
    host.withoutTransaction(() -> kept.execute());
    assertThat(recorder.connectionsOut()).as("it is kept").isEqualTo(1);

    fails(kept::execute);
    assertThat(beside().fetchSingle(ITEM).get(ITEM.version)).isEqualTo(1);
    host.withTransaction(() -> kept.execute());
    assertThat(beside().fetchSingle(ITEM).get(ITEM.version)).isEqualTo(2);
    assertThatThrownBy(kept::execute).isInstanceOf(TransactionRequiredException.class);
    host.withoutTransaction(() -> kept.execute());
    assertThat(beside().fetchSingle(ITEM).get(ITEM.version)).isEqualTo(3);

    kept.close();
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test // A22
  void aKeptConnectionJoinsWhereItIsUsed() {
    dsl.connection(
        connection ->
            fails(
                () -> {
                  try (var insert =
                      connection.prepareStatement("insert into item (id) values (1)")) {
                    insert.executeUpdate();
                  }
                }));

    assertThat(rows()).isEmpty();
  }

  @Test // A22
  void aCursorThatWasOpenedOutsideIsReadInsideAndItsRowsAreNotChanged() {
    seed(1, 2);
    try (Cursor<Row> cursor =
        dsl.selectFrom(ITEM).resultSetConcurrency(ResultSet.CONCUR_UPDATABLE).fetchLazy()) {
      host.withTransaction(
          () -> {
            insert(host.tx(), 3);
            assertThat(cursor.fetchNext()).isNotNull();
            assertThatThrownBy(() -> cursor.resultSet().deleteRow())
                .isInstanceOf(TransactionException.class)
                .hasMessageContaining("TXH-517");
          });
    }

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  // ---- dsl.batched, which delays

  @Test // A22
  void aTransactionInsideBatchedIsWhole() {
    assertThatThrownBy(
            () ->
                dsl.batched(
                    batched ->
                        batched
                            .dsl()
                            .transaction(
                                inner -> {
                                  insertFive(inner.dsl());
                                  throw new IllegalStateException("user");
                                })))
        .hasMessage("user");
    assertThat(rows()).isEmpty();

    dsl.batched(batched -> batched.dsl().transaction(inner -> insertFive(inner.dsl())));
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5);
  }

  private static void insertFive(DSLContext by) {
    for (int id = 1; id <= 5; id++) {
      insert(by, id);
    }
  }

  @Test // A22
  void aHostsBoundaryInsideBatchedIsWhole() {
    dsl.batched(
        batched -> {
          fails(() -> insertFive(batched.dsl()));
          host.withTransaction(() -> insert(batched.dsl(), 6));
          assertThatThrownBy(() -> insert(batched.dsl(), 7))
              .isInstanceOf(TransactionRequiredException.class);
        });

    assertThat(rows()).containsExactly(6);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test // A22
  void whatStandsBeforeABoundaryInsideBatchedStaysOutOfIt() {
    host.withoutTransaction(
        () ->
            dsl.batched(
                batched -> {
                  insert(batched.dsl(), 1);
                  fails(() -> insert(batched.dsl(), 2));
                  fails(() -> batched.dsl().execute("delete from item"));
                  insert(batched.dsl(), 3);
                }));

    assertThat(rows()).containsExactly(1, 3);
  }

  @Test // A22
  void batchedInsideATransactionStillDelays() {
    host.withTransaction(() -> dsl.batched(batched -> insertFive(batched.dsl())));
    host.withTransaction(
        () ->
            host.tx()
                .batched(
                    batched -> {
                      insert(batched.dsl(), 6);
                      insert(batched.dsl(), 7);
                    }));

    assertThat(recorder.transcript())
        .containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE", "BEGIN", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test // A22
  void aNestedBlockOfJooqsInsideBatchedUndoesItsOwnAndOnlyThat() {
    host.withTransaction(
        () ->
            dsl.batched(
                batched -> {
                  insert(batched.dsl(), 1);
                  assertThatThrownBy(
                          () ->
                              batched
                                  .dsl()
                                  .transaction(
                                      inner -> {
                                        insert(inner.dsl(), 2);
                                        throw new IllegalStateException("user");
                                      }))
                      .hasMessage("user");
                  batched.dsl().transaction(inner -> insert(inner.dsl(), 3));
                  insert(batched.dsl(), 4);
                }));

    assertThat(rows()).containsExactly(1, 3, 4);
  }

  @Test // A22
  void aNestedBlockAroundWhichSomethingIsDelayedIsRefusedByName() {
    for (String other :
        List.of(
            "insert into item (id, label, version) values (?, 'x', 0)",
            "delete from item where id = ?")) {
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () ->
                          dsl.batched(
                              batched -> {
                                insert(batched.dsl(), 1);
                                host.withTransaction(
                                    Propagation.NESTED, () -> batched.dsl().execute(other, 2));
                              })))
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("TXH-581");
    }
    host.withTransaction(
        () ->
            dsl.batched(
                batched -> {
                  assertThat(nestedFails(() -> insert(batched.dsl(), 2))).hasMessage("user");
                  insert(batched.dsl(), 3);
                }));

    assertThat(rows()).containsExactly(3);
  }

  private Throwable nestedFails(ThrowingCallable work) {
    return catchThrowable(
        () ->
            host.withTransaction(
                Propagation.NESTED,
                () -> {
                  work.call();
                  throw new IllegalStateException("user");
                }));
  }

  @Test // A22
  void batchedOfATransactionThatIsSetAsideIsRefusedMeanwhile() {
    openPool(2);
    host.withTransaction(
        () ->
            dsl.batched(
                batched -> {
                  insert(batched.dsl(), 1);
                  host.withTransaction(
                      Propagation.REQUIRES_NEW,
                      () ->
                          assertThatThrownBy(() -> insert(batched.dsl(), 2))
                              .isInstanceOf(TransactionException.class));
                  host.withoutTransaction(
                      () ->
                          assertThatThrownBy(() -> insert(batched.dsl(), 3))
                              .isInstanceOf(TransactionException.class));
                }));

    assertThat(rows()).containsExactly(1);
  }

  @Test // A22
  void aBatchThatWasFilledInATransactionIsRefusedAfterItsEnd() {
    dsl.connection(
        connection -> {
          try (var insert = connection.prepareStatement("insert into item (id) values (?)")) {
            fails(
                () -> {
                  insert.setInt(1, 1);
                  insert.addBatch();
                });
            host.withoutTransaction(
                () ->
                    assertThatThrownBy(insert::executeBatch)
                        .isInstanceOf(TransactionException.class)
                        .hasMessageContaining("TXH-517"));
          }
        });

    assertThat(rows()).isEmpty();
  }

  // ---- refused demarcation

  @Test // A29
  void aRefusedEndThatIsSwallowedKeepsNothing() {
    Map<String, ThrowingCallable> ends = new LinkedHashMap<>();
    ends.put("query", () -> dsl.query("commit").execute());
    ends.put("execute", () -> host.tx().execute("rollback"));
    ends.put("commit", () -> made("commit").execute());
    ends.put("rollback", () -> made("rollback").execute());
    ends.put("startTransaction", () -> made("startTransaction").execute());
    ends.put("connection", () -> dsl.connection(Connection::commit));
    ends.put("its rollback", () -> host.tx().connection(Connection::rollback));
    ends.put("its abort", () -> host.tx().connection(c -> c.abort(Runnable::run)));
    ends.put("auto-commit", () -> dsl.connection(c -> c.setAutoCommit(true)));
    ends.forEach(
        (what, end) ->
            assertThatThrownBy(
                    () ->
                        host.withTransaction(
                            () -> {
                              insert(dsl, 1);
                              assertThat(catchThrowable(end))
                                  .as(what)
                                  .isInstanceOf(DataAccessException.class)
                                  .hasRootCauseInstanceOf(TransactionException.class);
                              var unused = catchThrowable(() -> insert(dsl, 2));
                            }))
                .as(what)
                .isInstanceOf(UnexpectedRollbackException.class)
                .cause()
                .isInstanceOf(TransactionException.class));

    assertThat(rows()).isEmpty();
    assertThat(recorder.connectionsOut()).isZero();
  }

  /** By name, since jOOQ 3.21 gives another type than 3.19 does. */
  private Query made(String name) throws Exception {
    return (Query) DSLContext.class.getMethod(name).invoke(dsl);
  }

  @Test // A29
  void theLoaderIsToldHowToLoadInATransaction() throws Exception {
    for (boolean inside : List.of(true, false)) {
      Throwable told =
          catchThrowable(
              () -> {
                if (inside) {
                  host.withTransaction(() -> assertTold(load()));
                } else {
                  host.withoutTransaction(() -> assertTold(load()));
                }
              });
      if (inside) {
        assertThat(told).isInstanceOf(UnexpectedRollbackException.class);
        assertThat(rows()).isEmpty();
      } else {
        assertThat(told).isNull();
      }
    }
    beside().deleteFrom(ITEM).execute();

    host.withTransaction(
        () -> {
          Loader<Row> loaded =
              dsl.loadInto(ITEM)
                  .bulkAfter(2)
                  .commitNone()
                  .loadRecords(Row.of(1, "x"), Row.of(2, "y"), Row.of(3, "z"))
                  .fieldsCorresponding()
                  .execute();
          assertThat(loaded.errors()).isEmpty();
        });
    assertThat(rows()).containsExactly(1, 2, 3);
  }

  /** jOOQ's Loader keeps the refusal for {@code errors()}. */
  private static void assertTold(List<DataAccessException> errors) {
    assertThat(errors)
        .isNotEmpty()
        .allSatisfy(
            error ->
                assertThat(error)
                    .hasRootCauseInstanceOf(TransactionException.class)
                    .rootCause()
                    .hasMessageContaining("leave the call out")
                    .hasMessageContaining("option"));
  }

  private List<DataAccessException> load() throws Exception {
    return dsl
        .loadInto(ITEM)
        .commitAfter(2)
        .loadRecords(Row.of(1, "x"), Row.of(2, "y"))
        .fieldsCorresponding()
        .execute()
        .errors()
        .stream()
        .map(error -> error.exception())
        .toList();
  }

  // ---- each form of a host

  @Test // A27
  void everyFormOfAHostUndoesWhatTheSharedContextDid() {
    List<TransactionHost<DSLContext>> forms =
        List.of(
            host,
            TransactionHost.create(JooqAdapter.over(recorder, pools.dialect())),
            TransactionHost.create(
                JdbcAdapter.over(recorder).viewedAs(new DslView(configuration(recorder)))),
            TransactionHost.create(
                JooqAdapter.over(recorder, pools.dialect()).viewedAs(new Same())),
            JooqAdapter.view(jdbc, pools.dialect()).viewedAs(new Same()));
    for (TransactionHost<DSLContext> form : forms) {
      DSLContext shared = JooqAdapter.dsl(form);
      assertThatThrownBy(() -> insert(shared, 1)).isInstanceOf(TransactionRequiredException.class);
      assertThatThrownBy(
              () ->
                  form.withTransaction(
                      () -> {
                        insert(shared, 1);
                        insert(form.tx(), 2);
                        throw new IllegalStateException("user");
                      }))
          .hasMessage("user");
      assertThat(rows()).isEmpty();
      assertThat(recorder.connectionsOut()).isZero();
    }
  }

  /** A view of a view, as somebody else's. */
  private static final class Same implements io.txhost.spi.ResourceView<DSLContext, DSLContext> {
    @Override
    public DSLContext inside(DSLContext context) {
      return context;
    }

    @Override
    public DSLContext outside(DSLContext context) {
      return context;
    }

    @Override
    public void completed(DSLContext context, Transaction.Outcome outcome) {
      // it is the base's
    }
  }

  @Test
  void theSharedContextIsGivenWhereverItIsAskedFor() {
    TransactionHost<DSLContext> strict =
        TransactionHost.builder(JooqAdapter.over(recorder, pools.dialect()))
            .fallbackPolicy(FallbackPolicy.DENY)
            .build();
    DSLContext shared = JooqAdapter.dsl(strict);
    strict.withTransaction(
        () -> {
          strict.currentTransaction().orElseThrow().setRollbackOnly();
          assertThat(JooqAdapter.dsl(strict)).isSameAs(shared);
        });
    Assumptions.assumeTrue(pools.autoCommit());
    assertThatThrownBy(() -> shared.fetch("select 1"))
        .isInstanceOf(TransactionRequiredException.class);
  }
}
