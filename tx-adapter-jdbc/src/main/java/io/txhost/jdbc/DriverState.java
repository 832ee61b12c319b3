package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

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

  /** Of whichever driver's the connection is. */
  static DriverState of(Connection connection) throws SQLException {
    try {
      DriverState found = PostgreSqlDriver.of(connection);
      found = found == UNKNOWN ? MariaDbDriver.of(connection) : found;
      return found == UNKNOWN ? MySqlDriver.of(connection) : found;
    } catch (AbstractMethodError older) { // a driver from before JDBC 4
      return UNKNOWN;
    }
  }

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

  /** Whether it says OPEN after a failed statement, also where none is. */
  default boolean takesAnErrorForATransaction() {
    return false;
  }

  /**
   * Whether a call whose query timeout has passed waits until the driver has cancelled it, on a
   * connection of its own that a dead network holds up.
   */
  default boolean waitsForItsCancelling() {
    return false;
  }

  /**
   * Whether {@link #cancel} ends what runs on the connection; else a statement can be cancelled.
   */
  default boolean cancels() {
    return false;
  }

  /** Ends what runs on the connection, from another thread. Waits for the network. */
  default void cancel() throws SQLException {
    throw new UnsupportedOperationException(this + " cancels nothing");
  }

  /**
   * The connection whose reads can be limited, null where an abort is enough to end one: that is
   * quick and certain. Reached below any pool, which notices nothing of it.
   */
  default @Nullable Connection limitsReads() {
    return null;
  }
}
