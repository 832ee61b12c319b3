package io.txhost.jdbi;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What {@code host.tx()} gives outside a transaction: the host's fallback, whose statements have a
 * connection each while none is active, and the transaction's where one is.
 */
final class Outside extends HandleConnection {
  private final Connection fallback;

  Outside(HandleView view, Connection fallback) {
    super(view);
    this.fallback = fallback;
  }

  @Override
  Connection target() {
    return fallback;
  }

  @Override
  boolean isInTransaction() {
    return view().host().isTransactionActive();
  }

  @Override
  String transaction() {
    return HandleView.nameOf(view().host());
  }

  @Override
  void refuseUnlessCurrent(String call) {
    // it is in whichever transaction is active
  }

  @Override
  RuntimeException noTransaction(String call) {
    return Refusals.outside(call, view().host());
  }

  @Override
  void refuseStatement() {
    if (pluginCalls().areCollected()) {
      throw Refusals.customizedOutside();
    }
  }

  @Override
  boolean keepsConnection() {
    return isInTransaction();
  }

  @Override
  boolean mayCacheStatements() {
    return false;
  }

  @Override
  void handleClosed() throws SQLException {
    fallback.close();
  }

  @Override
  public String toString() {
    return "connection of no transaction";
  }
}
