package io.txhost.jdbc;

import java.sql.Connection;

/** A connection taken for a transaction, which nothing was sent on yet. */
record Opened(Borrowed borrowed, Known known, DriverState state) {

  Connection connection() {
    return borrowed.connection();
  }

  Dialect dialect() {
    return known.dialect();
  }
}
