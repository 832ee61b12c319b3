package io.txhost.jdbc;

import io.txhost.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** How transactions are begun and ended on their connections; one object for all of a database. */
interface Demarcation {

  /** What must be sent before its first statement, in this order. */
  List<String> begin(Isolation isolation, boolean readOnly, DriverState state);

  /** Ends it; also where it has done nothing and only what {@link #begin} gave was sent. */
  void commit(TakenConnection on) throws SQLException;

  /** Ends it, also where the server has given it up. Nothing of {@link #begin} is left. */
  void rollback(TakenConnection on) throws SQLException;

  /** Sends a text that has no result. */
  static void send(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
