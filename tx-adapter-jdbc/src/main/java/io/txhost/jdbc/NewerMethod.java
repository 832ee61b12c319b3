package io.txhost.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A method of JDBC's that is newer than the oldest JDK we are compiled for: called by reflection.
 */
final class NewerMethod {
  private final Method method;

  private NewerMethod(Method method) {
    this.method = method;
  }

  /**
   * Finds it.
   *
   * @throws SQLException on a JDK that does not have it, where nobody can have called it by JDBC
   */
  static NewerMethod of(Class<?> type, String name, Class<?>... parameters) throws SQLException {
    try {
      return new NewerMethod(type.getMethod(name, parameters));
    } catch (NoSuchMethodException e) {
      throw new SQLException(type.getName() + " has no " + name + " on this JDK", e);
    }
  }

  /** Calls it; what it throws leaves unchanged. */
  @Nullable Object call(Object driver, @Nullable Object... arguments) throws SQLException {
    try {
      return method.invoke(driver, arguments);
    } catch (InvocationTargetException e) {
      throw Failures.theDrivers(e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException(method + " of the driver is not accessible", e);
    }
  }
}
