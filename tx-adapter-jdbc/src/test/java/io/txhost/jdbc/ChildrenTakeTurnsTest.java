package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.Pool;
import io.txhost.test.PoolOptions;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
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
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What structured children ask of one connection reaches its driver one call at a time. */
@Timeout(120)
@ExtendWith(NothingLeftBehind.class)
class ChildrenTakeTurnsTest {
  private static final int CHILDREN = 8;
  private static final int ROUNDS = 60;

  /**
   * Calls that stay with their object: the row that was fetched, a parameter of a plain type, and
   * what it was made as. They take no turn; all others do.
   */
  private static final Pattern LOCAL =
      Pattern.compile(
          "get(Int|String|Long|Boolean|Statement|Connection|UpdateCount|ResultSet|Type|FetchSize|MaxRows)"
              + "|set(Int|String|Long|FetchSize|MaxRows|Poolable)|wasNull|findColumn|addBatch|isClosed"
              + "|unwrap|isWrapperFor|toString|hashCode|equals");

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
          .contains("getObject", "createStatement", "getTables", "close", "setQueryTimeout")
          .contains("getQueryTimeout", "setBlob", "setBytes", "length", "getColumnCount")
          .contains("getParameterCount", "getWarnings", "free");
    }
  }

  private static int use(Connection connection, int child) throws SQLException {
    int seen = 0;
    for (int round = 0; round < ROUNDS; round++) {
      insert(connection, child, round);
      seen += batch(connection, child, round);
      metaData(connection);
      large(connection, child);
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

  private static void large(Connection connection, int child) throws SQLException {
    Blob blob = connection.createBlob();
    blob.setBytes(1, new byte[] {1, 2, 3});
    try (PreparedStatement select = connection.prepareStatement("select cast(? as blob), ?")) {
      select.setQueryTimeout(20 + select.getQueryTimeout());
      select.setBlob(1, blob);
      select.setInt(2, child);
      assertThat(select.getParameterMetaData().getParameterCount()).isEqualTo(2);
      try (ResultSet rows = select.executeQuery()) {
        assertThat(rows.getMetaData().getColumnCount()).isEqualTo(2);
        while (rows.next()) {
          assertThat(rows.getBlob(1).length()).isEqualTo(3);
        }
        assertThat((Throwable) rows.getWarnings()).isNull();
      }
    }
    blob.free();
  }

  private static void metaData(Connection connection) throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, null, "TURNS", null)) {
      while (tables.next()) {
        assertThat(tables.getString("TABLE_NAME")).isEqualTo("TURNS");
      }
    }
  }

  @Test
  void aSavepointIsNoChildsToSetReleaseOrGoBackTo() throws Exception {
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults())) {
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
      host.<Void, Exception>withTransaction(
          () -> {
            Connection owners = host.tx();
            Savepoint savepoint = owners.setSavepoint();
            Callable<Integer> child =
                () -> {
                  for (Connection each : List.of(owners, host.tx())) {
                    refused(each::setSavepoint);
                    refused(() -> each.setSavepoint("named"));
                    refused(() -> each.rollback(savepoint));
                    refused(() -> each.releaseSavepoint(savepoint));
                  }
                  return 1;
                };
            host.inParallel(List.of(child));
            owners.rollback(savepoint);
            return null;
          });
    }
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-516");
  }

  // ---- the watch

  private <T> T watched(Class<T> type, Object real) {
    return type.cast(
        Proxy.newProxyInstance(
            ChildrenTakeTurnsTest.class.getClassLoader(),
            new Class<?>[] {type},
            new Watched(this, real)));
  }

  private record Watched(ChildrenTakeTurnsTest test, Object real) implements InvocationHandler {
    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
        throws Throwable {
      return test.call(real, method, arguments);
    }

    static Object behind(Object argument) {
      return argument != null
              && Proxy.isProxyClass(argument.getClass())
              && Proxy.getInvocationHandler(argument) instanceof Watched watched
          ? watched.real
          : argument;
    }
  }

  private @Nullable Object call(Object real, Method method, Object @Nullable [] arguments)
      throws Throwable {
    boolean isWatched = !(real instanceof DataSource) && !LOCAL.matcher(method.getName()).matches();
    if (isWatched) {
      enter(method.getName());
    }
    try {
      return watchedToo(method.invoke(real, unwatched(arguments)));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (isWatched) {
        inside.set(null);
      }
    }
  }

  /** The driver knows its own objects only. */
  private static Object @Nullable [] unwatched(Object @Nullable [] arguments) {
    return arguments == null ? null : Stream.of(arguments).map(Watched::behind).toArray();
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
        List.of(
            Connection.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            ResultSetMetaData.class,
            ParameterMetaData.class,
            Blob.class)) {
      if (type.isInstance(result)) {
        return watched(type, result);
      }
    }
    return result;
  }
}
