package io.txhost.jdbi;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What plugins do to the driver's connection while a handle is made. A handle has no connection
 * then, so what a plugin unwraps is there in name; calls that give no answer are kept, and made on
 * the driver's connection before the first statement on it. A call that gives an answer takes the
 * connection.
 */
final class PluginCalls {
  private final HandleConnection connection;
  private List<Kept> kept = List.of();
  private boolean collecting = true;
  private boolean answersLobs;
  private @Nullable Object reached;

  private record Kept(Class<?> type, Method method, List<@Nullable Object> arguments) {
    static Kept of(Class<?> type, Method method, Object @Nullable [] arguments) {
      return new Kept(
          type, method, arguments == null ? List.of() : Arrays.asList(arguments.clone()));
    }
  }

  PluginCalls(HandleConnection connection) {
    this.connection = connection;
  }

  boolean areCollected() {
    return collecting;
  }

  /** The handle is there, and its plugins are through with it. */
  void made() {
    collecting = false;
  }

  /** {@link PostgresLobs} will replace what a plugin makes of PostgreSQL's large objects. */
  void withoutLobs(boolean without) {
    answersLobs = without;
  }

  /** What a plugin unwraps. */
  <T> T unwrapped(Class<T> type) {
    InvocationHandler calls = (proxy, method, arguments) -> called(type, proxy, method, arguments);
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
  }

  private @Nullable Object called(
      Class<?> type, Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method, arguments);
    }
    if (collecting && method.getReturnType() == void.class) {
      keep(Kept.of(type, method, arguments));
      return null;
    }
    if (answersLobs && PostgresLobs.isAskedFor(method)) {
      return null;
    }
    if (collecting && !connection.keepsConnection()) {
      throw Refusals.customizedOutside();
    }
    return call(method, connection.target().unwrap(type), arguments);
  }

  private void keep(Kept call) {
    if (kept.isEmpty()) {
      kept = new ArrayList<>();
    }
    kept.add(call);
  }

  /** Before a statement: the driver's connection may be another than the last one's. */
  void reach(Connection target) throws SQLException {
    if (kept.isEmpty()) {
      return;
    }
    if (!connection.keepsConnection()) {
      throw Refusals.customizedOutside();
    }
    Object driver = target.unwrap(kept.get(0).type());
    if (driver != reached) {
      reached = driver;
      for (Kept each : kept) {
        make(each, target);
      }
    }
  }

  private static void make(Kept each, Connection target) throws SQLException {
    try {
      call(each.method(), target.unwrap(each.type()), each.arguments().toArray());
    } catch (SQLException | RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException("A plugin's call failed: " + each.method(), failure);
    }
  }

  private static @Nullable Object call(Method method, Object target, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getTargetException();
    }
  }

  private Object ofObject(Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "unwrapped " + connection;
    };
  }
}
