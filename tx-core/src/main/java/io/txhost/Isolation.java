package io.txhost;

/**
 * How far a transaction is kept apart from those beside it. The weakest first, save {@link
 * #SNAPSHOT}.
 */
public enum Isolation {
  /** Whatever the connection pool or the database gives. */
  DEFAULT,
  /** Sees what others have not committed. */
  READ_UNCOMMITTED,
  /** Each statement sees what was committed before it. */
  READ_COMMITTED,
  /** Rows read once read the same again. */
  REPEATABLE_READ,
  /**
   * All reads are of one point in time. PostgreSQL calls this REPEATABLE READ; where a database has
   * no such level it is refused, never replaced by another.
   */
  SNAPSHOT,
  /** As if the transactions ran one after another. */
  SERIALIZABLE
}
