package io.txhost.jdbi;

import io.txhost.Transaction;
import io.txhost.TransactionHost;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection under one handle. Inside a transaction it is that transaction's and no other's.
 * Outside it is the host's fallback, save while a transaction is active: a SqlObject's
 * {@code @Transaction} method begins one and goes on with the handle it had.
 *
 * <p>Used by one thread at a time, as its handle is.
 */
final class HandleConnection extends ForwardingConnection {
  private final HandleView view;
  private final Connection own;
  private final @Nullable String transaction;
  private final Thread owner = Thread.currentThread();
  private volatile boolean ended;
  private boolean customizing = true;
  private boolean readOnlyAsked;
  private @Nullable HandleSupplier supplier;

  private HandleConnection(HandleView view, Connection own, @Nullable String transaction) {
    this.view = view;
    this.own = own;
    this.transaction = transaction;
  }

  static HandleConnection inside(HandleView view, Connection own, String transaction) {
    return new HandleConnection(view, own, transaction);
  }

  static HandleConnection outside(HandleView view, Connection fallback) {
    return new HandleConnection(view, fallback, null);
  }

  static HandleConnection of(Handle handle) {
    return (HandleConnection) handle.getConnection();
  }

  static boolean isFallback(Handle handle) {
    return handle.getConnection() instanceof HandleConnection connection && connection.isFallback();
  }

  boolean isFallback() {
    return transaction == null;
  }

  /** The handle is there, and its plugins are through with it. */
  void made() {
    customizing = false;
  }

  /** Its transaction has ended. */
  void end() {
    ended = true;
  }

  /** Its own connection tells too, since a structured child's handle is not told. */
  boolean isEnded() {
    try {
      return ended || (!isFallback() && own.isClosed());
    } catch (SQLException failure) {
      throw new ConnectionException(failure);
    }
  }

  boolean isInTransaction() {
    return isFallback() ? view.host().isTransactionActive() : !isEnded();
  }

  /** Outside, what the handle's statements hold goes back; inside, the host ends it all. */
  void handleClosed() throws SQLException {
    if (isFallback()) {
      own.close();
    }
  }

  /** The transaction it is in, for messages. */
  String transaction() {
    return transaction != null ? transaction : HandleView.nameOf(view.host());
  }

  /**
   * Jdbi's own supplier of its handle: only that can set an extension's context on a handle. One
   * per handle, since it keeps the contexts that are open.
   */
  HandleSupplier supplierOf(Handle handle) {
    HandleSupplier current = supplier;
    if (current == null) {
      Captured captured = new Captured();
      captured.set(handle);
      current = captured.supplier();
      supplier = current;
    }
    return current;
  }

  @Override
  Connection target() {
    // while the handle is made, no other: a disabled host would make a handle to answer with
    return isFallback() && !customizing ? active().orElse(own) : own;
  }

  private Optional<Connection> active() {
    TransactionHost<Handle> host = view.host();
    if (!host.isTransactionActive()) {
      return Optional.empty();
    }
    HandleConnection current = of(host.tx());
    // a disabled host shows its fallback as a transaction's resource
    return current.isFallback() ? Optional.empty() : Optional.of(current.own);
  }

  @Override
  Connection forStatements() {
    refuseCustomizedOutside();
    refuseToOtherThread();
    return target();
  }

  /** Jdbi's handles are not safe for use by two threads: a structured child has one of its own. */
  private void refuseToOtherThread() {
    if (!isFallback() && Thread.currentThread() != owner) {
      throw Refusals.setAside("A statement", transaction());
    }
  }

  private void refuseCustomizedOutside() {
    if (customizing && isFallback() && !isInTransaction()) {
      throw Refusals.customizedOutside();
    }
  }

  // ---- the state that Jdbi asks for, and sets before it begins

  /** Jdbi reads the level only to put it back; an answer costs no connection. */
  @Override
  public int getTransactionIsolation() throws SQLException {
    return JdbiCaller.isIsolationScope()
        ? TRANSACTION_READ_COMMITTED
        : super.getTransactionIsolation();
  }

  /** {@code handle.inTransaction(level, ..)} hands the level to {@link HandleTransactions} too. */
  @Override
  public void setTransactionIsolation(int level) {
    if (!JdbiCaller.isIsolationScope()) {
      throw Refusals.state("setTransactionIsolation");
    }
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    if (readOnlyAsked) {
      return true;
    }
    return isFallback()
        ? view.host().currentTransaction().map(Transaction::isReadOnly).orElse(false)
        : own.isReadOnly();
  }

  /** {@code @Transaction(readOnly = true)} sets it just before it begins, and back after. */
  @Override
  public void setReadOnly(boolean readOnly) {
    if (!JdbiCaller.isTransactionAnnotation()) {
      throw Refusals.state("setReadOnly");
    }
    readOnlyAsked = readOnly;
  }

  /** Whether the next transaction that the handle begins is to be read-only. */
  boolean isReadOnlyAsked() {
    return readOnlyAsked;
  }

  // ---- unwrap

  /**
   * What a plugin unwraps while the handle is made takes no connection before it is used: asking a
   * host for its handle takes none.
   */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    return customizing && type.isInterface() ? lazily(type) : super.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || super.isWrapperFor(type);
  }

  private <T> T lazily(Class<T> type) {
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
          }
          refuseCustomizedOutside();
          return call(method, target().unwrap(type), arguments);
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
  }

  private static @Nullable Object call(Method method, Object target, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getTargetException();
    }
  }

  private Object ofObject(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "unwrapped " + this;
    };
  }

  @Override
  public String toString() {
    return "connection of " + (transaction == null ? "no transaction" : transaction);
  }

  /** Takes the supplier that Jdbi makes of a handle. */
  private static final class Captured implements HandleScope {
    private @Nullable HandleSupplier supplier;

    HandleSupplier supplier() {
      if (supplier == null) {
        throw new IllegalStateException("Jdbi made no supplier");
      }
      return supplier;
    }

    @Override
    public @Nullable HandleSupplier get() {
      return supplier;
    }

    @Override
    public void set(HandleSupplier made) {
      supplier = made;
    }

    @Override
    public void clear() {
      supplier = null;
    }
  }
}
