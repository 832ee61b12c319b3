package io.txhost;

/** What a boundary finds, of its own host, where it is entered. */
enum Found {
  /** No transaction, or it is set aside. */
  NONE,
  /** A transaction, or a NESTED block of one, that can still commit. */
  ACTIVE,
  /** A block that is marked or lost: it can only be undone. */
  MARKED,
  /** The context came from inside a transaction that did not come along. */
  DETACHED
}
