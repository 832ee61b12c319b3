package io.txhost.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A statement's query timeout for one call: what is left of the deadline, unless the user's is
 * shorter.
 */
final class TimeLimit {
  private static final TimeLimit NONE = new TimeLimit(null, 0);

  private final @Nullable Statement statement;
  private final int before;

  private TimeLimit(@Nullable Statement statement, int before) {
    this.statement = statement;
    this.before = before;
  }

  /**
   * Sets it.
   *
   * @param seconds how long it may take, 0 for no limit
   */
  static TimeLimit set(@Nullable Statement statement, int seconds) throws SQLException {
    if (statement == null || seconds == 0) {
      return NONE;
    }
    int before = statement.getQueryTimeout();
    if (before != 0 && before <= seconds) {
      return NONE;
    }
    statement.setQueryTimeout(seconds);
    return new TimeLimit(statement, before);
  }

  /**
   * Sets it back. H2 keeps it for the whole session, so it must not stay.
   *
   * @throws SQLException if it cannot: the statement was closed meanwhile, say
   */
  void restore() throws SQLException {
    if (statement != null) {
      statement.setQueryTimeout(before);
    }
  }
}
