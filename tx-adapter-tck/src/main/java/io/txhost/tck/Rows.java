package io.txhost.tck;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The contract's statements, and queries on a connection that the host never sees. */
final class Rows {
  private Rows() {}

  /** A statement that writes one row. */
  static String insertOf(int id) {
    return "insert into item (id, label) values (" + id + ", 'x')";
  }

  static String askOn(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }
}
