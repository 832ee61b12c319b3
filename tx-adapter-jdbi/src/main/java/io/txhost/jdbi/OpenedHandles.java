package io.txhost.jdbi;

import io.txhost.TransactionRequiredException;
import io.txhost.spi.FallbackSignals;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;

/**
 * Watches over handles that user code opens itself, which ask no scope and no host: one inside a
 * transaction would write outside of it, one outside would write where the host's policy does not
 * permit a write, and one on a pool with auto-commit off would never commit. All are refused; the
 * rest is Jdbi's own.
 */
final class OpenedHandles extends DelegatingTransactionHandler {
  private static final String JDBC_ADAPTER = "io.txhost.jdbc";

  private final Joining joining;
  private final HandleView view;

  OpenedHandles(Joining joining, HandleView view, TransactionHandler own) {
    super(own);
    this.joining = joining;
    this.view = view;
  }

  @Override
  public TransactionHandler specialize(Handle handle) throws SQLException {
    joining.refuseIfReplaced(); // jdbi.withHandle(..) would come by here, not by our scope
    if (!isManaged(handle.getConnection())) {
      refuseInside();
      refuseUnlessWritesArePermitted();
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

  /** What the handle will do is seen by nobody, so the right to write is asked for as it opens. */
  private void refuseUnlessWritesArePermitted() throws SQLException {
    Connection fallback = view.base().tx();
    if (!fallback.isWrapperFor(FallbackSignals.class)) {
      return; // not of a host that has a policy for its connections
    }
    try {
      fallback.unwrap(FallbackSignals.class).refuseWrite("A handle of its own");
    } catch (TransactionRequiredException refusal) {
      throw Refusals.openOutside(refusal);
    }
  }
}
