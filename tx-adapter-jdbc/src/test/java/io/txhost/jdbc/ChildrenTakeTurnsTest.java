package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.test.Database;
import io.txhost.test.Pool;
import io.txhost.test.PoolOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What structured children ask of one connection reaches its driver one call at a time. */
@Timeout(120)
class ChildrenTakeTurnsTest {
  private static final int CHILDREN = 8;
  private static final int ROUNDS = 60;

  /** Calls in which a driver may use what its connection's other objects use. */
  private static final Pattern IN_TURN =
      Pattern.compile(
          "(execute|prepare|create|set(AutoCommit|Savepoint|ReadOnly)|release|commit|rollback|next|close$"
              + "|getObject|getMetaData|getTables|getMoreResults|isValid|abort).*");

  private final AtomicReference<@Nullable String> inside = new AtomicReference<>();
  private final Queue<String> overlaps = new ConcurrentLinkedQueue<>();
  private final Set<String> called = ConcurrentHashMap.newKeySet();

  @Test
  void noTwoCallsOfTheDriverOverlap() throws Exception {
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults())) {
      TransactionHost<Connection> host =
          TransactionHost.create(JdbcAdapter.over(watched(DataSource.class, pool)));
      host.withoutTransaction(
          () -> {
            try (Statement statement = host.tx().createStatement()) {
              return statement.execute("create table turns (child int, round int)");
            }
          });
      List<Callable<Integer>> children = new ArrayList<>();
      for (int i = 0; i < CHILDREN; i++) {
        int child = i;
        children.add(() -> use(host.tx(), child));
      }

      List<Integer> seen = host.withTransaction(() -> host.inParallel(children));

      assertThat(overlaps).isEmpty();
      assertThat(seen).hasSize(CHILDREN).allMatch(rows -> rows == ROUNDS * 3);
      assertThat(called)
          .as("what was watched")
          .contains("prepareStatement", "executeUpdate", "executeBatch", "executeQuery", "next")
          .contains("getObject", "createStatement", "getTables", "close");
    }
  }

  private static int use(Connection connection, int child) throws SQLException {
    int seen = 0;
    for (int round = 0; round < ROUNDS; round++) {
      insert(connection, child, round);
      seen += batch(connection, child, round);
      metaData(connection);
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from turns where child = " + child)) {
      while (rows.next()) {
        seen += rows.getObject("child", Integer.class) == child ? 1 : 0;
      }
    }
    return seen;
  }

  private static void insert(Connection connection, int child, int round) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into turns (child, round) values (?, ?)")) {
      insert.setInt(1, child);
      insert.setInt(2, round);
      insert.executeUpdate();
    }
  }

  private static int batch(Connection connection, int child, int round) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("insert into turns (child, round) values (" + child + ", -1)");
      statement.addBatch("delete from turns where child = -1 and round = " + round);
      return statement.executeBatch()[0];
    }
  }

  private static void metaData(Connection connection) throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, null, "TURNS", null)) {
      while (tables.next()) {
        assertThat(tables.getString("TABLE_NAME")).isEqualTo("TURNS");
      }
    }
  }

  // ---- the watch

  private <T> T watched(Class<T> type, Object real) {
    return type.cast(
        Proxy.newProxyInstance(
            ChildrenTakeTurnsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> call(real, method, arguments)));
  }

  private @Nullable Object call(Object real, Method method, Object @Nullable [] arguments)
      throws Throwable {
    boolean isWatched =
        !(real instanceof DataSource) && IN_TURN.matcher(method.getName()).matches();
    if (isWatched) {
      enter(method.getName());
    }
    try {
      return watchedToo(method.invoke(real, arguments));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (isWatched) {
        inside.set(null);
      }
    }
  }

  private void enter(String call) {
    called.add(call);
    String other = inside.getAndSet(call + " on " + Thread.currentThread().getName());
    if (other != null) {
      overlaps.add(call + " during " + other);
    }
    for (int i = 0; i < 50; i++) { // long enough for another to come
      Thread.onSpinWait();
    }
  }

  private @Nullable Object watchedToo(@Nullable Object result) {
    if (result instanceof PreparedStatement) {
      return watched(PreparedStatement.class, result);
    }
    for (Class<?> type :
        List.of(Connection.class, Statement.class, ResultSet.class, DatabaseMetaData.class)) {
      if (type.isInstance(result)) {
        return watched(type, result);
      }
    }
    return result;
  }
}
