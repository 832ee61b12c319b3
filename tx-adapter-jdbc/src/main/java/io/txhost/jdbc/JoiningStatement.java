package io.txhost.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A statement that was made outside a transaction. It is executed where it is used: if another
 * transaction is active there, or none any more, it is made anew on that connection, and what was
 * set on it is set again. The one before is closed first: where the pool has one connection, the
 * two could never be open beside each other. One whose text is refused where it was made has no
 * connection until it is used where the text is permitted.
 *
 * <p>Used by one thread at a time, as any statement.
 */
final class JoiningStatement implements InvocationHandler {
  /** What asks the connection, or leads to it, and needs no result. */
  private static final Set<String> ASKING = Set.of("getMetaData", "getParameterMetaData", "unwrap");

  private final FallbackConnection connection;
  private final SqlCall<? extends GuardedStatement> make;

  /** What it was prepared with, where that is refused outside. */
  private final @Nullable Sql refused;

  private final Map<Object, StatementCall> settings = new LinkedHashMap<>();
  private final List<Collection<StatementCall>> batch = new ArrayList<>();
  private GuardedConnection home;

  /** Null before it is made, and while it moves. Another thread may cancel it. */
  private volatile @Nullable GuardedStatement current;

  private @Nullable Statement shown;
  private boolean closed;

  private JoiningStatement(
      FallbackConnection connection,
      SqlCall<? extends GuardedStatement> make,
      @Nullable GuardedStatement made,
      @Nullable Sql refused) {
    this.connection = connection;
    this.make = make;
    this.home = connection;
    this.current = made;
    this.refused = refused;
  }

  /**
   * Shows the statement.
   *
   * @param made the first, on the connection outside
   * @param make makes another where it is called
   */
  static <S extends Statement> S of(
      Class<S> kind,
      FallbackConnection connection,
      GuardedStatement made,
      SqlCall<? extends GuardedStatement> make) {
    S shown = show(kind, new JoiningStatement(connection, make, made, null));
    made.shownAs(shown);
    return shown;
  }

  /**
   * Shows one that is not made yet, since its text is refused outside: it takes no connection.
   *
   * @param make makes it where it is called
   */
  static <S extends Statement> S refused(
      Class<S> kind,
      FallbackConnection connection,
      Sql refused,
      SqlCall<? extends GuardedStatement> make) {
    return show(kind, new JoiningStatement(connection, make, null, refused));
  }

