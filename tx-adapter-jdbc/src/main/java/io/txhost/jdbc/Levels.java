package io.txhost.jdbc;

import io.txhost.Isolation;
import java.sql.Connection;

/** Isolation as JDBC's numbers. */
final class Levels {
  /** H2's, SQL Server's is another: JDBC has none. */
  static final int H2_SNAPSHOT = 6;

  private Levels() {}

  static int number(Isolation level) {
    return switch (level) {
      case READ_UNCOMMITTED -> Connection.TRANSACTION_READ_UNCOMMITTED;
      case DEFAULT, READ_COMMITTED -> Connection.TRANSACTION_READ_COMMITTED;
      case REPEATABLE_READ -> Connection.TRANSACTION_REPEATABLE_READ;
      case SNAPSHOT -> H2_SNAPSHOT;
      case SERIALIZABLE -> Connection.TRANSACTION_SERIALIZABLE;
    };
  }

  static Isolation of(int number) {
    return switch (number) {
      case Connection.TRANSACTION_READ_UNCOMMITTED -> Isolation.READ_UNCOMMITTED;
      case Connection.TRANSACTION_REPEATABLE_READ -> Isolation.REPEATABLE_READ;
      case H2_SNAPSHOT -> Isolation.SNAPSHOT;
      case Connection.TRANSACTION_SERIALIZABLE -> Isolation.SERIALIZABLE;
      default -> Isolation.READ_COMMITTED;
    };
  }

  /** Whether one who asks for a level has it where another is in force. */
  static boolean isWithin(int asked, int inForce) {
    if (asked == inForce) {
      return true;
    }
    boolean isWeaker = asked > Connection.TRANSACTION_NONE && asked < inForce;
    return isWeaker
        && asked != H2_SNAPSHOT
        && (inForce != H2_SNAPSHOT || asked <= Connection.TRANSACTION_READ_COMMITTED);
  }
}
