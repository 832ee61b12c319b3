package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.CannotBeginTransactionException;
import io.txhost.FallbackPolicy;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.postgresql.PGConnection;

/**
 * A31: row-level security by tenant, on PostgreSQL, as a role that is no superuser. Each host sets
 * the tenant of the caller's context before the first statement of each transaction, and around
 * each statement outside.
 */
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(300)
class TenantsTest {
  private static final ContextKey<String> TENANT = ContextKey.of("tenant", String.class);
  private static final List<String> TENANTS = List.of("a", "b", "c", "d", "e");

  /** Of each library: of all three more than 10,000. */
  private static final int OPERATIONS = Integer.getInteger("matrix.tenants", 3_400);

  private static final int THREADS = 8;

  private final ServerDatabase database = open();
  private final AtomicInteger ids = new AtomicInteger();

  private static ServerDatabase open() {
    try {
      return Database.postgres();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void protect() throws SQLException {
    asOwner(
        "create table doc (id integer primary key, tenant varchar(10) not null default"
            + " current_setting('app.tenant'), label varchar(40))",
        "alter table doc enable row level security",
        "create policy own on doc using (tenant = current_setting('app.tenant'))"
            + " with check (tenant = current_setting('app.tenant'))",
        "do $$ begin create role clerk nologin; exception when duplicate_object then null; end $$",
        "grant all on doc to clerk");
  }

  @BeforeEach
  void empty() throws SQLException {
    asOwner("delete from doc");
    for (String tenant : TENANTS) {
      asOwner(
          "insert into doc (id, tenant, label) values ("
              + ids.incrementAndGet()
              + ", '"
              + tenant
              + "', 'first')");
    }
  }

  @AfterAll
  void close() throws Exception {
    asOwner("drop table doc", "drop role clerk");
    database.close();
  }

  private void asOwner(String... statements) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Its connections are the clerk's, whom the policy binds. */
  private static HikariDataSource pool(DataSource below, int size) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(below);
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(10_000);
    config.setConnectionInitSql("set role clerk");
    return new HikariDataSource(config);
  }

  private static String tenant() {
    return Context.current().require(TENANT);
  }

  private static void as(String tenant, Runnable work) {
    Context.run(
        () -> {
          Context.current().set(TENANT, tenant);
          work.run();
        });
  }

  // ---- what each library does

  /** One library over a host of its own. */
  private interface Library {
    /** The tenants of all rows that are seen. */
    List<String> read();

    void write(int id);

    TransactionHost<?> host();
  }

  private static Library jdbc(DataSource pool, FallbackPolicy policy) {
    TransactionHost<Connection> host =
        TransactionHost.builder(JdbcAdapter.over(pool))
            .fallbackPolicy(policy)
            .onBegin(
                (connection, transaction) -> {
                  try (PreparedStatement set =
                      connection.prepareStatement("select set_config('app.tenant', ?, true)")) {
                    set.setString(1, tenant());
                    set.execute();
                  }
                })
            .build();
    return new Library() {
      @Override
      public List<String> read() {
        try (Statement statement = host.tx().createStatement();
            ResultSet rows = statement.executeQuery("select tenant from doc")) {
          List<String> found = new ArrayList<>();
          while (rows.next()) {
            found.add(rows.getString(1));
          }
          return found;
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void write(int id) {
        try (PreparedStatement insert =
            host.tx().prepareStatement("insert into doc (id, label) values (?, 'x')")) {
          insert.setInt(1, id);
          insert.executeUpdate();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public TransactionHost<?> host() {
        return host;
      }
    };
  }

  private static Library jdbi(DataSource pool, FallbackPolicy policy) {
    Jdbi jdbi = Jdbi.create(pool);
    TransactionHost<Handle> host =
        TransactionHost.builder(JdbiAdapter.over(jdbi))
            .fallbackPolicy(policy)
            .onBegin(
                (handle, transaction) ->
                    handle
                        .createQuery("select set_config('app.tenant', :tenant, true)")
                        .bind("tenant", tenant())
                        .mapTo(String.class)
                        .one())
            .build();
    return new Library() {
      private int turn;

      @Override
      public List<String> read() {
        String sql = "select tenant from doc";
        return turn++ % 2 == 0
            ? host.tx().createQuery(sql).mapTo(String.class).list()
            : jdbi.withHandle(
                handle -> {
                  handle.createQuery(sql).mapTo(String.class).list();
                  return handle.createQuery(sql).mapTo(String.class).list();
                });
      }

      @Override
      public void write(int id) {
        host.tx().execute("insert into doc (id, label) values (?, 'x')", id);
      }

      @Override
      public TransactionHost<?> host() {
        return host;
      }
    };
  }

  private static Library jooq(DataSource pool, FallbackPolicy policy) {
    TransactionHost<DSLContext> host =
        TransactionHost.builder(JooqAdapter.over(pool, SQLDialect.POSTGRES))
            .fallbackPolicy(policy)
            .onBegin(
                (dsl, transaction) ->
                    dsl.fetch("select set_config('app.tenant', ?, true)", tenant()))
            .build();
    return new Library() {
      @Override
      public List<String> read() {
        return host.tx().fetch("select tenant from doc").map(row -> (String) row.get(0));
      }

      @Override
      public void write(int id) {
        host.tx().execute("insert into doc (id, label) values (?, 'x')", id);
      }

      @Override
      public TransactionHost<?> host() {
        return host;
      }
    };
  }

  private interface Making {
    Library over(DataSource pool, FallbackPolicy policy);
  }

  // ---- nobody sees another's rows

  @Test
  void jdbcShowsNoRowOfAnotherTenant() throws Exception {
    showsNoRowOfAnotherTenant(TenantsTest::jdbc);
  }

  @Test
  void jdbiShowsNoRowOfAnotherTenant() throws Exception {
    showsNoRowOfAnotherTenant(TenantsTest::jdbi);
  }

  @Test
  void jooqShowsNoRowOfAnotherTenant() throws Exception {
    showsNoRowOfAnotherTenant(TenantsTest::jooq);
  }

  private void showsNoRowOfAnotherTenant(Making making) throws Exception {
    long seed = System.nanoTime();
    AtomicInteger seen = new AtomicInteger();
    AtomicInteger left = new AtomicInteger(OPERATIONS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (HikariDataSource pool = pool(database.dataSource(), 3)) {
      Library library = making.over(pool, FallbackPolicy.ALLOW);
      List<Future<Integer>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed + i);
        done.add(
            threads.submit(
                () -> {
                  int strangers = 0;
                  while (left.getAndDecrement() > 0) {
                    strangers += operation(library, random, seen);
                  }
                  return strangers;
                }));
      }
      int strangers = 0;
      for (Future<Integer> each : done) {
        strangers += each.get(200, TimeUnit.SECONDS);
      }
      assertThat(strangers).as("rows of another tenant, seed %d", seed).isZero();
      assertThat(seen.get()).as("rows seen, seed %d", seed).isGreaterThanOrEqualTo(OPERATIONS / 2);
      assertNothingIsLeft(pool);
    } finally {
      threads.shutdownNow();
    }
    assertEachRowIsItsWritersOwn();
  }

  /** Gives how many rows of another tenant it saw. */
  private int operation(Library library, Random random, AtomicInteger seen) {
    String mine = TENANTS.get(random.nextInt(TENANTS.size()));
    AtomicInteger strangers = new AtomicInteger();
    Runnable reads =
        () -> {
          for (String found : library.read()) {
            seen.incrementAndGet();
            strangers.addAndGet(found.equals(mine) ? 0 : 1);
          }
        };
    // the rows stay few: what is written is deleted by being rolled back, mostly
    Runnable writes = () -> library.write(ids.incrementAndGet());
    as(
        mine,
        () -> {
          switch (random.nextInt(8)) {
            case 0 -> library.host().withTransaction(reads::run);
            case 1 ->
                library
                    .host()
                    .withTransaction(
                        () -> {
                          writes.run();
                          reads.run();
                          library.host().currentTransaction().orElseThrow().setRollbackOnly();
                        });
            case 2 ->
                library
                    .host()
                    .withTransaction(
                        () -> {
                          library
                              .host()
                              .withTransaction(
                                  Propagation.NESTED,
                                  () -> {
                                    writes.run();
                                    library
                                        .host()
                                        .currentTransaction()
                                        .orElseThrow()
                                        .setRollbackOnly();
                                  });
                          reads.run();
                        });
            case 3 -> {
              if (random.nextInt(20) == 0) {
                library.host().withoutTransaction(writes::run);
              }
              library.host().withoutTransaction(reads::run);
            }
            case 4 ->
                library
                    .host()
                    .withTransaction(TransactionOptions.defaults().readOnly(true), reads::run);
            default -> reads.run();
          }
        });
    return strangers.get();
  }

  private static void assertNothingIsLeft(HikariDataSource pool) throws SQLException {
    List<Connection> all = new ArrayList<>();
    try {
      for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
        Connection connection = pool.getConnection();
        all.add(connection);
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(settingOf(connection)).isNullOrEmpty();
      }
    } finally {
      for (Connection connection : all) {
        connection.close();
      }
    }
  }

  private static String settingOf(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select current_setting('app.tenant', true), current_user")) {
      row.next();
      assertThat(row.getString(2)).isEqualTo("clerk");
      return row.getString(1);
    }
  }

  private void assertEachRowIsItsWritersOwn() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select count(*), count(distinct tenant) from doc")) {
      row.next();
      assertThat(row.getInt(1)).isGreaterThan(TENANTS.size());
      assertThat(row.getInt(2)).isEqualTo(TENANTS.size());
    }
  }

