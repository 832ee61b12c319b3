package io.txhost.jdbc;

/** What the driver knows, without a round trip, of the transaction on one connection. */
interface DriverState {

  /** A driver that does not tell. */
  DriverState UNKNOWN = () -> Phase.UNKNOWN;

  /** Where a transaction stands by its driver. */
  enum Phase {
    NONE,
    OPEN,
    /** Only a rollback, to a savepoint or of the whole, is possible. */
    FAILED,
    UNKNOWN
  }

  Phase phase();

  /** Whether {@code setReadOnly} makes the server refuse writes; asked after it was called. */
  default boolean isReadOnlyInForce() {
    return true;
  }
}
