package io.txhost.jdbi;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleCallbackDecorator;
import org.jdbi.v3.core.statement.SqlStatements;

/**
 * Closes the handle of a {@code jdbi.withHandle} callback outside a transaction after it, as Jdbi
 * closes one that it opened: each statement that was left open there holds a connection.
 */
final class ClosingDecorator implements HandleCallbackDecorator {
  private final HandleCallbackDecorator before;

  ClosingDecorator(HandleCallbackDecorator before) {
    this.before = before;
  }

  @Override
  public <R, X extends Exception> HandleCallback<R, X> decorate(HandleCallback<R, X> callback) {
    HandleCallback<R, X> decorated = before.decorate(callback);
    return handle ->
        HandleConnection.isFallback(handle)
            ? closing(handle, decorated)
            : decorated.withHandle(handle);
  }

  private static <R, X extends Exception> R closing(Handle handle, HandleCallback<R, X> callback)
      throws X {
    SqlStatements config = handle.getConfig(SqlStatements.class);
    config.setAttachAllStatementsForCleanup(config.isAttachCallbackStatementsForCleanup());
    try (handle) {
      return callback.withHandle(handle);
    }
  }
}
