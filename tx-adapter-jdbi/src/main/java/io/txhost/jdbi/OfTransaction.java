package io.txhost.jdbi;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The connection of one transaction and no other's, for one thread in it. */
final class OfTransaction extends HandleConnection {
  private final Connection own;
  private final @Nullable String name;
  private final Thread owner = Thread.currentThread();
  private volatile boolean ended;
  private int callbacks;
  private @Nullable HandleCleanables cleanables;

  /**
   * That of a handle.
   *
   * @param name the transaction's, null if none is active
   */
  OfTransaction(HandleView view, Connection own, @Nullable String name) {
    super(view);
    this.own = own;
    this.name = name;
  }

  @Override
  Connection target() {
    return own;
  }

  /** Its transaction has ended. */
  void end() {
    ended = true;
  }

  /** Its own connection tells too, since a structured child's handle is not told. */
  boolean isEnded() {
    try {
      return ended || own.isClosed();
    } catch (SQLException failure) {
      throw new ConnectionException(failure);
    }
  }

  /** A callback of {@code jdbi.withHandle} begins; true if it is in none other of them. */
  boolean enter() {
    return callbacks++ == 0;
  }

  void leave() {
    callbacks--;
  }

  /** Of its handle, looked for when first asked. */
  HandleCleanables cleanables(Handle handle) {
    HandleCleanables found = cleanables;
    if (found == null) {
      found = view().jdbiInside().cleanables(handle);
      cleanables = found;
    }
    return found;
  }

  @Override
  boolean isInTransaction() {
    return !isEnded();
  }

  @Override
  String transaction() {
    return HandleView.named(name);
  }

  @Override
  boolean isTransactionReadOnly() throws SQLException {
    return own.isReadOnly();
  }

  @Override
  void refuseUnlessCurrent(String call) {
    if (isEnded()) {
      throw Refusals.ended(call, transaction());
    }
    TransactionHost<Handle> host = view().host();
    if (!host.isTransactionActive() || of(host.tx()) != this) {
      throw Refusals.setAside("handle." + call, transaction());
    }
  }

  @Override
  RuntimeException noTransaction(String call) {
    return Refusals.ended(call + "()", transaction());
  }

  /** Jdbi's handles are not safe for use by two threads: a structured child has one of its own. */
  @Override
  void refuseStatement() {
    if (Thread.currentThread() != owner) {
      throw Refusals.setAside("A statement", transaction());
    }
  }

  @Override
  boolean keepsConnection() {
    return true;
  }

  @Override
  void handleClosed() {
    // the host ends it all
  }

  @Override
  public String toString() {
    return "connection of " + transaction();
  }
}
