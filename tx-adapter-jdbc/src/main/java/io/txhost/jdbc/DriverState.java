package io.txhost.jdbc;

import java.sql.SQLException;

/** What the driver knows, without a round trip, of the transaction on one connection. */
interface DriverState {

  /** A driver that does not tell. */
  DriverState UNKNOWN =
      new DriverState() {
        @Override
        public Phase phase() {
          return Phase.UNKNOWN;
        }

        @Override
        public boolean tells() {
          return false;
        }
      };

  /** Where a transaction stands by its driver. */
  enum Phase {
    NONE,
    OPEN,
    /** Only a rollback, to a savepoint or of the whole, is possible. */
    FAILED,
    UNKNOWN
  }

  Phase phase();

  /** Whether the driver's own connection is closed, whatever a pool's says; sends nothing. */
  default boolean isClosed() throws SQLException {
    return false;
  }

  /** Whether it tells after each statement that succeeded; UNKNOWN then raises a doubt. */
  default boolean tells() {
    return true;
  }

  /** Whether {@code commit()} and {@code rollback()} may send nothing where nothing is open. */
  default boolean skipsEndOfNothing() {
    return true;
  }

  /** Whether {@code setReadOnly} makes the server refuse writes; asked after it was called. */
  default boolean isReadOnlyInForce() {
    return true;
  }
}
