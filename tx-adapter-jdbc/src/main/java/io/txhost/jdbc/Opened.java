package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** A connection taken for a transaction, which nothing was sent on yet. */
record Opened(
    Borrowed borrowed, Known known, DriverState state, Demarcation demarcation, CallWatch watch) {

  Connection connection() {
    return borrowed.connection();
  }

  void commit() throws SQLException {
    demarcation.commit(connection());
  }

  void rollback() throws SQLException {
    demarcation.rollback(connection());
  }

  /** Whether the pool or the driver has closed it, as far as they know: nothing is sent. */
  boolean isClosed() {
    try {
      return connection().isClosed() || state.isClosed();
    } catch (SQLException | RuntimeException e) { // then what is sent next meets it
      return false;
    }
  }

  Dialect dialect() {
    return known.dialect();
  }
}
