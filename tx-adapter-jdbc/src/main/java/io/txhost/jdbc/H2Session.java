package io.txhost.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of H2's own classes, by name: they are no dependency of ours. Only of a database in
 * this process, where asking sends nothing.
 */
final class H2Session {
  private static final @Nullable Class<? extends Connection> CONNECTION = connectionType();

  private H2Session() {}

  private static @Nullable Class<? extends Connection> connectionType() {
    try {
      return Class.forName("org.h2.jdbc.JdbcConnection", false, H2Session.class.getClassLoader())
          .asSubclass(Connection.class);
    } catch (ClassNotFoundException | LinkageError absent) {
      return null;
    }
  }

  /** Whether the connection is H2's, and its transaction has changed something. */
  static boolean hasUncommitted(Connection connection) throws SQLException {
    Connection own = CONNECTION == null ? null : Behind.find(connection, CONNECTION);
    return own != null && hasUncommittedOf(own);
  }

  private static boolean hasUncommittedOf(Connection own) throws SQLException {
    try {
      Object session = own.getClass().getMethod("getSession").invoke(own);
      return session.getClass().getSimpleName().equals("SessionLocal")
          && (boolean) session.getClass().getMethod("hasPendingTransaction").invoke(session);
    } catch (InvocationTargetException e) {
      throw Failures.theDrivers(e.getCause());
    } catch (NoSuchMethodException | IllegalAccessException e) { // another version's
      return false;
    }
  }
}