  // ---- whatever comes first

  @Test
  void whateverComesFirstHasTheTenant() throws Exception {
    try (HikariDataSource pool = pool(database.dataSource(), 1)) {
      Library library = jdbc(pool, FallbackPolicy.READ_ONLY);
      TransactionHost<Connection> host = connections(library);
      as(
          "a",
          () -> {
            host.withTransaction(() -> assertThat(copied(host.tx())).isEqualTo("a"));
            host.withTransaction(
                Propagation.NESTED, () -> assertThat(library.read()).containsOnly("a"));
            host.withTransaction(
                () -> {
                  host.withTransaction(
                      Propagation.NESTED,
                      () -> {
                        assertThat(copied(host.tx())).isEqualTo("a");
                        host.currentTransaction().orElseThrow().setRollbackOnly();
                      });
                  assertThat(library.read()).hasSize(1).containsOnly("a");
                });
            host.withTransaction(
                TransactionOptions.defaults().isolation(Isolation.SERIALIZABLE).readOnly(true),
                () -> assertThat(library.read()).containsOnly("a"));
            host.withTransaction(
                () -> {
                  TransactionalCallable<List<String>, Exception> child = library::read;
                  assertThat(inParallel(host, child)).containsOnly("a");
                });
          });
      assertNothingIsLeft(pool);
    }
  }

