package io.txhost.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of ours over the driver's, asked anew at each call: inside a transaction on its
 * connection, outside on one that is given back at once, or when the result set is closed. Its
 * connection is ours. A proxy, as all methods but five are alike and none is called often.
 */
final class GuardedMetaData implements InvocationHandler {

  /** What a driver may ask its server for, and every {@code getMax..}. */
  private static final Set<String> QUERIES =
      Set.of(
          "getDefaultTransactionIsolation",
          "getNumericFunctions",
          "getSQLKeywords",
          "getStringFunctions",
          "getSystemFunctions",
          "getTimeDateFunctions");

  private final GuardedConnection connection;

  private GuardedMetaData(GuardedConnection connection) {
    this.connection = connection;
  }

  static DatabaseMetaData of(GuardedConnection connection) {
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            GuardedMetaData.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            new GuardedMetaData(connection));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "getConnection" -> connection;
      case "getDriverMajorVersion", "getDriverMinorVersion" ->
          connection.driverVersion(drivers -> (Integer) call(drivers, method, arguments));
      case "unwrap" -> unwrap(proxy, typeOf(arguments));
      case "isWrapperFor" -> isWrapperFor(proxy, typeOf(arguments));
      default -> asked(method, arguments);
    };
  }

  private @Nullable Object asked(Method method, Object @Nullable [] arguments) throws SQLException {
    if (method.getReturnType() == ResultSet.class) {
      return connection.metaDataResult(drivers -> (ResultSet) call(drivers, method, arguments));
    }
    String name = method.getName();
    SqlFunction<DatabaseMetaData, @Nullable Object> question =
        drivers -> call(drivers, method, arguments);
    return QUERIES.contains(name) || name.startsWith("getMax")
        ? connection.metaDataQuery(question)
        : connection.metaData(question);
  }

  private Object unwrap(Object proxy, Class<?> type) throws SQLException {
    return type.isInstance(proxy) ? proxy : connection.unwrapMetaData(type);
  }

  private boolean isWrapperFor(Object proxy, Class<?> type) throws SQLException {
    return type.isInstance(proxy)
        || connection.metaData(drivers -> type.isInstance(drivers) || drivers.isWrapperFor(type));
  }

  private static Class<?> typeOf(Object @Nullable [] arguments) {
    return arguments == null ? Object.class : (Class<?>) arguments[0];
  }

  @SuppressWarnings("NullAway") // as the driver answers
  private static Object call(DatabaseMetaData drivers, Method method, Object @Nullable [] arguments)
      throws SQLException {
    try {
      return method.invoke(drivers, arguments);
    } catch (InvocationTargetException e) {
      throw Failures.theDrivers(e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException(method + " of the driver is not accessible", e);
    }
  }

  private Object ofObject(Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "metadata of " + connection;
    };
  }
}
