package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.UnexpectedRollbackException;
import io.txhost.spi.TransactionSignals;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import io.txhost.test.RecordingDataSource.Call;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.FilterReader;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.Writer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbc.JdbcConnection;
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
      List<TransactionalCallable<Integer, Exception>> children = new ArrayList<>();
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
          .contains("getParameterCount", "getWarnings", "free")
          .contains("setBinaryStream", "setCharacterStream")
          .contains("InputStream.read", "InputStream.close", "Reader.read", "Reader.close")
          .contains("OutputStream.write", "OutputStream.flush", "OutputStream.close")
          .contains("Writer.write", "Writer.flush", "Writer.close");
    }
  }

  private static int use(Connection connection, int child) throws Exception {
    int seen = 0;
    for (int round = 0; round < ROUNDS; round++) {
      insert(connection, child, round);
      seen += batch(connection, child, round);
      metaData(connection);
      large(connection, child);
      bytes(connection);
      characters(connection);
      streams(connection);
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

  private static void bytes(Connection connection) throws Exception {
    Blob blob = connection.createBlob();
    try (OutputStream out = blob.setBinaryStream(1)) {
      out.write(1);
      out.write(new byte[] {2, 3});
      out.flush();
    }
    try (InputStream in = blob.getBinaryStream()) {
      assertThat(in.read()).isEqualTo(1);
      assertThat(in.readAllBytes()).containsExactly(2, 3);
    }
    blob.free();
  }

  private static void characters(Connection connection) throws Exception {
    Clob clob = connection.createClob();
    try (Writer writer = clob.setCharacterStream(1)) {
      writer.write("xy");
      writer.flush();
    }
    try (Reader reader = clob.getCharacterStream()) {
      assertThat(reader.read()).isEqualTo('x');
      assertThat(reader.read(new char[2])).isEqualTo(1);
    }
    clob.free();
  }

  /** H2 reads a stream as soon as it is set. */
  private static void streams(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select cast(? as blob), cast(? as clob)")) {
      select.setBinaryStream(1, new ByteArrayInputStream(new byte[20_000]));
      select.setCharacterStream(2, new StringReader("xyz"), 3);
      try (ResultSet rows = select.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getBlob(1).length()).isEqualTo(20_000);
      }
    }
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
            TransactionalCallable<Integer, Exception> child =
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

  @Test // D11
  void aRaceWhoseLoserWroteOnTheDriversOwnConnectionKeepsNothing() throws Exception {
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults())) {
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
      host.withoutTransaction(() -> execute(host.tx(), "create table raced (id int)"));
      CountDownLatch wrote = new CountDownLatch(1);
      TransactionalCallable<String, Exception> loser =
          () -> {
            execute(host.tx().unwrap(JdbcConnection.class), "insert into raced values (1)");
            wrote.countDown();
            throw new SQLException("out of the race");
          };
      TransactionalCallable<String, Exception> winner =
          () -> {
            assertThat(wrote.await(20, TimeUnit.SECONDS)).isTrue();
            return "won";
          };

      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      () ->
                          assertThat(host.anyInParallel(List.of(loser, winner))).isEqualTo("won")))
          .isInstanceOf(UnexpectedRollbackException.class)
          .cause()
          .hasMessageContaining("TXH-125");

      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("select id from raced")) {
        assertThat(rows.next()).isFalse();
      }
    }
  }

  private static Void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return null;
  }

  @Test
  void goingBackToASavepointOfTheUsersIsOneTurnUntilTheTransactionIsBack() throws Exception {
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults())) {
      RecordingDataSource recorder = RecordingDataSource.over(pool);
      CountedTurns turns = new CountedTurns();
      JdbcTransaction transaction =
          new JdbcTransaction(new ConnectionSource(recorder), TransactionOptions.defaults(), turns);
      Connection connection = transaction.resource();
      Savepoint savepoint = connection.setSavepoint();
      recorder.failNext(Call.SQL, new SQLException("deadlock", "40001"));
      assertThatThrownBy(() -> execute(connection, "select 1")).hasMessage("deadlock");

      connection.rollback(savepoint);
      transaction.rollback();

      assertThat(turns.recovered).as("inside how many turns, each time it came back").hasSize(1);
      assertThat(turns.recovered.get(0)).isPositive();
      assertThat(turns.depth).isZero();
    }
  }

  @Test
  void afterAnErrorWhileRowsAreReadNothingIsSentEither() throws Exception {
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults())) {
      RecordingDataSource recorder = RecordingDataSource.over(pool);
      JdbcTransaction transaction =
          new JdbcTransaction(
              new ConnectionSource(recorder), TransactionOptions.defaults(), new CountedTurns());
      Connection connection = transaction.resource();
      execute(connection, "select 1");
      Error error = new OutOfMemoryError("driver");
      SqlCall<Object> row =
          () -> {
            throw error;
          };

      assertThatThrownBy(() -> transaction.fetch(row)).isSameAs(error);
      assertThatThrownBy(() -> execute(connection, "select 2"))
          .hasMessageStartingWith("TXH-504")
          .hasCause(error);
      transaction.rollback();

      assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "ABORT");
    }
  }

  /** How deep the calls are in turns. */
  private static final class CountedTurns implements TransactionSignals {
    private final List<Integer> recovered = new ArrayList<>();
    private int depth;

    @Override
    public Optional<Duration> remainingTime() {
      return Optional.empty();
    }

    @Override
    public void lost(Throwable cause) {
      // as the driver's exception says
    }

    @Override
    public void recovered() {
      recovered.add(depth);
    }

    @Override
    public void acquired() {
      // the pool knows
    }

    @Override
    public void released() {
      // the pool knows
    }

    @Override
    public void enter() {
      depth++;
    }

    @Override
    public void leave() {
      depth--;
    }
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

  private interface Io<R> {
    R run() throws IOException;

    /** One without a result. */
    static Io<Boolean> of(IoAction action) {
      return () -> {
        action.run();
        return true;
      };
    }
  }

  private interface IoAction {
    void run() throws IOException;
  }

  private <R> R streaming(String call, Io<R> io) throws IOException {
    enter(call);
    try {
      return io.run();
    } finally {
      inside.set(null);
    }
  }

  private final class WatchedIn extends FilterInputStream {
    WatchedIn(InputStream real) {
      super(real);
    }

    @Override
    public int read() throws IOException {
      return streaming("InputStream.read", in::read);
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      return streaming("InputStream.read", () -> in.read(bytes, from, count));
    }

    @Override
    public void close() throws IOException {
      streaming("InputStream.close", Io.of(in::close));
    }
  }

  private final class WatchedOut extends FilterOutputStream {
    WatchedOut(OutputStream real) {
      super(real);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      streaming("OutputStream.write", Io.of(() -> out.write(bytes, from, count)));
    }

    @Override
    public void flush() throws IOException {
      streaming("OutputStream.flush", Io.of(out::flush));
    }

    @Override
    public void close() throws IOException {
      streaming("OutputStream.close", Io.of(out::close));
    }
  }

  private final class WatchedReader extends FilterReader {
    WatchedReader(Reader real) {
      super(real);
    }

    @Override
    public int read(char[] characters, int from, int count) throws IOException {
      return streaming("Reader.read", () -> in.read(characters, from, count));
    }

    @Override
    public void close() throws IOException {
      streaming("Reader.close", Io.of(in::close));
    }
  }

  private final class WatchedWriter extends FilterWriter {
    WatchedWriter(Writer real) {
      super(real);
    }

    @Override
    public void write(char[] characters, int from, int count) throws IOException {
      streaming("Writer.write", Io.of(() -> out.write(characters, from, count)));
    }

    @Override
    public void flush() throws IOException {
      streaming("Writer.flush", Io.of(out::flush));
    }

    @Override
    public void close() throws IOException {
      streaming("Writer.close", Io.of(out::close));
    }
  }

  private @Nullable Object watchedStream(@Nullable Object result) {
    if (result instanceof InputStream in) {
      return new WatchedIn(in);
    }
    if (result instanceof OutputStream out) {
      return new WatchedOut(out);
    }
    if (result instanceof Reader reader) {
      return new WatchedReader(reader);
    }
    return result instanceof Writer writer ? new WatchedWriter(writer) : result;
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
            Blob.class,
            Clob.class)) {
      if (type.isInstance(result)) {
        return watched(type, result);
      }
    }
    return watchedStream(result);
  }
}
