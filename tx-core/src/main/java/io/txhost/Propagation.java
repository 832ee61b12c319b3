package io.txhost;

/**
 * What a boundary does about the transaction that is, or is not, active where it is entered. The
 * names mean what they mean in Jakarta Transactions and Spring; {@code docs/propagation.md} has the
 * whole table.
 */
public enum Propagation {
  /** Joins the active transaction, else begins one. */
  REQUIRED,
  /**
   * Begins a transaction of its own; an active one is set aside and untouched by what happens
   * inside.
   */
  REQUIRES_NEW,
  /**
   * A savepoint in the active transaction, which a failure undoes to and only to; else begins one.
   */
  NESTED,
  /** Joins the active transaction, else runs without one. */
  SUPPORTS,
  /** Joins the active transaction, else {@link TransactionRequiredException}. */
  MANDATORY,
  /** Runs without a transaction; an active one is set aside. */
  NOT_SUPPORTED,
  /** Runs without a transaction; an active one is {@link TransactionAlreadyActiveException}. */
  NEVER
}
