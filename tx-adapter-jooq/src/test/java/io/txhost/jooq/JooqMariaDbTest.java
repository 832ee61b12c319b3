package io.txhost.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What only MariaDB has: {@code last_insert_id()}, which is the session's, and rows that stream.
 */
@ExtendWith(NothingLeftBehind.class)
@Timeout(120)
final class JooqMariaDbTest {
  private static Database database;
  private Pool pool;
  private TransactionHost<DSLContext> host;
  private DSLContext dsl;

  @BeforeAll
  static void start() throws Exception {
    database = Database.mariaDb();
    try (Connection connection = database.dataSource().getConnection()) {
      connection
          .createStatement()
          .execute("create table numbered (id int auto_increment primary key, mark varchar(40))");
    }
  }

  @BeforeEach
  void open() {
    openPool(1);
  }

  private void openPool(int size) {
    pool = Pool.on(database, PoolOptions.defaults().size(size));
    host = TransactionHost.create(JooqAdapter.over(pool, SQLDialect.MARIADB));
    dsl = JooqAdapter.dsl(host);
  }

  @AfterEach
  void close() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.createStatement().execute("truncate table numbered");
    }
    try (Pool drained = pool) {
      assertThat(drained.connectionsOut()).isZero();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test // A2
  void noThreadReadsAnothersLastInsertId() throws Exception {
    pool.close();
    openPool(3);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Integer> work =
          () -> {
            int wrong = 0;
            for (int round = 0; round < 100; round++) {
              String mark = Thread.currentThread().getId() + "-" + round;
              int id = host.withoutTransaction(() -> dsl.connectionResult(c -> inserted(c, mark)));
              wrong += mark.equals(markOf(id)) ? 0 : 1;
            }
            return wrong;
          };
      int wrong = 0;
      List<Future<Integer>> done =
          threads.invokeAll(Collections.nCopies(8, work), 100, TimeUnit.SECONDS);
      for (Future<Integer> each : done) {
        wrong += each.get();
      }
      assertThat(wrong).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  private static int inserted(Connection connection, String mark) throws SQLException {
    try (var insert = connection.prepareStatement("insert into numbered (mark) values (?)")) {
      insert.setString(1, mark);
      insert.executeUpdate();
    }
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("select last_insert_id()")) {
      result.next();
      return result.getInt(1);
    }
  }

  private String markOf(int id) {
    return dsl.fetchSingle("select mark from numbered where id = ?", id).get(0, String.class);
  }

  @Test // A2
  void aBoundaryForEachRowOfAStreamRunsOnAPoolOfOne() {
    host.withTransaction(
        () -> {
          for (int i = 0; i < 50; i++) {
            host.tx().execute("insert into numbered (mark) values ('read')");
          }
        });
    try (Stream<Record> rows =
        dsl.resultQuery("select id from numbered").fetchSize(1).fetchStream()) {
      rows.forEach(
          row ->
              host.withTransaction(
                  () -> host.tx().execute("insert into numbered (mark) values ('written')")));
    }

    assertThat(dsl.fetchSingle("select count(*) from numbered").get(0, Integer.class))
        .isEqualTo(100);
  }

  @Test // A21
  void writesAndLocksOutsideAreRefused() {
    for (String write :
        List.of(
            "insert into numbered (mark) values ('x')",
            "replace into numbered (mark) values ('x')",
            "select * from numbered for update",
            "select * from numbered lock in share mode",
            "lock tables numbered write",
            "call nothing()")) {
      assertThatThrownBy(() -> dsl.execute(write))
          .as(write)
          .isExactlyInstanceOf(TransactionRequiredException.class);
    }
  }
}
