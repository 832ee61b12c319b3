package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionCompletedException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What delegates by hand forgets nothing, whichever JDK it runs on: neither a default method nor an
 * argument.
 */
class ForwardingTest {
  private static final Set<String> ANSWERED_HERE =
      Set.of(
          "getConnection",
          "getStatement",
          "isClosed",
          "setQueryTimeout", // kept here, the driver has it for a call only: TimeLimit
          "toString",
          "unwrap",
          "isWrapperFor");

  static Stream<Arguments> delegates() {
    return Stream.of(
        Arguments.of(GuardedStatement.class, Statement.class),
        Arguments.of(GuardedPreparedStatement.class, PreparedStatement.class),
        Arguments.of(GuardedCallableStatement.class, CallableStatement.class),
        Arguments.of(GuardedResultSet.class, ResultSet.class),
        Arguments.of(TransactionConnection.class, Connection.class),
        Arguments.of(FallbackConnection.class, Connection.class),
        Arguments.of(EnlistedConnection.class, Connection.class),
        Arguments.of(EnlistingConnection.class, Connection.class),
        Arguments.of(OwnConnection.class, Connection.class),
        Arguments.of(EnlistingDataSource.class, DataSource.class),
        Arguments.of(JoiningDataSource.class, DataSource.class));
  }

