package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Finds a driver's own connection behind a pool's. Sends nothing. */
final class Behind {
  private Behind() {}

  /** Null if there is none, or none to be reached. */
  static <T> @Nullable T find(Connection connection, Class<T> type) throws SQLException {
    if (type.isInstance(connection)) {
      return type.cast(connection);
    }
    if (!connection.isWrapperFor(type)) {
      return null;
    }
    try {
      return connection.unwrap(type);
    } catch (SQLException refused) { // UCP says yes to a class, and unwraps interfaces only
      Connection below = connection.unwrap(Connection.class);
      return type.isInstance(below) ? type.cast(below) : null;
    }
  }
}
