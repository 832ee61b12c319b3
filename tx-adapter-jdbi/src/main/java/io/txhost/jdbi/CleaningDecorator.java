package io.txhost.jdbi;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleCallbackDecorator;
import org.jdbi.v3.core.statement.SqlStatements;

/**
 * Closes what a {@code jdbi.withHandle} callback outside a transaction left open, as Jdbi does when
 * it closes its own handle after it: each open statement there holds a connection.
 */
final class CleaningDecorator implements HandleCallbackDecorator {
  private final HandleCallbackDecorator before;

  CleaningDecorator(HandleCallbackDecorator before) {
    this.before = before;
  }

  @Override
  public <R, X extends Exception> HandleCallback<R, X> decorate(HandleCallback<R, X> callback) {
    HandleCallback<R, X> decorated = before.decorate(callback);
    return handle ->
        HandleConnection.isFallback(handle)
            ? cleaning(handle, decorated)
            : decorated.withHandle(handle);
  }

  private static <R, X extends Exception> R cleaning(Handle handle, HandleCallback<R, X> callback)
      throws X {
    SqlStatements config = handle.getConfig(SqlStatements.class);
    config.setAttachAllStatementsForCleanup(config.isAttachCallbackStatementsForCleanup());
    try (Cleaning after = handle::clean) {
      return callback.withHandle(handle);
    }
  }

  private interface Cleaning extends AutoCloseable {
    @Override
    void close();
  }
}
