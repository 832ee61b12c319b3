package io.txhost.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.FallbackPolicy;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Array;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleListener;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Issue 12, 2 and 10: a block of Jdbi's own outside a transaction, on a pool of one connection. */
final class BlockTest extends JdbiFixture {

  interface Reading extends SqlObject {
    @SqlQuery("select id from item order by id")
    ResultIterator<Integer> ids();

    @SqlQuery("select count(*) from item")
    int count();

    default int countTwice() {
      return count() + count();
    }

    default Connection connection() throws SQLException {
      count();
      return getHandle().getConnection().unwrap(Connection.class);
    }
  }

  private void twoRows() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          insert(host.tx(), 2);
        });
    recorder.clear();
  }

  private static int count(Handle handle) {
    return handle.createQuery("select count(*) from item").mapTo(int.class).one();
  }

  private void assertNothingIsOut() {
    assertThat(pool.connectionsOut()).isZero();
  }

  // ---- one connection

  @Test // A26
  void aHandleBlockIsOneConnectionFromItsFirstStatementToItsEnd() {
    twoRows();
    jdbi.useHandle(
        handle -> {
          assertNothingIsOut();
          count(handle);
          assertThat(pool.connectionsOut()).isOne();
          count(handle);
          jdbi.useHandle(inner -> count(inner));
          jdbi.useExtension(Reading.class, Reading::countTwice);
          assertThat(pool.connectionsOut()).isOne();
        });

    assertNothingIsOut();
    assertThat(recorder.transcript().stream().filter("CLOSE"::equals)).hasSize(1);
  }

  @Test // A26
  void anExtensionsBlockIsOneConnection() {
    twoRows();
    jdbi.useExtension(
        Reading.class,
        reading -> {
          assertNothingIsOut();
          reading.count();
          assertThat(pool.connectionsOut()).isOne();
          reading.countTwice();
          jdbi.useHandle(handle -> count(handle));
        });

    assertNothingIsOut();
    assertThat(recorder.transcript().stream().filter("CLOSE"::equals)).hasSize(1);
  }

  @Test // A26
  void aCallOfAnOnDemandObjectIsOneConnection() {
    twoRows();
    assertThat(jdbi.onDemand(Reading.class).countTwice()).isEqualTo(4);

    assertNothingIsOut();
    assertThat(recorder.transcript().stream().filter("CLOSE"::equals)).hasSize(1);
  }

  @Test // A26
  void theDriversConnectionOfABlockIsTheOneItsStatementsAreOn() throws SQLException {
    jdbi.useHandle(
        handle -> {
          Connection first = handle.getConnection().unwrap(Connection.class);
          count(handle);
          assertThat(handle.getConnection().unwrap(Connection.class)).isSameAs(first);
        });
    assertThat(jdbi.onDemand(Reading.class).connection()).isNotNull();
    assertNothingIsOut();
  }

  @Test // A26
  void anArrayMadeInABlockIsOfTheConnectionItIsUsedOn() throws SQLException {
    String type = pools.isPostgres() ? "int4" : "integer";
    jdbi.useHandle(
        handle -> {
          Connection connection = handle.getConnection();
          Array array = connection.createArrayOf(type, new Object[] {1, 2});
          try (PreparedStatement statement =
              connection.prepareStatement("select cardinality(cast(? as integer array))")) {
            statement.setArray(1, array);
            assertThat(statement.executeQuery().next()).isTrue();
          }
          assertThat((Object[]) array.getArray()).hasSize(2);
        });
    Assumptions.assumeFalse(pools.isPostgres(), "pgjdbc has no createClob");
    jdbi.useHandle(
        handle -> {
          Clob clob = handle.getConnection().createClob();
          clob.setString(1, "x");
          assertThat(clob.getSubString(1, 1)).isEqualTo("x");
        });
    assertNothingIsOut();
  }

  // ---- its handle

  @Test
  void aNestedBlockIsTheSameHandleWithTheOuterOnesConfiguration() {
    jdbi.useHandle(
        outer -> {
          outer.getConfig(SqlStatements.class).define("mine", "yes");
          jdbi.useHandle(
              inner -> {
                assertThat(inner).isSameAs(outer);
                assertThat(inner.getConfig(SqlStatements.class).getAttribute("mine"))
                    .isEqualTo("yes");
              });
          outer.useTransaction(begun -> jdbi.useHandle(inner -> assertThat(inner).isSameAs(outer)));
          jdbi.useExtension(
              Reading.class, reading -> assertThat(reading.getHandle()).isSameAs(outer));
        });
    jdbi.useExtension(
        Reading.class,
        reading -> jdbi.useHandle(inner -> assertThat(inner).isSameAs(reading.getHandle())));
  }

  @Test
  void theHandleOfABlockIsClosedAtItsEndHoweverItEnds() {
    AtomicInteger created = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    jdbi.getConfig(Handles.class)
        .addListener(
            new HandleListener() {
              @Override
              public void handleCreated(Handle handle) {
                created.incrementAndGet();
              }

              @Override
              public void handleClosed(Handle handle) {
                closed.incrementAndGet();
              }
            });

    jdbi.useHandle(BlockTest::count);
    jdbi.useExtension(Reading.class, Reading::count);
    jdbi.onDemand(Reading.class).count();
    assertThatThrownBy(
            () ->
                jdbi.useHandle(
                    handle -> {
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    assertThat(created).hasValue(4);
    assertThat(closed).hasValue(4);
  }

  @Test // A27
  void aHandleKeptPastItsBlockRefusesAndTakesNothing() {
    AtomicReference<Handle> kept = new AtomicReference<>();
    jdbi.useHandle(kept::set);
    AtomicReference<Reading> extension = new AtomicReference<>();
    jdbi.useHandle(handle -> extension.set(handle.attach(Reading.class)));

    assertThatThrownBy(() -> count(kept.get()))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-570");
    assertThatThrownBy(() -> extension.get().count()).hasMessageContaining("TXH-570");
    host.withTransaction(
        () -> assertThatThrownBy(() -> count(kept.get())).hasMessageContaining("TXH-570"));
    assertNothingIsOut();
  }

  // ---- nothing stays out

  @Test // A26
  void nothingStaysOutWhateverIsDroppedOrThrownInABlock() {
    twoRows();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  jdbi.useExtension(
                      Reading.class,
                      reading -> {
                        assertThat(reading.ids().next()).isEqualTo(1);
                        throw new IllegalStateException("user");
                      }))
          .hasMessage("user");
      assertThatThrownBy(
              () ->
                  jdbi.useHandle(
                      handle -> {
                        handle
                            .createQuery("select id from item")
                            .mapTo(int.class)
                            .iterator()
                            .next();
                        throw new IllegalStateException("user");
                      }))
          .hasMessage("user");
      assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute("select no_such from item")))
          .isInstanceOf(StatementException.class);
      Iterator<Integer> dropped = jdbi.onDemand(Reading.class).ids();
      assertThat(dropped).isNotNull();
      assertNothingIsOut();
    }
  }

  @Test
  void whatACallbackInsideLeftOpenIsClosedAtItsEndAndTheTransactionGoesOn() {
    twoRows();
    host.withTransaction(
        () -> {
          Iterator<Integer> ofTheTransaction =
              host.tx().createQuery("select id from item order by id").mapTo(int.class).iterator();
          assertThat(ofTheTransaction.next()).isEqualTo(1);
          AtomicReference<ResultIterator<Integer>> left = new AtomicReference<>();
          List<String> cleaned = new ArrayList<>();
          jdbi.useHandle(
              handle -> {
                handle.addCleanable(() -> cleaned.add("outer"));
                jdbi.useHandle(inner -> inner.addCleanable(() -> cleaned.add("inner")));
                assertThat(cleaned).isEmpty();
                left.set(
                    handle
                        .createQuery("select id from item order by id")
                        .mapTo(int.class)
                        .iterator());
                assertThat(left.get().next()).isEqualTo(1);
              });
          assertThat(cleaned).containsExactly("inner", "outer");
          assertThatThrownBy(() -> left.get().next()).isInstanceOf(RuntimeException.class);
          assertThat(ofTheTransaction.next()).isEqualTo(2);
          insert(host.tx(), 3);
        });

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  // ---- transactions inside of it

  @Test // A26
  void aTransactionInsideABlockTakesTheBlocksConnectionAndGivesItBack() throws Exception {
    assertThatThrownBy(
            () ->
                jdbi.useHandle(
                    handle -> {
                      Connection own = handle.getConnection().unwrap(Connection.class);
                      count(handle);
                      host.withTransaction(
                          () -> {
                            insert(handle, 1);
                            insert(host.tx(), 2);
                            jdbi.useHandle(inner -> insert(inner, 3));
                          });
                      assertThat(count(handle)).isEqualTo(3);
                      handle.useTransaction(inner -> insert(inner, 4));
                      jdbi.onDemand(Items.class).insertBoth(5, 6);
                      assertThat(handle.getConnection().unwrap(Connection.class)).isSameAs(own);
                      host.withTransaction(
                          () -> {
                            insert(handle, 7);
                            jdbi.useExtension(Items.class, items -> items.insert(8));
                            throw new IllegalStateException("user");
                          });
                    }))
        .hasMessage("user");

    assertNothingIsOut();
    assertThat(rows()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void anExtensionUsedInsideATransactionThatItsBlockBeganIsInIt() {
    assertThatThrownBy(
            () ->
                jdbi.useExtension(
                    Items.class,
                    items ->
                        host.withTransaction(
                            () -> {
                              items.insert(1);
                              throw new IllegalStateException("user");
                            })))
        .hasMessage("user");

    assertThat(rows()).isEmpty();
    assertNothingIsOut();
  }

  // ---- got outside, used inside

  @Test // A27
  void aHandleGotOutsideIsInTheTransactionItIsUsedInAndSoAreItsStatementsAndBatches() {
    Handle kept = host.tx();
    var prepared = kept.createUpdate("insert into item (id, label) values (:id, 'x')");
    var batch = kept.prepareBatch("insert into item (id, label) values (:id, 'x')");
    batch.bind("id", 2).add().bind("id", 3).add();
    Items attached = kept.attach(Items.class);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      prepared.bind("id", 1).execute();
                      batch.execute();
                      insert(kept, 4);
                      attached.insert(5);
                      assertThat(count(host.tx())).isEqualTo(5);
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    assertThat(rows()).isEmpty();
    assertThat(count(kept)).isZero();
  }

  @Test // A27
  void aBlocksHandleIsSetAsideWithNothingInARequiresNew() {
    twoRows();
    jdbi.useHandle(
        handle ->
            host.withTransaction(
                () ->
                    assertThat(host.withoutTransaction(() -> handle.isInTransaction())).isFalse()));
    jdbi.useHandle(
        handle ->
            host.withTransaction(
                Propagation.REQUIRES_NEW, () -> assertThat(handle.isInTransaction()).isTrue()));
  }

  // ---- the policy

  @Test
  void aWriteOutsideIsRefusedItselfAndNothingIsSent() {
    Items items = jdbi.onDemand(Items.class);
    Generating generating = jdbi.onDemand(Generating.class);
    List<Runnable> writes =
        List.of(
            () -> insert(host.tx(), 1),
            () -> jdbi.useHandle(handle -> insert(handle, 1)),
            () -> jdbi.useExtension(Items.class, each -> each.insert(1)),
            () -> items.insert(1),
            () -> jdbi.useHandle(handle -> handle.attach(Items.class).insert(1)),
            () -> generating.untransactional(List.of(1, 2)),
            () ->
                jdbi.useHandle(
                    handle ->
                        handle
                            .prepareBatch("insert into item (id, label) values (:id, 'x')")
                            .bind("id", 1)
                            .add()
                            .execute()),
            () ->
                jdbi.useHandle(
                    handle -> handle.createScript("delete from item; delete from item").execute()),
            () ->
                jdbi.useHandle(
                    handle ->
                        handle.createBatch().add("delete from item").add("select 1").execute()),
            () ->
                jdbi.useHandle(
                    handle ->
                        handle
                            .createQuery("select id from item for update")
                            .mapTo(int.class)
                            .list()));
    for (Runnable write : writes) {
      assertThatThrownBy(write::run)
          .isExactlyInstanceOf(TransactionRequiredException.class)
          .hasMessageContaining("withTransaction")
          .hasMessageContaining("ALLOW");
      assertNothingIsOut();
    }

    assertThat(items.count()).isZero();
    assertThat(recorder.transcript()).doesNotContain("COMMIT", "BEGIN");
    assertThat(rows()).isEmpty();
  }

  interface Generating {
    @SqlBatch("insert into gen (label) values (:label)")
    @GetGeneratedKeys("id")
    List<Integer> all(List<String> label);

    @SqlBatch(value = "insert into item (id, label) values (:id, 'x')", transactional = false)
    void untransactional(List<Integer> id);
  }

  @Test
  void theKeysOfABatchAreReadThoughJdbiAsksForThemAfterItsTransaction() {
    try (Handle handle = Jdbi.create(database.dataSource()).open()) {
      handle.execute(
          "create table gen (id integer generated always as identity, label varchar(9))");
    }
    Generating generating = jdbi.onDemand(Generating.class);

    assertThat(generating.all(List.of("a", "b"))).containsExactly(1, 2);
    host.withTransaction(() -> assertThat(generating.all(List.of("c"))).containsExactly(3));
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      generating.all(List.of("d"));
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    try (Handle handle = Jdbi.create(database.dataSource()).open()) {
      assertThat(handle.createQuery("select count(*) from gen").mapTo(int.class).one())
          .isEqualTo(3);
    }
    assertNothingIsOut();
  }

  @Test // B11
  void whereNothingIsPermittedOutsideTheJdbisOwnTransactionsBeginAllTheSame() {
    Jdbi strict = jdbi();
    JdbiAdapter.view(
        TransactionHost.builder(JdbcAdapter.over(recorder))
            .fallbackPolicy(FallbackPolicy.DENY)
            .build(),
        strict);

    strict.useTransaction(handle -> insert(handle, 1));
    strict.onDemand(Items.class).insertBoth(2, 3);
    assertThatThrownBy(() -> strict.useHandle(BlockTest::count))
        .isInstanceOf(TransactionRequiredException.class);

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  // ---- both forms of the adapter

  @Test // A23
  void eachFormOfTheAdapterRollsBackWhatTheJdbiWrites() {
    Jdbi over = jdbi();
    Jdbi seen = jdbi();
    Jdbi viewed = jdbi();
    List<Jdbi> all = List.of(over, seen, viewed);
    List<TransactionHost<?>> hosts =
        List.of(
            TransactionHost.create(JdbiAdapter.over(over)),
            JdbiAdapter.view(TransactionHost.create(JdbcAdapter.over(recorder)), seen),
            TransactionHost.create(JdbiAdapter.over(viewed).viewedAs(new Named())));
    for (int i = 0; i < all.size(); i++) {
      Jdbi each = all.get(i);
      TransactionHost<?> own = hosts.get(i);
      assertThatThrownBy(
              () ->
                  own.withTransaction(
                      () -> {
                        each.useHandle(handle -> insert(handle, 1));
                        each.onDemand(Items.class).insert(2);
                        throw new IllegalStateException("user");
                      }))
          .hasMessage("user");
      assertThat(rows()).isEmpty();
      assertThatThrownBy(() -> each.useHandle(handle -> insert(handle, 1)))
          .isExactlyInstanceOf(TransactionRequiredException.class);
    }
  }

  /** A view on a view. */
  private static final class Named implements io.txhost.spi.ResourceView<Handle, String> {
    @Override
    public String inside(Handle handle) {
      return "inside";
    }

    @Override
    public String outside(Handle fallback) {
      return "outside";
    }
  }
}
