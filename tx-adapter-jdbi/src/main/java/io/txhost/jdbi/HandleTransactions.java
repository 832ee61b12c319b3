package io.txhost.jdbi;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.TransactionalRunnable;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionException;
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

  private static final TransactionOptions JOINED =
      TransactionOptions.defaults()
          .propagation(Propagation.MANDATORY)
          .rollbackFor(TransactionException.class);

  private final HandleView view;
  private final HandleConnection connection;
  private @Nullable HandleCallbacks callbacks;
  private @Nullable TransactionHandler savepoints;

  /** Until it is, the only one who asks is the handle's own constructor. */
  private boolean handleIsMade;

  HandleTransactions(HandleView view, HandleConnection connection) {
    this.view = view;
    this.connection = connection;
  }

  @Override
  public TransactionHandler specialize(Handle handle) {
    return this;
  }

  /** The handle's constructor is through. */
  void made() {
    handleIsMade = true;
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
    connection.refuseUnlessCurrent("inTransaction(..)");
    boolean isBatch = !connection.isInTransaction() && JdbiCaller.isSqlBatch();
    TransactionalCallable<R, X> work =
        () -> {
          R result = callback.withHandle(handle);
          return isBatch ? ReadResults.read(result) : result;
        };
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

  // ---- questions

  @Override
  public boolean isInTransaction(Handle handle) {
    if (!handleIsMade) {
      return true; // which keeps Handle.close() from ending a transaction that is not the handle's
    }
    return switch (JdbiCaller.ofIsInTransaction()) {
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
    connection.refuseUnlessCurrent("afterCommit(..) or afterRollback(..)");
    view.host().currentTransaction().ifPresent(active -> callbacks().expect(handle, active));
    return true;
  }

  private HandleCallbacks callbacks() {
    HandleCallbacks kept = callbacks;
    if (kept == null) {
      kept = new HandleCallbacks(view.jdbiInside());
      callbacks = kept;
    }
    return kept;
  }

  // ---- what is the boundary's to do

  @Override
  public void begin(Handle handle) {
    throw raw("begin");
  }

  @Override
  public void commit(Handle handle) {
    throw end("commit");
  }

  @Override
  public void rollback(Handle handle) {
    throw end("rollback");
  }

  private RuntimeException end(String call) {
    RuntimeException refusal = raw(call);
    if (connection.isInTransaction() && refusal instanceof TransactionException ours) {
      mark(call, ours);
    }
    return refusal;
  }

  private RuntimeException raw(String call) {
    if (!connection.isInTransaction()) {
      return connection.noTransaction(call);
    }
    connection.refuseUnlessCurrent(call + "()");
    return Refusals.rawInside(call, connection.transaction());
  }

  /**
   * Whoever swallows the refusal believes in what was refused: nothing of the block is kept. A
   * boundary that joins and fails is how a view gives the mark its cause.
   */
  private void mark(String call, TransactionException refusal) {
    TransactionHost<Handle> host = view.host();
    if (host.currentTransaction().filter(active -> !active.isRollbackOnly()).isEmpty()) {
      return;
    }
    TransactionalRunnable<TransactionException> failing =
        () -> {
          throw refusal;
        };
    try {
      host.withTransaction(JOINED.name("handle." + call + "()"), failing);
    } catch (TransactionException failed) {
      if (failed != refusal) {
        refusal.addSuppressed(failed);
      }
    }
  }

  // ---- the user's own savepoints

  @Override
  public void savepoint(Handle handle, String name) {
    savepoints("savepoint", handle).savepoint(handle, name);
  }

  @Override
  public void rollbackToSavepoint(Handle handle, String name) {
    savepoints("rollbackToSavepoint", handle).rollbackToSavepoint(handle, name);
  }

  @Override
  public void releaseSavepoint(Handle handle, String name) {
    savepoints("releaseSavepoint", handle).releaseSavepoint(handle, name);
  }

  private TransactionHandler savepoints(String call, Handle handle) {
    if (!connection.isInTransaction()) {
      throw raw(call);
    }
    TransactionHandler jdbis = savepoints;
    if (jdbis == null) {
      jdbis = jdbis(handle);
      savepoints = jdbis;
    }
    return jdbis;
  }

  private static TransactionHandler jdbis(Handle handle) {
    try {
      return LocalTransactionHandler.binding().specialize(handle);
    } catch (SQLException failure) {
      throw new ConnectionException(failure);
    }
  }
}
