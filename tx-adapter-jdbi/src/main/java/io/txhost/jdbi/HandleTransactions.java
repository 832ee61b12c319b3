package io.txhost.jdbi;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * What a handle's own transaction calls mean: {@code inTransaction} is a NESTED block of the host,
 * which begins a transaction where there is none; savepoints are Jdbi's own; begin, commit and
 * rollback are refused. One per handle.
 */
final class HandleTransactions implements TransactionHandler {
  private static final TransactionOptions NESTED =
      TransactionOptions.defaults().propagation(Propagation.NESTED).name("handle.inTransaction");

  private final HandleView view;
  private final HandleConnection connection;
  private final HandleCallbacks callbacks;
  private @Nullable TransactionHandler savepoints;

  HandleTransactions(HandleView view, HandleConnection connection) {
    this.view = view;
    this.connection = connection;
    this.callbacks = new HandleCallbacks(view.jdbiInside());
  }

  @Override
  public TransactionHandler specialize(Handle handle) throws SQLException {
    savepoints = LocalTransactionHandler.binding().specialize(handle);
    return this;
  }

  // ---- blocks

  @Override
  public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback)
      throws X {
    return nested(handle, NESTED, callback);
  }

  @Override
  public <R, X extends Exception> R inTransaction(
      Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> callback) throws X {
    return nested(handle, NESTED.isolation(isolation(level)), callback);
  }

  private <R, X extends Exception> R nested(
      Handle handle, TransactionOptions options, HandleCallback<R, X> callback) throws X {
    refuseUnlessCurrent(handle, "inTransaction(..)");
    TransactionalCallable<R, X> work = () -> callback.withHandle(handle);
    return view.host()
        .withTransaction(connection.isReadOnlyAsked() ? options.readOnly(true) : options, work);
  }

  private static Isolation isolation(TransactionIsolationLevel level) {
    return switch (level) {
      case UNKNOWN -> Isolation.DEFAULT;
      case READ_UNCOMMITTED -> Isolation.READ_UNCOMMITTED;
      case READ_COMMITTED -> Isolation.READ_COMMITTED;
      case REPEATABLE_READ -> Isolation.REPEATABLE_READ;
      case SERIALIZABLE -> Isolation.SERIALIZABLE;
      case NONE -> throw Refusals.noIsolation();
    };
  }

  /** A block is the active transaction's, so the handle must be too. */
  private void refuseUnlessCurrent(Handle handle, String call) {
    if (connection.isFallback()) {
      return;
    }
    if (connection.isEnded()) {
      throw Refusals.ended(call, connection.transaction());
    }
    TransactionHost<Handle> host = view.host();
    if (!host.isTransactionActive() || host.tx() != handle) {
      throw Refusals.setAside("handle." + call, connection.transaction());
    }
  }

  // ---- questions

  @Override
  public boolean isInTransaction(Handle handle) {
    return switch (JdbiCaller.ofIsInTransaction()) {
      // "yes" keeps Handle.close() from ending a transaction that is not the handle's
      case "<init>" -> true;
      // "no" sends the callback to us; "yes" would run it bare
      case "inTransaction" -> false;
      case "addTransactionCallback" -> expectCallback(handle);
      default -> connection.isInTransaction();
    };
  }

  private boolean expectCallback(Handle handle) {
    if (!connection.isInTransaction()) {
      return false;
    }
    refuseUnlessCurrent(handle, "afterCommit(..) or afterRollback(..)");
    view.host().currentTransaction().ifPresent(active -> callbacks.expect(handle, active));
    return true;
  }

  // ---- what is the boundary's to do

  @Override
  public void begin(Handle handle) {
    throw raw("begin");
  }

  @Override
  public void commit(Handle handle) {
    throw raw("commit");
  }

  @Override
  public void rollback(Handle handle) {
    throw raw("rollback");
  }

  private TransactionException raw(String call) {
    if (connection.isInTransaction()) {
      return Refusals.rawInside(call, connection.transaction());
    }
    return connection.isFallback()
        ? Refusals.outside(call, view.host())
        : Refusals.ended(call + "()", connection.transaction());
  }

  // ---- the user's own savepoints

  @Override
  public void savepoint(Handle handle, String name) {
    savepoints("savepoint").savepoint(handle, name);
  }

  @Override
  public void rollbackToSavepoint(Handle handle, String name) {
    savepoints("rollbackToSavepoint").rollbackToSavepoint(handle, name);
  }

  @Override
  public void releaseSavepoint(Handle handle, String name) {
    savepoints("releaseSavepoint").releaseSavepoint(handle, name);
  }

  private TransactionHandler savepoints(String call) {
    if (!connection.isInTransaction()) {
      throw raw(call);
    }
    TransactionHandler own = savepoints;
    if (own == null) {
      throw new IllegalStateException("Jdbi did not specialize this handler");
    }
    return own;
  }
}
