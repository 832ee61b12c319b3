package io.txhost.jdbc;

import java.sql.CallableStatement;

/** A callable statement of ours over the driver's; see {@link GuardedStatement}. */
final class GuardedCallableStatement extends ForwardingCallableStatement {

  GuardedCallableStatement(
      Guard guard, GuardedConnection connection, CallableStatement real, Sql sql) {
    super(guard, connection, real, sql);
  }
}
