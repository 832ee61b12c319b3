package io.txhost.jdbi;

import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleCallbackDecorator;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.statement.Cleanable;
import org.jdbi.v3.core.statement.SqlStatements;

/**
 * The callbacks of {@code jdbi.withHandle}, which each end what they opened. Outside a transaction
 * that is the block's handle, as Jdbi closes one that it opened itself. Inside it is what was
 * opened in the callback, since the handle goes on to the transaction's end.
 */
final class CallbackBlocks implements HandleCallbackDecorator {
  private final HandleCallbackDecorator before;
  private final HandleScope blocks;

  /**
   * Decorates.
   *
   * @param before the user's own decorator, which is called inside
   * @param blocks where the open block of the thread is kept
   */
  CallbackBlocks(HandleCallbackDecorator before, HandleScope blocks) {
    this.before = before;
    this.blocks = blocks;
  }

  @Override
  public <R, X extends Exception> HandleCallback<R, X> decorate(HandleCallback<R, X> callback) {
    HandleCallback<R, X> decorated = before.decorate(callback);
    return handle -> run(handle, decorated);
  }

  private <R, X extends Exception> R run(Handle handle, HandleCallback<R, X> callback) throws X {
    HandleConnection connection = HandleConnection.of(handle);
    if (connection instanceof OfBlock block && block.enter()) {
      return block(handle, block, callback);
    }
    return connection instanceof OfTransaction transaction
        ? cleaned(handle, transaction, callback)
        : callback.withHandle(handle);
  }

  private <R, X extends Exception> R block(
      Handle handle, OfBlock block, HandleCallback<R, X> callback) throws X {
    attachStatements(handle, isAttached(handle));
    try (handle) {
      blocks.set(block.supplierOf(handle));
      return callback.withHandle(handle);
    } finally {
      blocks.clear();
    }
  }

  private <R, X extends Exception> R cleaned(
      Handle handle, OfTransaction transaction, HandleCallback<R, X> callback) throws X {
    boolean isOutermost = transaction.enter();
    try {
      return isOutermost ? cleaning(handle, transaction, callback) : callback.withHandle(handle);
    } finally {
      transaction.leave();
    }
  }

  private <R, X extends Exception> R cleaning(
      Handle handle, OfTransaction transaction, HandleCallback<R, X> callback) throws X {
    ConfigRegistry config = handle.getConfig();
    SqlStatements statements = config.get(SqlStatements.class);
    boolean before = statements.isAttachAllStatementsForCleanup();
    HandleCleanables cleanables = transaction.cleanables(handle);
    Set<Cleanable> others = cleanables.now();
    statements.setAttachAllStatementsForCleanup(statements.isAttachCallbackStatementsForCleanup());
    AutoCleaning cleaning = () -> cleanables.cleanAllBut(others);
    try (cleaning) {
      return callback.withHandle(handle);
    } finally {
      // the callback may have given the handle another configuration
      (handle.getConfig() == config ? statements : handle.getConfig(SqlStatements.class))
          .setAttachAllStatementsForCleanup(before);
    }
  }

  /** Closes without a checked exception. */
  private interface AutoCleaning extends AutoCloseable {
    @Override
    void close();
  }

  private static boolean isAttached(Handle handle) {
    return handle.getConfig(SqlStatements.class).isAttachCallbackStatementsForCleanup();
  }

  private static void attachStatements(Handle handle, boolean attached) {
    handle.getConfig(SqlStatements.class).setAttachAllStatementsForCleanup(attached);
  }
}
