package io.txhost.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A prepared statement of ours over the driver's; see {@link GuardedStatement}. */
class GuardedPreparedStatement extends ForwardingPreparedStatement {

  GuardedPreparedStatement(
      Guard guard, GuardedConnection connection, PreparedStatement real, Sql sql) {
    super(guard, connection, real, sql);
  }

  @Override
  public void addBatch() throws SQLException {
    guard.check();
    prepared.addBatch();
    addToBatch(sql);
  }
}
