package io.txhost.jdbi;

import io.txhost.TransactionHost;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@code jdbi.withHandle}, {@code onDemand} and extensions use the active transaction's
 * handle, and outside one that the view made for the block. Jdbi's own handle would write without
 * asking the host, would lose everything on a pool with auto-commit off, and could not take part in
 * a transaction begun inside the block.
 *
 * <p>An open block comes first: it was opened outside, so what is active now began inside of it,
 * and its handle joins that.
 */
final class TransactionHandleScope implements HandleScope {
  private final HandleView view;
  private final TransactionHost<Handle> host;
  private final HandleScope before;

  TransactionHandleScope(HandleView view, TransactionHost<Handle> host, HandleScope before) {
    this.view = view;
    this.host = host;
    this.before = before;
  }

  TransactionHost<Handle> host() {
    return host;
  }

  @Override
  public @Nullable HandleSupplier get() {
    HandleSupplier block = before.get();
    if (block != null) {
      return block;
    }
    if (host.isTransactionActive()) {
      return supplierOf(host.tx());
    }
    // told nothing, Jdbi opens a block of an extension, and says so by set and clear
    return JdbiCaller.isExtension() ? null : supplierOf(view.block());
  }

  private static HandleSupplier supplierOf(Handle handle) {
    return HandleConnection.of(handle).supplierOf(handle);
  }

  @Override
  public void set(HandleSupplier supplier) {
    view.jdbiInside().openWith(supplier, view::block);
    before.set(supplier);
  }

  @Override
  public void clear() {
    before.clear();
  }
}
