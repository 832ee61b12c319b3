package io.txhost.jdbi;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;

/**
 * Watches over handles that user code opens itself, which ask no scope: one inside a transaction
 * would write outside of it, and one on a pool with auto-commit off would never commit. Both are
 * refused; the rest is Jdbi's own.
 */
final class OpenedHandles extends DelegatingTransactionHandler {
  private static final String JDBC_ADAPTER = "io.txhost.jdbc";

  private final Joining joining;

  OpenedHandles(Joining joining, TransactionHandler own) {
    super(own);
    this.joining = joining;
  }

  @Override
  public TransactionHandler specialize(Handle handle) throws SQLException {
    joining.refuseIfReplaced(); // jdbi.withHandle(..) would come by here, not by our scope
    if (!isManaged(handle.getConnection())) {
      refuseInside();
      if (!handle.getConnection().getAutoCommit()) {
        throw Refusals.openWithoutAutoCommit(joining.host());
      }
    }
    return getDelegate().specialize(handle);
  }

  /** A Jdbi made of {@code JdbcAdapter.dataSource(host)} gets connections that join. */
  private static boolean isManaged(Connection connection) {
    return connection.getClass().getPackageName().equals(JDBC_ADAPTER);
  }

  private void refuseInside() {
    if (joining.host().isTransactionActive()) {
      throw Refusals.openInside(HandleView.nameOf(joining.host()));
    }
  }
}