  private static <S extends Statement> S show(Class<S> kind, JoiningStatement handler) {
    S shown =
        kind.cast(
            Proxy.newProxyInstance(
                JoiningStatement.class.getClassLoader(), new Class<?>[] {kind}, handler));
    handler.shown = shown;
    return shown;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method, arguments);
    }
    String name = method.getName();
    switch (name) {
      case "close" -> {
        close();
        return null;
      }
      case "cancel" -> {
        cancel();
        return null;
      }
      case "isClosed" -> {
        return isClosed();
      }
      case "getConnection" -> {
        return connection;
      }
      case "unwrap", "isWrapperFor" -> {
        boolean isThis = arguments != null && ((Class<?>) arguments[0]).isInstance(proxy);
        return isThis ? answerOfThis(name, proxy) : used(name, StatementCall.of(method, arguments));
      }
      default -> {
        return used(name, StatementCall.of(method, arguments));
      }
    }
  }

  private void close() throws SQLException {
    closed = true;
    GuardedStatement last = current;
    if (last != null) {
      last.close();
    }
  }

  private void cancel() throws SQLException {
    GuardedStatement now = current;
    if (now != null) {
      now.cancel();
    }
  }

  private boolean isClosed() throws SQLException {
    GuardedStatement now = current;
    if (closed || now == null) {
      return closed || connection.isClosed();
    }
    return !isHomeGone() && now.isClosed();
  }

  private static Object answerOfThis(String name, Object proxy) {
    return name.equals("unwrap") ? proxy : true;
  }

  private static Object ofObject(Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "statement made " + FallbackConnection.WHO;
    };
  }

  private @Nullable Object used(String name, StatementCall call) throws Throwable {
    if (isSetting(name)) {
      return set(name, call);
    }
    boolean isExecution = name.startsWith("execute");
    if (!closed && (isExecution || ASKING.contains(name) || current == null)) {
      GuardedConnection here = connection.here();
      if (isExecution) {
        refuseUnmade(name, here);
      }
      moveTo(here);
    }
    return name.endsWith("Batch") ? batchRun(call) : call.on(open());
  }

  /** A refused text has no connection of the pool until then. */
  private void refuseUnmade(String name, GuardedConnection here) {
    boolean isNothing = name.endsWith("Batch") && batch.isEmpty();
    if (current == null && refused != null && here == connection && !isNothing) {
      connection.rules().refuse(refused);
    }
  }

  private GuardedStatement open() throws SQLException {
    GuardedStatement now = current;
    if (now == null) {
      throw new SQLException("TXH-513 This statement was closed. Make another.", "08003");
    }
    return now;
  }

  private @Nullable Object set(String name, StatementCall call) throws Throwable {
    if (!closed) {
      GuardedConnection here = connection.here();
      if (current == null && here == connection && !call.isBound()) { // set when it is made
        forget(name, call);
        remember(name, call);
        return null;
      }
      if (mustMoveTo(here)) {
        moveWithout(name, call, here);
      }
    }
    Object result = call.on(open());
    forget(name, call);
    remember(name, call);
    return result;
  }

  /** What is replaced need not come along; where that is refused, it is still set. */
  private void moveWithout(String name, StatementCall replacing, GuardedConnection here)
      throws Throwable {
    Map<Object, StatementCall> settingsWere = new LinkedHashMap<>(settings);
    List<Collection<StatementCall>> batchWas = List.copyOf(batch);
    forget(name, replacing);
    try {
      moveTo(here);
    } catch (Throwable refused) {
      settings.putAll(settingsWere);
      batch.clear();
      batch.addAll(batchWas);
      throw refused;
    }
  }

  /** What failed in the driver is no more in its batch; what was refused before is. */
  private @Nullable Object batchRun(StatementCall call) throws Throwable {
    try {
      Object result = call.on(open());
      batch.clear();
      return result;
    } catch (BatchUpdateException e) {
      batch.clear();
      throw e;
    }
  }

  private static boolean isSetting(String name) {
    return name.startsWith("set")
        || name.equals("registerOutParameter")
        || name.equals("closeOnCompletion")
        || name.equals("addBatch")
        || name.startsWith("clear");
  }

  private void forget(String name, StatementCall call) {
    switch (name) {
      case "clearBatch" -> batch.clear();
      case "clearParameters" -> settings.values().removeIf(StatementCall::isOfParameter);
      default -> settings.remove(call.key());
    }
  }

  private void remember(String name, StatementCall call) {
    if (name.equals("addBatch")) {
      List<StatementCall> added = new ArrayList<>(settings.values());
      added.add(call);
      batch.add(added);
    } else if (!name.startsWith("clear")) {
      settings.put(call.key(), call);
    }
  }

  /** Whether the transaction that it is in has ended. */
  private boolean isHomeGone() throws SQLException {
    return home != connection && home.isClosed();
  }

  /** In a block also where a transaction has its connection, or has thrown it away. */
  private boolean mustMoveTo(GuardedConnection here) {
    GuardedStatement now = current;
    return now == null
        || here != home
        || (now.guard() instanceof AutoCommitGuard guard && guard.isTakenAway());
  }

  private void moveTo(GuardedConnection here) throws Throwable {
    if (!mustMoveTo(here)) {
      return;
    }
    refuseIfBound();
    if (isHomeGone() && !batch.isEmpty()) { // whoever filled it meant that transaction
      throw Refusals.batchOfEnded();
    }
    leaveHome();
    GuardedStatement next = make.run();
    try {
      replayOn(next);
    } catch (Throwable e) {
      next.close();
      throw e;
    }
    if (shown != null) {
      next.shownAs(shown);
    }
    current = next;
    home = here;
  }

  /**
   * Its connection may be the pool's last. What fails from here on is made anew at the next use.
   */
  private void leaveHome() throws SQLException {
    GuardedStatement before = current;
    boolean isThere = !isHomeGone();
    current = null;
    home = connection;
    if (before != null && isThere && !before.guard().hasEnded()) {
      before.close();
    }
  }

  private void replayOn(GuardedStatement next) throws Throwable {
    for (Collection<StatementCall> each : batch) {
      for (StatementCall call : each) {
        call.on(next);
      }
    }
    for (StatementCall call : settings.values()) {
      call.on(next);
    }
  }

  private void refuseIfBound() {
    boolean isBound =
        settings.values().stream().anyMatch(StatementCall::isBound)
            || batch.stream().flatMap(Collection::stream).anyMatch(StatementCall::isBound);
    if (isBound) {
      throw Refusals.cannotJoin("A statement with a stream, a large object or an array set on it");
    }
  }
}
