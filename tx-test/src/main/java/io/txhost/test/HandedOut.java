package io.txhost.test;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection that was handed out while a test ran. */
final class HandedOut implements InvocationHandler {
  private final Connection proxy;
  private Session session;
  private volatile boolean closed;

  HandedOut(Session session) {
    this.session = session;
    this.proxy = proxy(Connection.class, this);
  }

  Connection proxy() {
    return proxy;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    return switch (method.getName()) {
      case "equals" -> args != null && self == args[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> "connection in a test";
      case "close" -> close();
      case "isClosed" -> closed;
      case "abort" -> abort();
      default -> {
        refuseClosed();
        yield args == null ? withoutArguments(method) : withArguments(method, args);
      }
    };
  }

  private void refuseClosed() throws SQLException {
    if (closed) {
      throw new SQLNonTransientConnectionException("The connection is closed", "08003");
    }
  }

  private @Nullable Object withoutArguments(Method method) throws SQLException {
    switch (method.getName()) {
      case "commit" -> session.commit();
      case "rollback" -> session.rollback();
      case "getAutoCommit" -> {
        return session.autoCommits();
      }
      case "isReadOnly" -> {
        return session.isReadOnly();
      }
      case "getTransactionIsolation" -> {
        return session.isolation();
      }
      case "getMetaData" -> {
        return metaData();
      }
      case "setSavepoint" -> {
        return session.savepoint(connection -> call(connection, method));
      }
      case "createStatement" -> {
        return statement(Statement.class, method);
      }
      default -> {
        return session.ask(connection -> call(connection, method));
      }
    }
    return null;
  }

  private @Nullable Object withArguments(Method method, Object[] args) throws SQLException {
    switch (method.getName()) {
      case "setAutoCommit" -> session = session.autoCommit((boolean) args[0]);
      case "setReadOnly" -> session.readOnly((boolean) args[0]);
      case "setTransactionIsolation" -> session.isolation((int) args[0]);
      case "unwrap" -> {
        return isOurs(args[0]) ? proxy : session.ask(connection -> unwrap(connection, args[0]));
      }
      case "isWrapperFor" -> {
        return isOurs(args[0]) || session.ask(connection -> wraps(connection, args[0]));
      }
      case "setSavepoint", "releaseSavepoint", "rollback" -> {
        return session.savepoint(connection -> call(connection, method, args));
      }
      case "createStatement" -> {
        return statement(Statement.class, method, args);
      }
      case "prepareStatement", "prepareCall" -> {
        return statement(method.getReturnType(), method, args);
      }
      default -> {
        return session.ask(connection -> call(connection, method, args));
      }
    }
    return null;
  }

  private static boolean isOurs(Object type) {
    return type == Connection.class;
  }

  private boolean wraps(Connection connection, Object asked) throws SQLException {
    Class<?> type = (Class<?>) asked;
    return !session.hides(type) && (type.isInstance(connection) || connection.isWrapperFor(type));
  }

  private Object unwrap(Connection connection, Object asked) throws SQLException {
    Class<?> type = (Class<?>) asked;
    if (session.hides(type)) {
      throw new SQLException(
          type.getName() + " is not reached in a test: it would tell of the test's transaction");
    }
    return type.isInstance(connection)
        ? connection
        : Objects.requireNonNull(connection.unwrap(type));
  }

  private @Nullable Object close() throws SQLException {
    if (!closed) {
      closed = true;
      session.close();
    }
    return null;
  }

  private @Nullable Object abort() throws SQLException {
    if (!closed) {
      closed = true;
      session.abort();
    }
    return null;
  }

  private DatabaseMetaData metaData() throws SQLException {
    DatabaseMetaData drivers = session.ask(Connection::getMetaData);
    return proxy(DatabaseMetaData.class, new MetaDataHandedOut(drivers));
  }

  private Object statement(Class<?> type, Method method, Object... args) throws SQLException {
    Object made = session.ask(connection -> call(connection, method, args));
    String sql = args.length > 0 && args[0] instanceof String text ? text : null;
    return proxy(type, new StatementHandedOut((Statement) Objects.requireNonNull(made), sql));
  }

  private static <P> P proxy(Class<P> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(HandedOut.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable ... args)
      throws SQLException {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw HandedOut.<RuntimeException>unchanged(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " cannot be called", e);
    }
  }

  // what a driver threw leaves as it is, checked or not
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> RuntimeException unchanged(@Nullable Throwable thrown)
      throws X {
    throw (X) Objects.requireNonNull(thrown);
  }

  /** Leads back to the connection that was handed out, and not past it. */
  private final class MetaDataHandedOut implements InvocationHandler {
    private final DatabaseMetaData drivers;

    MetaDataHandedOut(DatabaseMetaData drivers) {
      this.drivers = drivers;
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
        throws Throwable {
      return method.getName().equals("getConnection")
          ? proxy
          : session.ask(connection -> call(drivers, method, args));
    }
  }

  private final class StatementHandedOut implements InvocationHandler {
    private final Statement statement;
    private final @Nullable String prepared;

    StatementHandedOut(Statement statement, @Nullable String prepared) {
      this.statement = statement;
      this.prepared = prepared;
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
        throws Throwable {
      String name = method.getName();
      return switch (name) {
        case "equals" -> args != null && self == args[0];
        case "hashCode" -> System.identityHashCode(self);
        case "getConnection" -> proxy;
        case "cancel", "close" -> call(statement, method, args);
        default ->
            name.startsWith("execute")
                ? execute(method, args)
                : session.ask(connection -> call(statement, method, args));
      };
    }

    private @Nullable Object execute(Method method, Object @Nullable [] args) throws SQLException {
      refuseClosed();
      String given = args != null && args.length > 0 && args[0] instanceof String s ? s : prepared;
      String sql = given == null ? "(batch)" : given;
      return session.carriesOut(sql)
          ? nothing(method.getReturnType())
          : session.execute(sql, () -> call(statement, method, args));
    }

    private static Object nothing(Class<?> type) {
      return type == boolean.class ? (Object) false : type == long.class ? (Object) 0L : (Object) 0;
    }
  }
}
