package io.txhost;

import io.txhost.spi.ShortTransaction;

/** A transaction around one statement outside. Its boundary is bound only while hooks run. */
final class OutsideTransaction<S> implements ShortTransaction<S> {
  private final DefaultTransactionHost<S> base;
  private final ActiveTransaction transaction;
  private final Boundary boundary;

  OutsideTransaction(
      DefaultTransactionHost<S> base, ActiveTransaction transaction, Boundary boundary) {
    this.base = base;
    this.transaction = transaction;
    this.boundary = boundary;
  }

  @Override
  public S resource() {
    return base.cast(transaction.resource(base));
  }

  @Override
  public void commit() {
    try {
      Ending.finishTransaction(boundary);
    } finally {
      Ending.afterTransaction(boundary);
    }
  }

  @Override
  public void rollback(Throwable because) {
    try {
      Ending.undoTransaction(boundary, because);
    } finally {
      Ending.afterTransaction(boundary);
    }
  }

  @Override
  public String toString() {
    return transaction.toString();
  }
}
