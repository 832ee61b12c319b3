package io.txhost.jdbc;

import io.txhost.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** How transactions are begun and ended on their connections; one object for all of a database. */
abstract class Demarcation {
  /** Of the database. */
  final Dialect dialect;

  Demarcation(Dialect dialect) {
    this.dialect = dialect;
  }

  /** What must be sent before its first statement, in this order. */
  abstract List<String> begin(Isolation isolation, boolean readOnly, DriverState state);

  /** Ends it; also where it has done nothing and only what {@link #begin} gave was sent. */
  abstract void commit(TakenConnection on) throws SQLException;

  /** Ends it, also where the server has given it up. Nothing of {@link #begin} is left. */
  abstract void rollback(TakenConnection on) throws SQLException;

  /** Sends a text that has no result. */
  static void send(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