  private static <R> R inParallel(
      TransactionHost<?> host, TransactionalCallable<R, Exception> child) {
    try {
      return host.inParallel(List.of(child)).get(0);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static TransactionHost<Connection> connections(Library library) {
    return (TransactionHost<Connection>) library.host();
  }

  /** By the driver's own object. */
  private static String copied(Connection connection) {
    StringWriter out = new StringWriter();
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("copy (select tenant from doc) to stdout", out);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return out.toString().strip();
  }

  @Test
  void anUpdateOutsideIsCommittedWhenItReturnsAndItsKeysCanBeRead() throws Exception {
    try (HikariDataSource pool = pool(database.dataSource(), 1)) {
      TransactionHost<Connection> host = connections(jdbc(pool, FallbackPolicy.ALLOW));
      int id = ids.incrementAndGet();
      as(
          "a",
          () -> {
            try (Statement insert = host.tx().createStatement()) {
              insert.executeUpdate(
                  "insert into doc (id, label) values (" + id + ", 'x')",
                  Statement.RETURN_GENERATED_KEYS);
              assertThat(isThere(id)).isTrue();
              try (ResultSet keys = insert.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
                assertThat(keys.getInt("id")).isEqualTo(id);
                assertThat(keys.getString("tenant")).isEqualTo("a");
              }
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
      assertNothingIsLeft(pool);
    }
  }

  private boolean isThere(int id) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select 1 from doc where id = " + id)) {
      return row.next();
    }
  }

  @Test
  void aStatementThatIsKeptHasTheTenantOfEachExecution() throws Exception {
    try (HikariDataSource pool = pool(database.dataSource(), 2)) {
      TransactionHost<Connection> host = connections(jdbc(pool, FallbackPolicy.READ_ONLY));
      try (PreparedStatement kept =
          host.tx().prepareStatement("select tenant from doc where label = ?")) {
        kept.setString(1, "first");
        for (String tenant : TENANTS) {
          as(tenant, () -> assertThat(only(kept)).isEqualTo(tenant));
        }
        as("a", () -> host.withTransaction(() -> assertThat(only(kept)).isEqualTo("a")));
        as("b", () -> assertThat(only(kept)).isEqualTo("b"));
      }
      assertNothingIsLeft(pool);
    }
  }

  private static String only(PreparedStatement statement) {
    try (ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      String found = rows.getString(1);
      assertThat(rows.next()).isFalse();
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aBlockOfJdbisHasTheTenantOfEachStatementOnOneConnection() throws Exception {
    try (HikariDataSource pool = pool(database.dataSource(), 1)) {
      Jdbi jdbi = Jdbi.create(pool);
      TransactionHost<Handle> host =
          TransactionHost.builder(JdbiAdapter.over(jdbi))
              .fallbackPolicy(FallbackPolicy.ALLOW)
              .onBegin(
                  (handle, transaction) ->
                      handle.execute("select set_config('app.tenant', ?, true)", tenant()))
              .build();
      jdbi.useHandle(
          handle -> {
            for (String tenant : TENANTS) {
              as(
                  tenant,
                  () -> {
                    handle.execute(
                        "insert into doc (id, label) values (?, 'x')", ids.incrementAndGet());
                    assertThat(
                            handle.createQuery("select tenant from doc").mapTo(String.class).list())
                        .hasSize(2)
                        .containsOnly(tenant);
                    host.withTransaction(
                        () ->
                            assertThat(
                                    host.tx()
                                        .createQuery("select tenant from doc")
                                        .mapTo(String.class)
                                        .list())
                                .containsOnly(tenant));
                  });
            }
          });
      assertNothingIsLeft(pool);
    }
  }

  @Test
  void aTenantThatCannotBeSetLetsNothingThrough() throws Exception {
    try (HikariDataSource pool = pool(database.dataSource(), 1)) {
      Library library = jdbc(pool, FallbackPolicy.ALLOW);
      assertThatThrownBy(library::read).isInstanceOf(CannotBeginTransactionException.class);
      assertThatThrownBy(() -> library.host().withTransaction(() -> library.write(1)))
          .isInstanceOf(CannotBeginTransactionException.class);
      as("a", () -> assertThat(library.read()).containsOnly("a"));
      assertNothingIsLeft(pool);
    }
  }

  @Test
  void aWriteOfAnotherTenantsIsTheDatabasesRefusalInsideAndOutside() throws Exception {
    try (HikariDataSource pool = pool(database.dataSource(), 1)) {
      TransactionHost<Connection> host = connections(jdbc(pool, FallbackPolicy.ALLOW));
      as(
          "a",
          () -> {
            assertThatThrownBy(() -> intrude(host)).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> host.withTransaction(() -> intrude(host)))
                .isInstanceOf(SQLException.class);
          });
      assertNothingIsLeft(pool);
    }
  }

  private void intrude(TransactionHost<Connection> host) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeUpdate(
          "insert into doc (id, tenant, label) values (" + ids.incrementAndGet() + ", 'b', 'x')");
    }
  }

  // ---- what it costs

  @Test
  void itsStatementIsOneTurnMoreInsideAndBeginAndCommitOutside() throws Exception {
    try (LoopbackProxy proxy = LoopbackProxy.before(database.port());
        HikariDataSource pool = pool(database.dataSourceAt(proxy.port()), 1)) {
      Library library = jdbc(pool, FallbackPolicy.ALLOW);
      Runnable inside = () -> library.host().withTransaction(library::read);
      as(
          "a",
          () -> {
            for (int i = 0; i < 10; i++) { // until the driver has prepared them
              inside.run();
              library.read();
              library.host().withoutTransaction(() -> library.write(ids.incrementAndGet()));
            }
            assertThat(turnsOf(proxy, inside)).as("a query inside").isEqualTo(3);
            assertThat(turnsOf(proxy, library::read)).as("a query outside").isEqualTo(3);
            assertThat(turnsOf(proxy, () -> library.write(ids.incrementAndGet())))
                .as("a write outside")
                .isEqualTo(3);
          });
    }
  }

  private static int turnsOf(LoopbackProxy proxy, Runnable work) {
    int before = proxy.turns();
    work.run();
    return proxy.turns() - before;
  }
}
