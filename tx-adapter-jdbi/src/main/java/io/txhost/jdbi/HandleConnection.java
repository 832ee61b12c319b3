package io.txhost.jdbi;

import io.txhost.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection under one handle of ours. What differs by where the handle was got is a kind each:
 * {@link OfTransaction}, {@link OfBlock} and {@link Outside}.
 *
 * <p>Used by one thread at a time, as its handle is.
 */
abstract sealed class HandleConnection extends ForwardingConnection
    permits OfTransaction, OfBlock, Outside {
  private final HandleView view;
  private final PluginCalls pluginCalls = new PluginCalls(this);
  private boolean readOnlyAsked;
  private @Nullable HandleSupplier supplier;

  HandleConnection(HandleView view) {
    this.view = view;
  }

  /** That of a handle that the scope gave, which is always one of ours. */
  static HandleConnection of(Handle handle) {
    return (HandleConnection) handle.getConnection();
  }

  HandleView view() {
    return view;
  }

  // ---- where it is

  abstract boolean isInTransaction();

  /** The transaction it is in, for messages. */
  abstract String transaction();

  /**
   * Refuses a call that is the active transaction's where this connection is another's.
   *
   * @param call what is refused, for the message
   */
  abstract void refuseUnlessCurrent(String call);

  /** Why a raw transaction call is refused where none is active. */
  abstract RuntimeException noTransaction(String call);

  /** Refuses a statement that cannot be made here. */
  abstract void refuseStatement();

  /** Whether a plugin's calls reach the driver's connection that the next statement is on. */
  abstract boolean keepsConnection();

  /** What the handle holds goes back, if it is not the host's. */
  abstract void handleClosed() throws SQLException;

  /** A statement may be kept for reuse, since it costs no connection of its own. */
  boolean mayCacheStatements() {
    return keepsConnection();
  }

  // ---- while the handle is made

  PluginCalls pluginCalls() {
    return pluginCalls;
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
  Connection forStatements() throws SQLException {
    refuseStatement();
    Connection target = target();
    pluginCalls.reach(target);
    return target;
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
  public void setTransactionIsolation(int level) throws SQLException {
    if (!JdbiCaller.isIsolationScope() && level != getTransactionIsolation()) {
      throw Refusals.asSql(Refusals.state("setTransactionIsolation"));
    }
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return readOnlyAsked || isTransactionReadOnly();
  }

  /** Asked by each {@code @Transaction}: outside it costs no connection. */
  boolean isTransactionReadOnly() throws SQLException {
    return view.host().currentTransaction().map(Transaction::isReadOnly).orElse(false);
  }

  /** A SqlObject's {@code @Transaction(readOnly = true)} asks so, and takes it back after it. */
  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    if (JdbiCaller.isTransactionAnnotation()) {
      readOnlyAsked = readOnly;
    } else if (readOnly != isReadOnly()) {
      throw Refusals.asSql(Refusals.state("setReadOnly"));
    }
  }

  boolean isReadOnlyAsked() {
    return readOnlyAsked;
  }

  // ---- unwrap

  /** Asking a host for its handle takes no connection, whatever a plugin unwraps meanwhile. */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    return pluginCalls.areCollected() && type.isInterface()
        ? pluginCalls.unwrapped(type)
        : super.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || super.isWrapperFor(type);
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
