package io.txhost.jdbi;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jspecify.annotations.Nullable;

/**
 * The large objects of Jdbi's PostgresPlugin, asked for when they are used. The plugin asks the
 * driver for them whenever a handle is made, which would take a connection for a handle that may
 * never need one, and asks it to read a table of the server's besides.
 *
 * <p>That plugin alone does so, and what it makes is reached in no public way; a plugin whose
 * inside is another one is called as any other.
 */
final class PostgresLobs {
  private static final String PLUGIN = "org.jdbi.v3.postgres.PostgresPlugin";

  private static final ClassValue<PostgresLobs> OF =
      new ClassValue<>() {
        @Override
        protected PostgresLobs computeValue(Class<?> plugin) {
          return find(plugin);
        }
      };

  private final @Nullable Inside inside;

  private record Inside(Class<?> types, Class<?> api, MethodHandle make, MethodHandle set) {}

  private PostgresLobs(@Nullable Inside inside) {
    this.inside = inside;
  }

  /** Those of a plugin, which may have none. */
  static PostgresLobs of(JdbiPlugin plugin) {
    return OF.get(plugin.getClass());
  }

  /** Whether a call is the one that asks the driver for them. */
  static boolean isAskedFor(Method call) {
    return call.getName().equals("getLargeObjectAPI");
  }

  boolean areThere() {
    return inside != null;
  }

  /** After the plugin has customized the handle. */
  void replaceIn(Handle handle) {
    Inside found = inside;
    if (found != null) {
      Connection connection = handle.getConnection();
      Object lobs =
          Proxy.newProxyInstance(
              found.api.getClassLoader(),
              new Class<?>[] {found.api},
              (proxy, method, arguments) -> call(found, connection, proxy, method, arguments));
      invoke(found.set, configuration(handle, found.types), lobs);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a configuration is one of itself
  private static Object configuration(Handle handle, Class<?> type) {
    return handle.getConfig((Class) type);
  }

  private static @Nullable Object call(
      Inside found,
      Connection connection,
      Object proxy,
      Method method,
      Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "large objects of " + connection;
      };
    }
    try {
      return method.invoke(invoke(found.make, connection), arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getTargetException();
    }
  }

  private static @Nullable Object invoke(MethodHandle handle, Object... arguments) {
    try {
      return handle.invokeWithArguments(arguments);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException("Jdbi threw what it does not declare", failure);
    }
  }

  private static PostgresLobs find(Class<?> plugin) {
    for (Class<?> each = plugin; each != null; each = each.getSuperclass()) {
      if (each.getName().equals(PLUGIN)) {
        return new PostgresLobs(inside(each));
      }
    }
    return new PostgresLobs(null);
  }

  private static @Nullable Inside inside(Class<?> plugin) {
    try {
      Lookup lookup = MethodHandles.privateLookupIn(plugin, MethodHandles.lookup());
      Class<?> types = lookup.findClass("org.jdbi.v3.postgres.PostgresTypes");
      Class<?> api = lookup.findClass("org.jdbi.v3.postgres.PgLobApi");
      Class<?> made = lookup.findClass("org.jdbi.v3.postgres.PgLobApiImpl");
      return new Inside(
          types,
          api,
          lookup.findConstructor(made, MethodType.methodType(void.class, Connection.class)),
          lookup.findVirtual(types, "setLobApi", MethodType.methodType(types, api)));
    } catch (ReflectiveOperationException | RuntimeException another) {
      return null; // the plugin is called as any other
    }
  }
}
