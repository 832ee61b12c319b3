package io.txhost.jdbc;

/**
 * Why nothing more is sent in a transaction.
 *
 * @param cause the first failure
 * @param extent what may still be undone
 */
record TransactionLoss(Throwable cause, Extent extent) {

  /** How much is lost, the least first. */
  enum Extent {
    /** It was refused here: the server knows nothing of it. */
    REFUSED,
    /** A savepoint may bring the transaction back. */
    FAILED,
    /** The server has no transaction any more. */
    OVER,
    /**
     * The driver may have stopped halfway through a message: what is sent next, a ROLLBACK too,
     * could be read as the rest of it, and never be answered.
     */
    BROKEN
  }

  /** Both: the first cause, the larger extent. */
  TransactionLoss and(Extent another) {
    return another.compareTo(extent) > 0 ? new TransactionLoss(cause, another) : this;
  }
}
