package io.txhost.jdbi;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a block of Jdbi's own that was opened outside a transaction: one from its first
 * statement to the block's end. Where a transaction is active it is that transaction's; the host
 * and its policy are asked at each use.
 */
final class OfBlock extends HandleConnection {
  private @Nullable Connection own;
  private boolean isEntered;
  private boolean isOver;

  OfBlock(HandleView view) {
    super(view);
  }

  /** A callback runs in it: the first one's end is the block's; false for those inside of that. */
  boolean enter() {
    boolean isFirst = !isEntered;
    isEntered = true;
    return isFirst;
  }

  /** Taken when first needed outside; inside it needs none, as the transaction has one. */
  @Override
  Connection target() {
    if (isOver) {
      throw Refusals.blockOver();
    }
    Connection opened = own;
    if (opened != null) {
      return opened;
    }
    TransactionHost<? extends Connection> base = view().base();
    if (base.isTransactionActive()) {
      return base.tx();
    }
    Connection made = JdbcAdapter.block(base.tx());
    own = made;
    return made;
  }

  @Override
  boolean isInTransaction() {
    return view().host().isTransactionActive();
  }

  @Override
  String transaction() {
    return HandleView.nameOf(view().host());
  }

  /** Jdbi asks while it makes a handle, before anything is taken. */
  @Override
  public boolean getAutoCommit() throws SQLException {
    return own == null ? !isInTransaction() : super.getAutoCommit();
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
    // the host's policy does
  }

  @Override
  boolean keepsConnection() {
    return true;
  }

  @Override
  void handleClosed() throws SQLException {
    isOver = true;
    Connection opened = own;
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  public boolean isClosed() throws SQLException {
    return isOver || super.isClosed();
  }

  @Override
  public String toString() {
    return "connection of a block of Jdbi's";
  }
}