  @ParameterizedTest
  @MethodSource("delegates")
  void everyMethodOfTheInterfaceIsOverriddenDefaultsToo(Class<?> delegate, Class<?> type)
      throws Exception {
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        Method own = delegate.getMethod(method.getName(), method.getParameterTypes());
        assertThat(own.getDeclaringClass().isInterface()).as("default " + method).isFalse();
      }
    }
  }

  static Stream<Arguments> forwarders() {
    return Stream.concat(
        written(), Stream.of(Arguments.of(GuardedMetaData.class, DatabaseMetaData.class)));
  }

  /** What the build writes from {@code jdbc.policy}. */
  static Stream<Arguments> written() {
    return delegates()
        .filter(pair -> !Connection.class.equals(pair.get()[1]))
        .filter(pair -> !DataSource.class.equals(pair.get()[1]));
  }

  // the policy, read backwards

  @ParameterizedTest
  @MethodSource("written")
  void eachMethodTakesTheTurnThatItsRowSays(Class<?> delegate, Class<?> type) throws Exception {
    Policy policy = Policy.read();
    for (Method method : instanceMethods(type)) {
      String row = policy.of(type, method);
      String turn = turnByRow(row);
      if (turn != null) {
        assertThat(turnsOf(delegate, type, method)).as(row + ": " + method).containsExactly(turn);
      }
    }
  }

  /** By hand, or by the value: the tests of those say. */
  private static @Nullable String turnByRow(String row) {
    return switch (row) {
      case "checked" -> "no turn";
      case "fetches" -> "fetch";
      case "by hand", "executes by value", "updates" -> null;
      default -> "execute";
    };
  }

  @ParameterizedTest
  @MethodSource("written")
  void whatIsRefusedAfterTheEndReachesNoDriver(Class<?> delegate, Class<?> type) throws Exception {
    Policy policy = Policy.read();
    for (Method method : instanceMethods(type)) {
      if (!policy.of(type, method).equals("by hand")) {
        Driver driver = new Driver(type);
        Object ended = over(delegate, driver, true);

        assertThatThrownBy(() -> method.invoke(ended, argumentsOf(method)))
            .as(method.toString())
            .hasCauseInstanceOf(TransactionCompletedException.class);
        assertThat(driver.calls).as("calls by " + method).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("written")
  void whatMayAskItsConnectionLaterIsGivenBehindAGuard(Class<?> delegate, Class<?> type)
      throws Exception {
    Policy policy = Policy.read();
    for (Method method : instanceMethods(type)) {
      boolean isGiven = GUARDED.contains(method.getReturnType());
      if (isGiven && !policy.of(type, method).equals("by hand")) {
        Driver driver = new Driver(type);
        driver.answers = true;
        Object given = method.invoke(over(delegate, driver, false), argumentsOf(method));

        assertThat(isGuarded(given)).as("what is given by " + method).isTrue();
      }
    }
  }

  private static final Set<Class<?>> GUARDED =
      Set.of(
          Array.class,
          Blob.class,
          Clob.class,
          InputStream.class,
          NClob.class,
          ParameterMetaData.class,
          Reader.class,
          Ref.class,
          ResultSet.class,
          ResultSetMetaData.class,
          SQLXML.class);

  private static boolean isGuarded(Object given) {
    return given instanceof GuardedResultSet
        || given.getClass().getName().startsWith(DriverObject.class.getName())
        || Proxy.getInvocationHandler(given) instanceof DriverObject;
  }

  @Test
  void aCallThatIsTheHostsToMakeIsRefusedAsItsRowSays() throws Exception {
    Policy policy = Policy.read();
    Connection connection = new PassingGuard(new Driver(Connection.class)).connection();
    for (Method method : instanceMethods(Connection.class)) {
      String row = policy.of(Connection.class, method);
      if (row.startsWith("refuses")) {
        assertThatThrownBy(() -> method.invoke(connection, argumentsOf(method)))
            .as(method.toString())
            .cause()
            .isInstanceOf(SQLException.class)
            .hasMessageContaining(row.equals("refuses call") ? "TXH-501" : "TXH-502");
      }
    }
  }

  @Test
  void noRowIsOfAMethodThatJdbcDoesNotHave() throws Exception {
    Set<String> ofJava26 =
        Set.of("enquoteLiteral", "enquoteNCharLiteral", "enquoteIdentifier", "isSimpleIdentifier");
    for (Class<?> type :
        List.of(
            Connection.class,
            Statement.class,
            PreparedStatement.class,
            CallableStatement.class,
            ResultSet.class)) {
      Set<String> known = new HashSet<>(ofJava26);
      for (Method method : type.getMethods()) {
        known.add(method.getName());
        known.add(Policy.signature(method));
      }
      assertThat(known).as(type.getName()).containsAll(Policy.read().names(type));
    }
  }

  private static List<Method> instanceMethods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("forwarders")
  void everyCallReachesTheDriverOnceWithItsArguments(Class<?> delegate, Class<?> type)
      throws Exception {
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers()) && !ANSWERED_HERE.contains(method.getName())) {
        Driver driver = new Driver(type);
        Object[] arguments = argumentsOf(method);
        List<Call> expected = List.of(new Call(signature(method), Arrays.asList(arguments)));

        call(method, over(delegate, driver), arguments);

        assertThat(driver.calls).as("calls by " + method).isEqualTo(expected);
      }
    }
  }

  /** What a driver may read, or ask its server about, as soon as it is given. */
  private static final Set<Class<?>> CONTENT_ELSEWHERE =
      Set.of(
          Array.class,
          Blob.class,
          Clob.class,
          InputStream.class,
          NClob.class,
          Reader.class,
          Ref.class,
          RowId.class,
          SQLXML.class,
          URL.class);

  @ParameterizedTest
  @MethodSource("forwarders")
  void whatIsGivenContentThatIsElsewhereTakesItsTurn(Class<?> delegate, Class<?> type)
      throws Exception {
    for (Method method : type.getMethods()) {
      List<Class<?>> given = List.of(method.getParameterTypes());
      if (given.stream().anyMatch(CONTENT_ELSEWHERE::contains)) {
        boolean isRead = given.contains(InputStream.class) || given.contains(Reader.class);
        assertThat(turnsOf(delegate, type, method))
            .as("turns of " + method)
            .containsExactly(isRead ? "execute" : turnOf(type, method));
      }
    }
  }

  /** Of a value that is no stream, a statement's are executed, a row's are fetched. */
  private static String turnOf(Class<?> type, Method method) {
    boolean isLarge =
        Stream.of(method.getParameterTypes())
            .anyMatch(each -> Set.of(Blob.class, Clob.class, NClob.class).contains(each));
    return type == ResultSet.class && !isLarge ? "fetch" : "execute";
  }

  /** How the driver was called: by what turn, or by none. */
  private static List<String> turnsOf(Class<?> delegate, Class<?> type, Method method)
      throws Exception {
    Driver driver = new Driver(type);
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(ForwardingTest::contentOf).toArray();
    call(method, over(delegate, driver), arguments);
    return driver.turns;
  }

  private static @Nullable Object contentOf(Class<?> type) {
    return type.isInterface()
        ? Proxy.newProxyInstance(
            ForwardingTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, given) -> null)
        : valueOf(type);
  }

  private static Object over(Class<?> delegate, Driver driver) {
    return over(delegate, driver, false);
  }

  private static Object over(Class<?> delegate, Driver driver, boolean hasEnded) {
    PassingGuard guard = new PassingGuard(driver);
    guard.hasEnded = hasEnded;
    Sql sql = new Sql("sql", Sql.Kind.READS, true);
    if (delegate == GuardedStatement.class) {
      GuardedStatement statement =
          new GuardedStatement(guard, guard.connection(), driver.as(Statement.class));
      statement.addToBatch(sql);
      return statement;
    }
    if (delegate == GuardedPreparedStatement.class) {
      var made =
          new GuardedPreparedStatement(
              guard, guard.connection(), driver.as(PreparedStatement.class), sql);
      made.addToBatch(sql);
      return made;
    }
    if (delegate == GuardedCallableStatement.class) {
      var made =
          new GuardedCallableStatement(
              guard, guard.connection(), driver.as(CallableStatement.class), sql);
      made.addToBatch(sql);
      return made;
    }
    return delegate == GuardedResultSet.class
        ? new GuardedResultSet(guard, null, driver.as(ResultSet.class))
        : GuardedMetaData.of(guard.connection());
  }

  private static void call(Method method, Object target, Object[] arguments) throws Exception {
    try {
      method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw new AssertionError(method + " threw", e.getCause());
    }
  }

  private static Object[] argumentsOf(Method method) {
    return Arrays.stream(method.getParameterTypes()).map(ForwardingTest::valueOf).toArray();
  }

  /**
   * Something that is not the type's default; null where nothing can be made, which is passed on as
   * well.
   */
  private static @Nullable Object valueOf(Class<?> type) {
    if (!type.isPrimitive()) {
      return type == String.class ? "text" : type == Class.class ? String.class : null;
    }
    return answerOf(type);
  }

  private static @Nullable Object answerOf(Class<?> type) {
    if (type == boolean.class) {
      return true;
    }
    if (type == byte.class) {
      return (byte) 7;
    }
    if (type == short.class) {
      return (short) 7;
    }
    if (type == int.class) {
      return 7;
    }
    if (type == long.class) {
      return 7L;
    }
    if (type == float.class) {
      return 7f;
    }
    return type == double.class ? 7d : null;
  }

  private static String signature(Method method) {
    return method.getName() + Arrays.toString(method.getParameterTypes());
  }

  private record Call(String method, List<@Nullable Object> arguments) {}

  /** Notes what reaches it. */
  private static final class Driver implements InvocationHandler {
    final List<Call> calls = new ArrayList<>();
    final List<String> turns = new ArrayList<>();
    String turn = "no turn";
    boolean answers;
    private final Object proxy;

    Driver(Class<?> type) {
      proxy =
          Proxy.newProxyInstance(
              ForwardingTest.class.getClassLoader(), new Class<?>[] {type}, this);
    }

    <P> P as(Class<P> type) {
      return type.cast(proxy);
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] given) {
      List<@Nullable Object> arguments = given == null ? List.of() : Arrays.asList(given);
      calls.add(new Call(signature(method), arguments));
      turns.add(turn);
      Class<?> type = method.getReturnType();
      return answers && !type.isPrimitive() ? objectOf(type) : answerOf(type);
    }

    private static @Nullable Object objectOf(Class<?> type) {
      return type == InputStream.class
          ? InputStream.nullInputStream()
          : type == Reader.class ? Reader.nullReader() : contentOf(type);
    }
  }

  /** Lets everything through. */
  private static final class PassingGuard implements Guard {
    private final Driver driver;
    boolean hasEnded;

    PassingGuard(Driver driver) {
      this.driver = driver;
    }

    GuardedConnection connection() {
      Driver connection = new Driver(Connection.class);
      DataSource source =
          (DataSource)
              Proxy.newProxyInstance(
                  ForwardingTest.class.getClassLoader(),
                  new Class<?>[] {DataSource.class},
                  (self, method, arguments) ->
                      Proxy.newProxyInstance(
                          ForwardingTest.class.getClassLoader(),
                          new Class<?>[] {Connection.class},
                          (proxy, called, given) -> answer(called, connection)));
      return new FallbackConnection(
          new ConnectionSource(source), io.txhost.spi.FallbackSignals.ofNoHost());
    }

    private @Nullable Object answer(Method called, Driver connection) {
      return switch (called.getName()) {
        case "getMetaData" -> metaData();
        case "getAutoCommit" -> true;
        case "isClosed" -> false;
        case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
        default -> connection.invoke(connection, called, null);
      };
    }

    /** The driver's, once it has said which database this is. */
    private Object metaData() {
      return Proxy.newProxyInstance(
          ForwardingTest.class.getClassLoader(),
          new Class<?>[] {DatabaseMetaData.class},
          (self, method, given) -> {
            boolean asksWhichDatabase =
                StackWalker.getInstance()
                    .walk(frames -> frames.anyMatch(f -> f.getMethodName().equals("learn")));
            return asksWhichDatabase
                ? method.getReturnType() == String.class ? "H2" : null
                : driver.invoke(self, method, given);
          });
    }

    private void refuseAfterTheEnd() {
      if (hasEnded) {
        throw new TransactionCompletedException("has ended", null);
      }
    }

    @Override
    public void check() {
      refuseAfterTheEnd();
    }

    @Override
    public boolean hasEnded() {
      return hasEnded;
    }

    @Override
    public Sql read(String sql) {
      return new Sql(sql, Sql.Kind.READS, true);
    }

    @Override
    public void beforeSending(Timed limit, Sql sql) {
      refuseAfterTheEnd();
      driver.turn = "execute";
    }

    @Override
    public void sent(Sql sql) {}

    @Override
    public void failedSending(Sql sql, Throwable failure) {}

    @Override
    public void afterSending(Timed limit, Sql sql) {
      driver.turn = "no turn";
    }

    @Override
    public void beforeFetching() {
      refuseAfterTheEnd();
      driver.turn = "fetch";
    }

    @Override
    public void failedFetching(Throwable failure) {}

    @Override
    public void afterFetching() {
      driver.turn = "no turn";
    }

    @Override
    public void escaping() {}

    @Override
    public void close(ClosedAtEnd child) throws SQLException {
      child.closeAtEnd();
    }
  }
}
