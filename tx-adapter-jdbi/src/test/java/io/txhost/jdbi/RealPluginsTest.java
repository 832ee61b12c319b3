package io.txhost.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.kotlin.KotlinPlugin;
import org.jdbi.v3.core.qualifier.QualifiedType;
import org.jdbi.v3.jackson2.Jackson2Plugin;
import org.jdbi.v3.json.Json;
import org.jdbi.v3.postgres.PgLobApi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.postgres.PostgresTypes;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.postgresql.util.PGobject;

/** Issue 12, 10: Jdbi's real plugins, on a pool of one connection. */
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
final class RealPluginsTest {
  private static Database database;
  private Pool pool;

  @BeforeAll
  static void start() throws Exception {
    database = Database.postgres();
    try (Handle handle = Jdbi.create(database.dataSource()).open()) {
      handle.execute("create table item (id uuid primary key, data jsonb, lob oid, tags text[])");
      handle.execute("create type mood as (feeling text)");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @BeforeEach
  void open() {
    pool = Pool.on(database, PoolOptions.defaults().size(1));
  }

  @AfterEach
  void close() throws Exception {
    try (Pool drained = pool) {
      assertThat(drained.connectionsOut()).isZero();
    }
  }

  record Data(String text, int number) {}

  interface Items {
    @SqlUpdate("insert into item (id, data, tags) values (:id, :data, :tags)")
    void insert(UUID id, @Json Data data, List<String> tags);

    @SqlQuery("select data from item where id = :id")
    @Json
    Data data(UUID id);
  }

  private Jdbi jdbi() {
    return Jdbi.create(pool).installPlugin(new PostgresPlugin());
  }

  // ---- PostgreSQL

  @Test // A2, A15
  void thePostgresPluginTakesNoConnectionBeforeTheFirstStatement() throws Exception {
    Jdbi jdbi = jdbi();
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    Jdbi seen = jdbi();
    TransactionHost<Handle> view =
        JdbiAdapter.view(TransactionHost.create(JdbcAdapter.over(pool)), seen);
    try (Connection only = pool.getConnection()) {
      for (TransactionHost<Handle> each : List.of(host, view)) {
        assertThat(each.tx()).isNotNull();
        each.withTransaction(() -> assertThat(each.tx()).isNotNull());
      }
      jdbi.useHandle(handle -> assertThat(handle.isClosed()).isFalse());
      seen.useTransaction(handle -> assertThat(handle.isInTransaction()).isTrue());
      assertThat(only.isValid(30)).isTrue();
    }

    for (TransactionHost<Handle> each : List.of(host, view)) {
      assertThat(each.tx().select("select 1").mapTo(int.class).one()).isOne();
      assertThat(
              each.<Integer, RuntimeException>withTransaction(
                  () -> each.tx().select("select 1").mapTo(int.class).one()))
          .isOne();
    }
    assertThat(
            jdbi.<Integer, RuntimeException>withHandle(
                handle -> handle.select("select 1").mapTo(int.class).one()))
        .isOne();
  }

  @Test
  void itsLargeObjectsAreInTheTransaction() throws Exception {
    Jdbi jdbi = jdbi();
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    UUID kept = UUID.randomUUID();

    long oid =
        host.withTransaction(
            () -> {
              PgLobApi lobs = host.tx().getConfig(PostgresTypes.class).getLobApi();
              long made = lobs.createLob();
              lobs.writeLob(made, new ByteArrayInputStream(new byte[] {1, 2, 3}));
              host.tx().execute("insert into item (id, lob) values (?, ?)", kept, made);
              return made;
            });
    assertThatThrownBy(
            () ->
                jdbi.useTransaction(
                    handle -> {
                      handle.getConfig(PostgresTypes.class).getLobApi().deleteLob(oid);
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    byte[] read =
        jdbi.inTransaction(
            handle -> {
              try (InputStream lob =
                  handle
                      .select("select lob from item where id = ?", kept)
                      .mapTo(InputStream.class)
                      .one()) {
                return lob.readAllBytes();
              }
            });
    assertThat(read).containsExactly(1, 2, 3);
  }

  @Test
  void anInputStreamBoundInTheFirstStatementIsALargeObject() throws Exception {
    Jdbi jdbi = jdbi();
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    UUID id = UUID.randomUUID();

    host.withTransaction(
        () ->
            host.tx()
                .createUpdate("insert into item (id, lob) values (:id, :lob)")
                .bind("id", id)
                .bindByType("lob", new ByteArrayInputStream(new byte[] {4}), InputStream.class)
                .execute());

    assertThat(
            jdbi.<Boolean, RuntimeException>withHandle(
                handle ->
                    handle
                        .select("select lob is not null from item where id = ?", id)
                        .mapTo(boolean.class)
                        .one()))
        .isTrue();
  }

  /** A type of the user's own. */
  public static final class Mood extends PGobject {
    private static final long serialVersionUID = 1;
  }

  @Test
  void aTypeOfTheUsersIsKnownOnTheConnectionThatIsUsed() {
    Jdbi jdbi = jdbi();
    jdbi.configure(PostgresTypes.class, types -> types.registerCustomType(Mood.class, "mood"));
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    String query = "select row('happy')::mood";

    jdbi.useHandle(
        handle ->
            assertThat(handle.select(query).map((row, context) -> row.getObject(1)).one())
                .isInstanceOf(Mood.class));
    host.withTransaction(
        () ->
            assertThat(host.tx().select(query).map((row, context) -> row.getObject(1)).one())
                .isInstanceOf(Mood.class));
    assertThatThrownBy(() -> host.tx().select(query).mapToMap().one())
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-557")
        .hasMessageContaining("withHandle");
  }

  @Test
  void itsTypesAndJacksonsWorkTogetherAndAreRolledBack() {
    Jdbi jdbi = jdbi().installPlugin(new SqlObjectPlugin()).installPlugin(new Jackson2Plugin());
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    Items items = jdbi.onDemand(Items.class);
    UUID kept = UUID.randomUUID();
    UUID undone = UUID.randomUUID();
    Data data = new Data("x", 1);

    host.withTransaction(() -> items.insert(kept, data, List.of("a", "b")));
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      items.insert(undone, data, List.of());
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");

    assertThat(items.data(kept)).isEqualTo(data);
    jdbi.useHandle(
        handle -> {
          assertThat(
                  handle
                      .select("select data from item where id = ?", kept)
                      .mapTo(QualifiedType.of(Data.class).with(Json.class))
                      .one())
              .isEqualTo(data);
          assertThat(
                  handle
                      .select("select tags from item where id = ?", kept)
                      .mapTo(String[].class)
                      .one())
              .containsExactly("a", "b");
          assertThat(handle.select("select id from item where id = ?", undone).mapToMap().list())
              .isEmpty();
        });
  }

  @Test
  void theDriversOwnIsUnwrappedInsideAndInABlock() throws Exception {
    Jdbi jdbi = jdbi();
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    int inside =
        host.withTransaction(
            () -> host.tx().getConnection().unwrap(PGConnection.class).getBackendPID());
    int block =
        jdbi.withHandle(
            handle -> handle.getConnection().unwrap(PGConnection.class).getBackendPID());

    assertThat(inside).isEqualTo(block);
  }

  // ---- Kotlin

  @Test
  void theKotlinPluginIsWellInEitherOrder() {
    for (boolean first : List.of(true, false)) {
      Jdbi jdbi = Jdbi.create(pool);
      if (first) {
        jdbi.installPlugin(new KotlinPlugin(true, false));
      }
      TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
      if (!first) {
        jdbi.installPlugin(new KotlinPlugin(true, false));
      }
      assertRollsBack(jdbi, host);
    }
  }

  @Test
  void theKotlinPluginsCoroutineScopeJoinsIfItWasThereFirst() {
    Jdbi jdbi = Jdbi.create(pool).installPlugin(new KotlinPlugin(true, true));
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));

    assertRollsBack(jdbi, host);
    jdbi.useHandle(outer -> jdbi.useHandle(inner -> assertThat(inner).isSameAs(outer)));
  }

  @Test
  void theKotlinPluginsCoroutineScopeSetLaterIsRefusedAtTheNextUse() {
    Jdbi jdbi = Jdbi.create(pool);
    TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
    jdbi.installPlugin(new KotlinPlugin(true, true));

    for (Runnable use :
        List.<Runnable>of(
            host::tx,
            () -> host.withTransaction(host::tx),
            () -> jdbi.useHandle(handle -> handle.execute("delete from item")),
            () -> jdbi.useTransaction(handle -> handle.execute("delete from item")),
            () ->
                host.withTransaction(
                    () -> jdbi.useHandle(handle -> handle.execute("delete from item"))))) {
      assertThatThrownBy(use::run)
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("TXH-556");
    }
  }

  private static void assertRollsBack(Jdbi jdbi, TransactionHost<Handle> host) {
    UUID id = UUID.randomUUID();
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      jdbi.useHandle(
                          handle -> handle.execute("insert into item (id) values (?)", id));
                      throw new IllegalStateException("user");
                    }))
        .hasMessage("user");
    List<Map<String, Object>> left =
        jdbi.withHandle(
            handle -> handle.select("select id from item where id = ?", id).mapToMap().list());
    assertThat(left).isEmpty();
  }
}
