package io.txhost.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What everybody does with a connection. */
final class Jdbc {
  /** One of 2,000 characters. */
  static final String LONG = FreeDriver.SQL + " -- " + "why this is so long ".repeat(98);

  private Jdbc() {}

  static int statement(Connection connection) throws SQLException {
    return statement(connection, FreeDriver.SQL);
  }

  static int statement(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, 42);
      return statement.executeUpdate();
    }
  }

  /** A statement that only reads. */
  static Object query(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FreeDriver.QUERY);
        ResultSet result = statement.executeQuery()) {
      return result.next();
    }
  }

  /** Opens a query, whose rows are read once per call of the scenario. */
  static void reading(Connection connection, Rows rows, Scenario.Loop loop) throws Throwable {
    try (PreparedStatement statement = connection.prepareStatement(FreeDriver.QUERY);
        ResultSet result = statement.executeQuery()) {
      rows.result = result;
      loop.run();
    }
  }

  /** Reads a row of an open result. */
  static final class Rows {
    ResultSet result;

    Object row() throws SQLException {
      ResultSet rows = result;
      rows.next();
      long sum = rows.getInt(1) + rows.getLong(2) + (long) rows.getDouble(3);
      return rows.getBoolean(4) && sum > 0 ? rows.getString(5) : "";
    }
  }
}
