package io.txhost.jdbi;

import io.txhost.TransactionHost;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallbackDecorator;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;

/** What was changed on the user's Jdbi so that it joins a host. */
final class Joining {
  private static final String LOCAL = LocalTransactionHandler.class.getName();

  private final Jdbi jdbi;
  private final TransactionHost<Handle> host;
  private final HandleScope scope;
  private final TransactionHandler handler;
  private final HandleCallbackDecorator decorator;

  private Joining(
      Jdbi jdbi,
      HandleView view,
      TransactionHost<Handle> host,
      HandleScope scope,
      TransactionHandler handler) {
    this.jdbi = jdbi;
    this.host = host;
    this.scope = new TransactionHandleScope(view, host, scope);
    this.handler = new OpenedHandles(this, view, handler);
    this.decorator = new CallbackBlocks(jdbi.getHandleCallbackDecorator(), scope);
  }

  static Joining install(Jdbi jdbi, HandleView view, TransactionHost<Handle> host) {
    HandleScope scope = jdbi.getHandleScope();
    if (scope instanceof TransactionHandleScope other) {
      throw Refusals.taken(host, other.host());
    }
    TransactionHandler handler = jdbi.getTransactionHandler();
    if (!isLocal(handler)) {
      throw Refusals.ownHandler(handler);
    }
    Joining made = new Joining(jdbi, view, host, scope, handler);
    jdbi.setTransactionHandler(made.handler);
    jdbi.setHandleCallbackDecorator(made.decorator);
    jdbi.setHandleScope(made.scope);
    return made;
  }

  /** Jdbi's own, which is what stands there if nobody set another. */
  private static boolean isLocal(TransactionHandler handler) {
    String name = handler.getClass().getName();
    return name.equals(LOCAL) || name.startsWith(LOCAL + "$");
  }

  TransactionHost<Handle> host() {
    return host;
  }

  void refuseIfReplaced() {
    if (jdbi.getHandleScope() != scope) {
      throw Refusals.replaced("handle scope", host, jdbi.getHandleScope());
    }
    if (jdbi.getTransactionHandler() != handler) {
      throw Refusals.replaced("transaction handler", host, jdbi.getTransactionHandler());
    }
    if (jdbi.getHandleCallbackDecorator() != decorator) {
      throw Refusals.replaced("handle callback decorator", host, jdbi.getHandleCallbackDecorator());
    }
  }
}
