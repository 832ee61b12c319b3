package io.txhost.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.FallbackPolicy;
import io.txhost.TransactionHost;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Issue 12, 2: what a server keeps for a session is kept for a block of Jdbi's own, under load. */
@ExtendWith(NothingLeftBehind.class)
@Timeout(120)
final class ServerBlocksTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 100;

  interface Tenants extends SqlObject {
    @SqlQuery("select set_config('app.tenant', :tenant, false)")
    String set(String tenant);

    @SqlQuery("select current_setting('app.tenant')")
    String current();

    default String setAndAsk(String tenant) {
      set(tenant);
      return current();
    }
  }

  /** One round on one thread; true if it found another's. */
  @FunctionalInterface
  private interface Round {
    boolean foundAnothers(String own);
  }

  private static int anothers(Round round) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        tasks.add(
            () -> {
              int found = 0;
              for (int n = 0; n < ROUNDS; n++) {
                found += round.foundAnothers(thread + "-" + n) ? 1 : 0;
              }
              return found;
            });
      }
      int sum = 0;
      for (Future<Integer> each : threads.invokeAll(tasks)) {
        sum += each.get();
      }
      return sum;
    } finally {
      threads.shutdown();
    }
  }

  private static Pool poolOf(Database database, int size) {
    return Pool.on(database, PoolOptions.defaults().size(size));
  }

  private static Jdbi jdbi(Pool pool) {
    return Jdbi.create(pool).installPlugin(new SqlObjectPlugin());
  }

  @Test // A26
  void noBlockReadsAnothersSettings() throws Exception {
    try (Database database = Database.postgres();
        Pool pool = poolOf(database, 3)) {
      Jdbi jdbi = jdbi(pool);
      TransactionHost<Handle> host = TransactionHost.create(JdbiAdapter.over(jdbi));
      Tenants tenants = jdbi.onDemand(Tenants.class);

      assertThat(
              anothers(
                  own ->
                      jdbi.<Boolean, RuntimeException>withHandle(
                          handle -> {
                            handle
                                .select("select set_config('app.tenant', ?, false)", own)
                                .mapTo(String.class)
                                .one();
                            return !handle
                                .select("select current_setting('app.tenant')")
                                .mapTo(String.class)
                                .one()
                                .equals(own);
                          })))
          .as("withHandle")
          .isZero();
      assertThat(anothers(own -> !tenants.setAndAsk(own).equals(own))).as("onDemand").isZero();
      assertThat(
              anothers(
                  own ->
                      jdbi.<Boolean, Tenants, RuntimeException>withExtension(
                          Tenants.class,
                          each -> {
                            each.set(own);
                            host.withTransaction(() -> host.tx().execute("select 1"));
                            return !each.current().equals(own);
                          })))
          .as("withExtension, with a transaction inside")
          .isZero();
      assertThat(pool.connectionsOut()).isZero();
    }
  }

  @Test // A26
  void anAdvisoryLockHasOneHolder() throws Exception {
    try (Database database = Database.postgres();
        Pool pool = poolOf(database, 3)) {
      Jdbi jdbi = jdbi(pool);
      TransactionHost.create(JdbiAdapter.over(jdbi));
      AtomicInteger holders = new AtomicInteger();

      int tooMany =
          anothers(
              own ->
                  jdbi.<Boolean, RuntimeException>withHandle(
                      handle -> {
                        handle.select("select pg_advisory_lock(42)").mapToMap().one();
                        boolean isMore = holders.incrementAndGet() > 1;
                        holders.decrementAndGet();
                        return !handle
                                .select("select pg_advisory_unlock(42)")
                                .mapTo(boolean.class)
                                .one()
                            || isMore;
                      }));

      assertThat(tooMany).isZero();
      assertThat(pool.connectionsOut()).isZero();
    }
  }

  @Test // A26
  void theDriversConnectionCopiesListensAndIsNotified() throws Exception {
    try (Database database = Database.postgres();
        Pool pool = poolOf(database, 1)) {
      Jdbi jdbi = jdbi(pool);
      TransactionHost<Handle> host =
          TransactionHost.builder(JdbiAdapter.over(jdbi))
              .fallbackPolicy(FallbackPolicy.ALLOW)
              .build();
      jdbi.useHandle(handle -> handle.execute("create table item (id integer primary key)"));

      long copied =
          jdbi.withHandle(
              handle ->
                  handle
                      .getConnection()
                      .unwrap(PGConnection.class)
                      .getCopyAPI()
                      .copyIn("copy item from stdin", new StringReader("1\n2\n3\n")));
      PGNotification[] heard =
          jdbi.withHandle(
              handle -> {
                handle.execute("listen news");
                handle.execute("notify news, 'hello'");
                host.withTransaction(() -> host.tx().execute("notify news, 'again'"));
                return handle.getConnection().unwrap(PGConnection.class).getNotifications(5000);
              });

      assertThat(copied).isEqualTo(3);
      assertThat(heard).extracting(PGNotification::getParameter).containsExactly("hello", "again");
      assertThat(pool.connectionsOut()).isZero();
    }
  }

  @Test // A26
  void theLastInsertIdOfABlockIsItsOwn() throws Exception {
    try (Database database = Database.mariaDb();
        Pool pool = poolOf(database, 3)) {
      Jdbi jdbi = jdbi(pool);
      TransactionHost.builder(JdbiAdapter.over(jdbi)).fallbackPolicy(FallbackPolicy.ALLOW).build();
      jdbi.useHandle(
          handle ->
              handle.execute(
                  "create table item (id integer auto_increment primary key, label varchar(20))"));

      int another =
          anothers(
              own ->
                  jdbi.<Boolean, RuntimeException>withHandle(
                      handle -> {
                        handle.execute("insert into item (label) values (?)", own);
                        return !handle
                            .select("select label from item where id = last_insert_id()")
                            .mapTo(String.class)
                            .one()
                            .equals(own);
                      }));

      assertThat(another).isZero();
      assertThat(pool.connectionsOut()).isZero();
    }
  }
}
