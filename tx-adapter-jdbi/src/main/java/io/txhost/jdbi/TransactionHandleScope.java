package io.txhost.jdbi;

import io.txhost.TransactionHost;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.extension.HandleSupplier;

/**
 * Makes {@code jdbi.withHandle}, {@code onDemand} and extensions use what {@link
 * TransactionHost#tx()} gives: the active transaction's handle, else the host's fallback, or its
 * refusal. Jdbi's own handle outside would lose everything on a pool with auto-commit off, and
 * could not take part in a transaction begun by {@code handle.inTransaction}.
 */
final class TransactionHandleScope implements HandleScope {
  private final TransactionHost<Handle> host;
  private final HandleScope before;

  TransactionHandleScope(TransactionHost<Handle> host, HandleScope before) {
    this.host = host;
    this.before = before;
  }

  TransactionHost<Handle> host() {
    return host;
  }

  @Override
  public HandleSupplier get() {
    if (!host.isTransactionActive()) {
      HandleSupplier set = before.get();
      if (set != null) {
        return set;
      }
    }
    Handle handle = host.tx();
    return HandleConnection.of(handle).supplierOf(handle);
  }

  @Override
  public void set(HandleSupplier supplier) {
    before.set(supplier);
  }

  @Override
  public void clear() {
    before.clear();
  }
}
