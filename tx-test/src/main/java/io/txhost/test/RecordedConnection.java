package io.txhost.test;

import io.txhost.spi.ThreadName;
import io.txhost.test.RecordingDataSource.Call;
import io.txhost.test.RecordingDataSource.Event;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** One time that a connection was handed out. Used by one thread at a time, as connections are. */
final class RecordedConnection implements InvocationHandler {
  private final RecordingDataSource recorder;
  private final Connection below;
  private final int number;
  private final Connection proxy;
  private final Throwable takenBy;
  private volatile boolean inTransaction;
  private volatile boolean aborted;
  private volatile boolean closed;

  RecordedConnection(RecordingDataSource recorder, Connection below, int number) {
    this.recorder = recorder;
    this.below = below;
    this.number = number;
    this.proxy = proxy(Connection.class, this);
    this.takenBy =
        new Throwable("connection " + number + " was taken on thread " + ThreadName.here());
  }

  Connection proxy() {
    return proxy;
  }

  /** Where it was taken, as a stack. */
  Throwable takenBy() {
    return takenBy;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    Object @Nullable [] given = args;
    return switch (method.getName()) {
      case "equals" -> given != null && self == given[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> "connection " + number + " recorded over " + below;
      case "unwrap" -> isBelow(given) ? below : call(below, method, given);
      case "isWrapperFor" -> isBelow(given) || (boolean) call(below, method, given);
      case "close" -> close(method);
      case "abort" -> abort(method, given);
      case "commit" -> ended(Call.COMMIT, method, given);
      case "rollback" ->
          given == null
              ? ended(Call.ROLLBACK, method, given)
              : told(Call.ROLLBACK_TO, null, method, given);
      case "setSavepoint" -> setSavepoint(method, given);
      case "releaseSavepoint" -> told(Call.RELEASE, null, method, given);
      case "setAutoCommit" -> setAutoCommit(method, given);
      case "setReadOnly" -> recorder.carryOut(Call.SET_READ_ONLY, () -> call(below, method, given));
      case "setTransactionIsolation" -> told(Call.SET, null, method, given);
      case "createStatement" -> recorded(Statement.class, method, given, null);
      case "prepareStatement", "prepareCall" ->
          recorded(method.getReturnType(), method, given, text(given));
      default -> call(below, method, given);
    };
  }

  /** Whether a class is asked for that is the next one down; Connection itself leads to the end. */
  private boolean isBelow(Object @Nullable [] args) {
    return args != null && args[0] != Connection.class && ((Class<?>) args[0]).isInstance(below);
  }

  private @Nullable Object close(Method method) throws SQLException {
    if (closed) {
      return call(below, method, null);
    }
    closed = true;
    recorder.returned(this);
    return aborted
        ? recorder.carryOut(Call.CLOSE, () -> call(below, method, null))
        : told(Call.CLOSE, null, method, null);
  }

  private @Nullable Object abort(Method method, Object @Nullable [] args) throws SQLException {
    if (closed || aborted) {
      return call(below, method, args);
    }
    aborted = true;
    return told(Call.ABORT, null, method, args);
  }

  private @Nullable Object ended(Call call, Method method, Object @Nullable [] args)
      throws SQLException {
    Object result = told(call, null, method, args);
    inTransaction = false;
    return result;
  }

  private @Nullable Object setSavepoint(Method method, Object @Nullable [] args)
      throws SQLException {
    begins();
    Event event = new Event(number, Call.SAVEPOINT.word(), null, text(args));
    Object savepoint = recorder.told(event, Call.SAVEPOINT, () -> call(below, method, args));
    if (event.savepoint == null && savepoint instanceof Savepoint unnamed) {
      event.savepoint = nameOf(unnamed);
    }
    return savepoint;
  }

  /** By JDBC it has a number; MySQL's driver gives it a name. */
  private static String nameOf(Savepoint unnamed) throws SQLException {
    try {
      return String.valueOf(unnamed.getSavepointId());
    } catch (SQLException e) {
      return unnamed.getSavepointName();
    }
  }

  private @Nullable Object setAutoCommit(Method method, Object @Nullable [] args)
      throws SQLException {
    boolean commits = inTransaction && args != null && Boolean.TRUE.equals(args[0]);
    if (!commits) {
      return recorder.carryOut(Call.SET_AUTO_COMMIT, () -> call(below, method, args));
    }
    Event event = new Event(number, Call.COMMIT.word(), null, null);
    Object result = recorder.told(event, Call.SET_AUTO_COMMIT, () -> call(below, method, args));
    inTransaction = false;
    return result;
  }

  private Object recorded(
      Class<?> type, Method method, Object @Nullable [] args, @Nullable String sql)
      throws SQLException {
    Object statement = call(below, method, args);
    return proxy(type, new RecordedStatement((Statement) statement, sql));
  }

  private @Nullable Object told(
      Call call, @Nullable String sql, Method method, Object @Nullable [] args)
      throws SQLException {
    return recorder.told(
        new Event(number, call.word(), sql, null), call, () -> call(below, method, args));
  }

  /** Auto-commit is off and nothing was sent yet: what comes now carries the BEGIN. */
  private void begins() throws SQLException {
    if (!inTransaction && !below.getAutoCommit()) {
      inTransaction = true;
      recorder.noteBegin(number);
    }
  }

  private static @Nullable String text(Object @Nullable [] args) {
    return args != null && args.length > 0 && args[0] instanceof String text ? text : null;
  }

  private static <P> P proxy(Class<P> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            RecordedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @SuppressWarnings("NullAway") // drivers return null where their interface says so
  private static Object call(Object target, Method method, Object @Nullable [] args)
      throws SQLException {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      Throwable failure = e.getCause();
      if (failure instanceof SQLException sql) {
        throw sql;
      }
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(method + " threw what it does not declare", failure);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " cannot be called", e);
    }
  }

  private final class RecordedStatement implements InvocationHandler {
    private final Statement statement;
    private final @Nullable String prepared;

    RecordedStatement(Statement statement, @Nullable String prepared) {
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
        default ->
            name.startsWith("execute") ? execute(method, args) : call(statement, method, args);
      };
    }

    private @Nullable Object execute(Method method, Object @Nullable [] args) throws SQLException {
      String given = text(args);
      String sql = given != null ? given : prepared != null ? prepared : "(batch)";
      SqlText read = SqlText.of(sql);
      Call call = read.call();
      if (call == Call.SQL || call == Call.SAVEPOINT) {
        begins();
      }
      Event event = new Event(number, call.word(), sql, read.savepointName());
      Object result = recorder.told(event, call, () -> call(statement, method, args));
      if (call == Call.COMMIT || call == Call.ROLLBACK) {
        inTransaction = false;
      } else if (call == Call.BEGIN) {
        inTransaction = true;
      }
      return result;
    }
  }
}
