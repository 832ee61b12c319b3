package io.txhost.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.sql.Blob;
import java.sql.Clob;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What it takes to set a value of any type. */
final class ValueKind {
  private ValueKind() {}

  /**
   * As what a parameter of that value is set; null where it is local. Those of the JDK that have no
   * content elsewhere are.
   */
  static @Nullable Sql of(@Nullable Object value) {
    if (isStream(value)) {
      return Sql.STREAM;
    }
    if (value instanceof Blob || value instanceof Clob) {
      return Sql.WRITE_OBJECT;
    }
    boolean isLocal =
        value == null
            || (value.getClass().getName().startsWith("java.") && !(value instanceof Map));
    return isLocal ? null : Sql.DESCRIBE;
  }

  /** Whether a driver reads it when a column is set to it. */
  static boolean isRead(@Nullable Object value) {
    return isStream(value) || value instanceof Blob || value instanceof Clob;
  }

  /** Whether code of the user's runs when it is read. */
  private static boolean isStream(@Nullable Object value) {
    return value instanceof InputStream || value instanceof Reader;
  }
}
