package io.txhost.jdbc;

/** What becomes of a connection that a transaction has from another holder than the pool. */
interface Loan {

  /** It is as it was before. */
  void returned();

  /** It is gone. */
  void thrownAway();
}
