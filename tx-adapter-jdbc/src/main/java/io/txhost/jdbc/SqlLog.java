package io.txhost.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What the database is told, one line each, at DEBUG: no parameters, but the text of each
 * statement.
 */
final class SqlLog {
  private static final Logger LOG = System.getLogger("io.txhost.sql");

  private SqlLog() {}

  static void told(Object who, String what) {
    if (LOG.isLoggable(Level.DEBUG)) {
      LOG.log(Level.DEBUG, who + " " + what);
    }
  }

  static void told(Object who, Sql sql) {
    if (!sql.text().isEmpty() && LOG.isLoggable(Level.DEBUG)) {
      String batch = sql.count() == 1 ? "" : " (batch of " + sql.count() + ")";
      LOG.log(Level.DEBUG, who + " " + oneLine(sql.text()) + batch);
    }
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*[\\r\\n]\\s*", " ");
  }
}
