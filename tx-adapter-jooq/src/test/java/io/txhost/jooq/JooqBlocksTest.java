package io.txhost.jooq;

import static io.txhost.jooq.Item.ITEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionHost;
import io.txhost.jooq.Item.Row;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooq.Configuration;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jooq.tools.jdbc.DefaultPreparedStatement;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * Outside a transaction one execution of jOOQ's, and one {@code dsl.connection}, is one connection.
 */
final class JooqBlocksTest extends JooqFixture {

  private String sessionQuery() {
    return pools.isPostgres() ? "select pg_backend_pid()" : "select session_id()";
  }

  private int session(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(sessionQuery())) {
      result.next();
      return result.getInt(1);
    }
  }

  private DSLContext listening(ExecuteListener listener) {
    Configuration own = configuration(recorder);
    own.set(listener);
    host = JooqAdapter.view(jdbc, own);
    return DSL.using(own);
  }

  // ---- one connection

  @Test // A2
  void anExecutionAndItsListenersHaveOneConnection() {
    List<Integer> sessions = new ArrayList<>();
    DSLContext listened =
        listening(
            new ExecuteListener() {
              @Override
              public void executeStart(ExecuteContext context) {
                add(context);
              }

              @Override
              public void executeEnd(ExecuteContext context) {
                add(context);
              }

              private void add(ExecuteContext context) {
                try {
                  sessions.add(session(context.connection()));
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              }
            });

    int own = listened.fetchSingle(sessionQuery()).get(0, Integer.class);

    assertThat(sessions).hasSize(2).containsOnly(own);
    assertThat(recorder.connectionsTaken()).isEqualTo(1);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test // A2
  void aBlockOfTheUsersIsOneConnectionAndABoundaryInsideTakesIt() {
    dsl.connection(
        connection -> {
          int session = session(connection);
          host.withTransaction(
              () -> {
                insert(host.tx(), 1);
                assertThat(session(jdbc.tx())).isEqualTo(session);
                assertThat(session(connection)).as("it joins").isEqualTo(session);
              });
          dsl.transaction(inner -> insert(inner.dsl(), 2));
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          () -> {
                            insert(connection, 3);
                            throw new IllegalStateException("user");
                          }))
              .hasMessage("user");
          assertThat(session(connection)).isEqualTo(session);
        });

    assertThat(recorder.connectionsTaken()).isEqualTo(1);
    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1, 2);
  }

  private static void insert(Connection connection, int id) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("insert into item (id) values (" + id + ")");
    }
  }

  @Test // A2
  void aListenerMayOpenABoundaryOnAPoolOfOne() {
    List<String> opened = new ArrayList<>();
    DSLContext listened =
        listening(
            new ExecuteListener() {
              @Override
              public void executeStart(ExecuteContext context) {
                once("start", 1);
              }

              @Override
              public void end(ExecuteContext context) {
                once("end", 2);
              }

              private void once(String where, int id) {
                if (!host.isTransactionActive() && !opened.contains(where)) {
                  opened.add(where);
                  host.withTransaction(() -> JooqFixture.insert(host.tx(), id));
                }
              }
            });

    assertThat(listened.fetch("select id from item")).hasSize(1);

    assertThat(opened).containsExactly("start", "end");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A2
  void aBoundaryForEachRowOfAStreamRunsOnAPoolOfOne() {
    seed(1, 2, 3);
    try (Stream<Row> rows = dsl.selectFrom(ITEM).orderBy(ITEM.id).fetchSize(1).fetchStream()) {
      rows.forEach(row -> host.withTransaction(() -> insert(host.tx(), row.get(ITEM.id) + 10)));
    }

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1, 2, 3, 11, 12, 13);
  }

  @Test // A2
  void whatOneThreadSetsInItsBlockNoOtherReads() throws Exception {
    Assumptions.assumeTrue(pools.isPostgres(), "H2 has no settings of a session");
    openPool(3);
    assertThat(wrongIn800(JooqBlocksTest::othersTenant)).isZero();
    DSLContext listened =
        listening(
            new ExecuteListener() {
              @Override
              public void executeStart(ExecuteContext context) {
                if (context.query() != null && context.query().getSQL().contains("current")) {
                  context.dsl().connection(c -> set(c, "of-" + Thread.currentThread().getId()));
                }
              }
            });
    assertThat(
            wrongIn800(
                (unused, round) ->
                    !("of-" + Thread.currentThread().getId())
                        .equals(
                            listened
                                .fetchSingle("select current_setting('app.tenant')")
                                .get(0, String.class))))
        .isZero();
  }

  /** Whether a round went wrong. */
  @FunctionalInterface
  private interface Round {
    boolean isWrong(DSLContext dsl, int round);
  }

  private static boolean othersTenant(DSLContext dsl, int round) {
    String tenant = Thread.currentThread().getId() + "-" + round;
    return !dsl.<String>connectionResult(
            connection -> {
              set(connection, tenant);
              try (var statement =
                      connection.prepareStatement("select current_setting('app.tenant')");
                  var result = statement.executeQuery()) {
                result.next();
                return result.getString(1);
              }
            })
        .equals(tenant);
  }

  private static void set(Connection connection, String tenant) throws SQLException {
    try (var statement = connection.prepareStatement("select set_config('app.tenant', ?, false)")) {
      statement.setString(1, tenant);
      statement.executeQuery().close();
    }
  }

  private int wrongIn800(Round each) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Integer> work =
          () -> {
            int wrong = 0;
            for (int round = 0; round < 100; round++) {
              wrong += each.isWrong(dsl, round) ? 1 : 0;
            }
            return wrong;
          };
      int wrong = 0;
      for (Future<Integer> done :
          threads.invokeAll(java.util.Collections.nCopies(8, work), 50, TimeUnit.SECONDS)) {
        wrong += done.get();
      }
      return wrong;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test // A2
  void theDriversOwnConnectionIsTheBlocks() {
    Assumptions.assumeTrue(pools.isPostgres(), "H2 has no COPY");
    long copied =
        dsl.connectionResult(
            connection ->
                connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                        "copy item (id, label) from stdin", new StringReader("1\tone\n2\ttwo\n")));

    assertThat(copied).isEqualTo(2);
    assertThat(rows()).containsExactly(1, 2);
    assertThat(recorder.connectionsOut()).isZero();
  }

  // ---- nothing stays out

  @Test // A2
  void nothingStaysOutWhateverAListenerThrows() {
    seed(1, 2);
    for (Method callback : ExecuteListener.class.getMethods()) {
      if (!Modifier.isStatic(callback.getModifiers()) && callback.getParameterCount() == 1) {
        DSLContext failing = listening(throwingIn(callback.getName()));
        executions(failing)
            .forEach(
                (what, execution) -> {
                  var unused = catchThrowable(execution);
                  assertAllComesBack(callback.getName() + ", " + what);
                });
      }
    }
    assertThat(rows()).containsExactly(1, 2);
  }

  private static Map<String, ThrowingCallable> executions(DSLContext by) {
    Map<String, ThrowingCallable> executions = new LinkedHashMap<>();
    executions.put("fetch", () -> by.fetch("select * from item"));
    executions.put("lazily", () -> by.selectFrom(ITEM).fetchLazy().close());
    executions.put("stream", () -> by.selectFrom(ITEM).fetchStream().toList());
    executions.put("many", () -> by.fetchMany("select * from item"));
    executions.put("failing", () -> by.fetch("select nothing from nowhere"));
    executions.put("metadata", () -> by.meta().getTables());
    executions.put("write", () -> insert(by, 3));
    executions.put("batch", () -> by.batch("insert into item (id) values (4)").execute());
    executions.put("batched", () -> by.batched(inner -> insert(inner.dsl(), 5)));
    executions.put("connection", () -> by.connection(c -> c.prepareStatement("select 1")));
    executions.put(
        "routine",
        () -> by.select(DSL.count()).from(ITEM).fetchAsync().toCompletableFuture().join());
    return executions;
  }

  private static ExecuteListener throwingIn(String callback) {
    return (ExecuteListener)
        Proxy.newProxyInstance(
            JooqBlocksTest.class.getClassLoader(),
            new Class<?>[] {ExecuteListener.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals(callback)) {
                throw new IllegalStateException(callback);
              }
              return null;
            });
  }

  /** jOOQ forgets the connection of an execution if another runs before its statement is made. */
  @Test // A2
  void whatJooqForgetsComesBackWhenItIsCollected() {
    DSLContext forgetting =
        listening(
            new ExecuteListener() {
              private boolean isInside;

              @Override
              public void start(ExecuteContext context) {
                if (!isInside) {
                  isInside = true;
                  try {
                    session(context.connection());
                    context.dsl().fetch("select 1");
                  } catch (SQLException e) {
                    throw new AssertionError(e);
                  }
                  throw new IllegalStateException("user");
                }
              }
            });

    assertThatThrownBy(() -> forgetting.fetch("select 2")).hasMessage("user");

    assertAllComesBack("start");
    assertThat(dsl.fetch("select 3")).hasSize(1);
  }

  @Test // A2
  void aCursorThatIsDroppedOutsideGivesItsConnectionBack() {
    seed(1, 2);
    openAndDrop();
    assertThat(recorder.connectionsOut()).isEqualTo(1);

    assertAllComesBack("a dropped cursor");
    assertThat(dsl.fetch("select 1")).hasSize(1);
  }

  private void openAndDrop() {
    assertThat(dsl.selectFrom(ITEM).fetchLazy().fetchNext()).isNotNull();
  }

  /** The last execution's connection stays reachable until the thread's next one: jOOQ keeps it. */
  private void assertAllComesBack(String where) {
    if (recorder.connectionsOut() > 0) {
      assertThat(beside().fetch("select 1")).hasSize(1);
    }
    for (int i = 0; i < 200 && recorder.connectionsOut() > 0; i++) {
      System.gc();
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(recorder.connectionsOut()).as(where).isZero();
  }

  @Test // A2
  void aBlockThatThrowsGivesItsConnectionBack() {
    SQLException fromUser = new SQLException("user");
    assertThatThrownBy(
            () ->
                dsl.connection(
                    connection -> {
                      connection.prepareStatement("select 1").executeQuery();
                      throw fromUser;
                    }))
        .isInstanceOf(DataAccessException.class)
        .hasCause(fromUser);
    AssertionError error = new AssertionError("user");
    assertThatThrownBy(
            () ->
                dsl.connection(
                    connection -> {
                      session(connection);
                      throw error;
                    }))
        .isSameAs(error);

    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test // A2
  void whatCannotBeClosedDoesNotTakeThePlaceOfTheUsersException() {
    Configuration own = configuration(recorder);
    TransactionHost.create(JooqAdapter.over(failingToClose(recorder), own));
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                DSL.using(own)
                    .connection(
                        connection -> {
                          connection.prepareStatement("select 1").executeQuery();
                          throw fromUser;
                        }))
        .isSameAs(fromUser);

    assertThat(recorder.connectionsOut()).isZero();
  }

  /** Its connections close their statements, and say that they could not. */
  private static DataSource failingToClose(DataSource real) {
    return (DataSource)
        Proxy.newProxyInstance(
            JooqBlocksTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(real, arguments);
              return result instanceof Connection connection
                  ? new FailingToClose(connection)
                  : result;
            });
  }

  private static final class FailingToClose extends DefaultConnection {
    FailingToClose(Connection connection) {
      super(connection);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
      return new DefaultPreparedStatement(super.prepareStatement(sql)) {
        @Override
        public void close() throws SQLException {
          super.close();
          throw new SQLException("could not close");
        }
      };
    }
  }

  @Test // A2
  void anotherThreadMayCloseACursor() throws Exception {
    seed(1);
    Cursor<Row> cursor = dsl.selectFrom(ITEM).fetchLazy();
    ExecutorService another = Executors.newSingleThreadExecutor();
    try {
      another.submit(cursor::close).get(30, TimeUnit.SECONDS);
    } finally {
      another.shutdownNow();
    }

    assertThat(recorder.connectionsOut()).isZero();
    host.withTransaction(() -> insert(host.tx(), 2));
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A2
  void aPoolThatGivesNothingIsTold() {
    pool.close();
    assertThatThrownBy(() -> dsl.fetch("select 1"))
        .isInstanceOf(DataAccessException.class)
        .hasRootCauseInstanceOf(SQLException.class);
    assertThatThrownBy(() -> dsl.connection(this::session))
        .isInstanceOf(DataAccessException.class)
        .hasRootCauseInstanceOf(SQLException.class);
  }

  @Test
  void bothWaysToViewAHostAndAHostOfItsOwnHaveOneConnection() throws Exception {
    for (TransactionHost<DSLContext> each :
        List.of(
            TransactionHost.create(JooqAdapter.over(recorder, pools.dialect())),
            JooqAdapter.view(jdbc, pools.dialect()))) {
      JooqAdapter.dsl(each)
          .connection(
              connection -> {
                int session = session(connection);
                each.withTransaction(
                    () ->
                        assertThat(each.tx().fetchSingle(sessionQuery()).get(0, Integer.class))
                            .isEqualTo(session));
              });
      assertThat(recorder.connectionsOut()).isZero();
    }
  }
}
