package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.Sql.Kind;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;

/**
 * H2: isolation belongs to the session, there are no read-only transactions, and whatever defines
 * anything commits first.
 */
final class H2Dialect extends Dialect {
  // its parser's statements that are not transactional
  private static final Set<String> COMMITTING =
      Set.of(
          "ANALYZE",
          "COMMENT",
          "DEALLOCATE",
          "DECLARE",
          "DROP",
          "EXECUTE",
          "GRANT",
          "REFRESH",
          "REVOKE",
          "RUNSCRIPT",
          "SCRIPT",
          "SHUTDOWN",
          "TRUNCATE");

  // the settings of the database, not of the session
  private static final Set<String> COMMITTING_SETTINGS =
      Set.of(
          "ALLOW_LITERALS",
          "AUTHENTICATOR",
          "BUILTIN_ALIAS_OVERRIDE",
          "CACHE_SIZE",
          "COLLATION",
          "COMPRESS_LOB",
          "CREATE_BUILD",
          "DATABASE_EVENT_LISTENER",
          "DB_CLOSE_DELAY",
          "DEFAULT_LOCK_TIMEOUT",
          "DEFAULT_NULL_ORDERING",
          "DEFAULT_TABLE_TYPE",
          "EXCLUSIVE",
          "IGNORECASE",
          "IGNORE_CATALOGS",
          "JAVA_OBJECT_SERIALIZER",
          "LOCK_MODE",
          "MAX_LENGTH_INPLACE_LOB",
          "MAX_LOG_SIZE",
          "MAX_MEMORY_ROWS",
          "MAX_MEMORY_UNDO",
          "MAX_OPERATION_MEMORY",
          "MODE",
          "OPTIMIZE_REUSE_RESULTS",
          "PASSWORD",
          "QUERY_STATISTICS",
          "QUERY_STATISTICS_MAX_ENTRIES",
          "READONLY",
          "REDO_LOG_BINARY",
          "REFERENTIAL_INTEGRITY",
          "SALT",
          "TRACE_MAX_FILE_SIZE");

  // what the word TRANSACTIONAL stands behind, where it is no name
  private static final Set<String> BEFORE_TRANSACTIONAL = Set.of(")", "DROP", "PERSISTENT", "ROWS");

  @Override
  Set<Isolation> isolations() {
    return EnumSet.allOf(Isolation.class);
  }

  @Override
  boolean hasSavepoints() {
    return true;
  }

  @Override
  void prepare(Borrowed taken, Isolation isolation, boolean readOnly) throws SQLException {
    if (isolation != Isolation.DEFAULT) {
      taken.isolation(Levels.number(isolation));
    }
  }

  @Override
  boolean refusesWrites() {
    return false;
  }

  @Override
  SqlWords words(String text) {
    return new H2Words(text);
  }

  @Override
  Kind kindOf(String first, SqlWords words) {
    if (first.equals("BEGIN") || controls(first, words)) {
      return Kind.CONTROLS;
    }
    return switch (first) {
      case "SELECT", "VALUES", "TABLE" -> kindOfQuery(words, false);
      case "WITH", "EXPLAIN" -> kindOfQuery(words, true);
      case "CHECKPOINT", "HELP", "RELEASE", "ROLLBACK", "SAVEPOINT", "SHOW" -> Kind.READS;
      case "USE" -> Kind.SETS;
      case "SET" ->
          words.last() != null && COMMITTING_SETTINGS.contains(words.last())
              ? Kind.COMMITS
              : Kind.SETS;
      case "PREPARE" -> "COMMIT".equals(words.next()) ? Kind.CONTROLS : Kind.COMMITS;
      case "ALTER" -> "SEQUENCE".equals(words.next()) ? Kind.WRITES : Kind.COMMITS;
      case "CREATE" -> isTransactional(words) ? Kind.WRITES : Kind.COMMITS;
      default -> COMMITTING.contains(first) ? Kind.COMMITS : Kind.WRITES;
    };
  }

  /**
   * {@code CREATE LOCAL TEMPORARY TABLE … TRANSACTIONAL} does not commit. The word may be a name,
   * too: of a table that is kept, of a column, in the query that fills the table.
   */
  private static boolean isTransactional(SqlWords words) {
    boolean isTemporary = false;
    String before = "";
    for (String word = words.next(); word != null && !word.equals(";"); word = words.next()) {
      boolean isOfTable = words.depth() == 0 && BEFORE_TRANSACTIONAL.contains(before);
      if (isTemporary && isOfTable && word.equals("TRANSACTIONAL")) {
        return true;
      } else if (word.equals("AS") || (word.equals("TABLE") && !isTemporary)) {
        return false;
      }
      isTemporary |= word.equals("TEMPORARY") || word.equals("TEMP");
      before = word;
    }
    return false;
  }
}
