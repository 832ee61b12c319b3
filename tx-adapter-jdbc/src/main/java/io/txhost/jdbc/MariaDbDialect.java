package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.Sql.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB, through its own driver or MySQL's: isolation and READ ONLY are one-shots, and the server
 * refuses the writes; a failed statement may or may not have cost the whole transaction, without a
 * word; and whatever defines anything commits.
 */
final class MariaDbDialect extends Dialect {
  // the failures of a single statement, whatever the server's settings: data, constraint, syntax
  private static final Set<String> OF_ONE_STATEMENT = Set.of("22", "23", "42");

  // those that hide nothing; where the second word decides, see kindOf
  private static final Set<String> PLAIN =
      Set.of(
          "CHECKSUM",
          "DESC",
          "DESCRIBE",
          "DO",
          "EXPLAIN",
          "GET",
          "HELP",
          "KILL",
          "RELEASE",
          "RESIGNAL",
          "SAVEPOINT",
          "SHOW",
          "SIGNAL");

  // what is the session's afterwards
  private static final Set<String> OF_THE_SESSION =
      Set.of("DEALLOCATE", "HANDLER", "PREPARE", "USE");

  private static final Set<String> COMMITTING =
      Set.of(
          "ALTER",
          "BACKUP",
          "CACHE",
          "CHANGE",
          "CHECK",
          "FLUSH",
          "GRANT",
          "INSTALL",
          "LOCK",
          "OPTIMIZE",
          "PURGE",
          "RENAME",
          "REPAIR",
          "RESET",
          "REVOKE",
          "SHUTDOWN",
          "START", // a replica, where it is no transaction
          "STOP",
          "TRUNCATE",
          "UNINSTALL",
          "UNLOCK");

  private static final Set<String> TRANSACTION_SETTINGS =
      Set.of(
          "AUTOCOMMIT",
          "COMPLETION_TYPE",
          "TRANSACTION",
          "TRANSACTION_ISOLATION",
          "TRANSACTION_READ_ONLY",
          "TX_ISOLATION",
          "TX_READ_ONLY");

  private final Demarcation byText = new TextDemarcation(this);

  @Override
  Set<Isolation> isolations() {
    return EnumSet.complementOf(EnumSet.of(Isolation.SNAPSHOT));
  }

  @Override
  boolean hasSavepoints() {
    return true;
  }

  @Override
  void prepare(Borrowed taken, Isolation isolation, boolean readOnly) {
    // all of it is sent with the begin, and gone with the end
  }

  @Override
  @Nullable String oneShot(Isolation isolation, boolean readOnly, DriverState state) {
    String level =
        isolation == Isolation.DEFAULT
            ? ""
            : " ISOLATION LEVEL " + isolation.name().replace('_', ' ');
    String access = !readOnly ? "" : level.isEmpty() ? " READ ONLY" : ", READ ONLY";
    return level.isEmpty() && access.isEmpty() ? null : "SET TRANSACTION" + level + access;
  }

  @Override
  boolean beginsWithFirstTable() {
    return true;
  }

  @Override
  Demarcation demarcation(Borrowed taken, DriverState state) throws SQLException {
    return state.tells() && taken.autoCommits() ? byText : super.demarcation(taken, state);
  }

  @Override
  boolean refusesWrites() {
    return true;
  }

  @Override
  DriverState trusted(DriverState found) {
    return found instanceof MariaDbDriver || found instanceof MySqlDriver
        ? found
        : DriverState.UNKNOWN;
  }

  @Override
  boolean mayLoseUnseen() {
    return true; // a swallowed deadlock, say
  }

  @Override
  boolean isInDoubtAfter(SQLException failure) {
    String state = failure.getSQLState();
    return state == null || state.length() < 2 || !OF_ONE_STATEMENT.contains(state.substring(0, 2));
  }

  @Override
  boolean isTransactionOpen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("select @@in_transaction")) {
      return answer.next() && answer.getBoolean(1);
    }
  }

  @Override
  SqlWords words(String text) {
    return new MariaDbWords(text);
  }

  @Override
  Kind kindOf(String first, SqlWords words) {
    return switch (first) {
      case "COMMIT", "XA" -> Kind.CONTROLS;
      case "ROLLBACK" -> controls(first, words) ? Kind.CONTROLS : Kind.READS;
      case "BEGIN" -> "NOT".equals(words.next()) ? Kind.HIDES : Kind.CONTROLS; // NOT ATOMIC
      case "SET" -> kindOfSet(words);
      case "CREATE" -> isOfTemporary(words) ? Kind.SETS : Kind.COMMITS;
      case "DROP" -> isOfTemporary(words) || isOfPrepared(words) ? Kind.SETS : Kind.COMMITS;
      case "ANALYZE" -> kindOfAnalyze(words);
      case "DELETE", "INSERT", "REPLACE", "UPDATE" -> Kind.WRITES;
      case "(", "SELECT", "TABLE", "VALUES" -> kindOfQuery(words, false);
      case "WITH" -> kindOfQuery(words, true);
      case "LOAD" -> "INDEX".equals(words.next()) ? Kind.COMMITS : Kind.WRITES;
      case "START" -> "TRANSACTION".equals(words.next()) ? Kind.CONTROLS : Kind.COMMITS;
      default -> kindOfAnother(first);
    };
  }

  private static Kind kindOfAnother(String first) {
    if (COMMITTING.contains(first)) {
      return Kind.COMMITS;
    }
    if (OF_THE_SESSION.contains(first)) {
      return Kind.SETS;
    }
    return PLAIN.contains(first) ? Kind.READS : Kind.HIDES; // CALL, EXECUTE, IF, WHILE ..
  }

  /**
   * {@code SET STATEMENT .. FOR} leads to a statement; a setting of transactions is refused, save
   * of the whole server's.
   */
  private Kind kindOfSet(SqlWords words) {
    String before = "SET";
    String word = words.next();
    boolean isOfServer = "GLOBAL".equals(word);
    if ("STATEMENT".equals(word)) {
      return kindOfLedTo(words);
    }
    if ("PASSWORD".equals(word) || "DEFAULT".equals(word)) {
      return Kind.COMMITS;
    }
    for (; word != null && !word.equals(";"); word = words.next()) {
      if (TRANSACTION_SETTINGS.contains(word) && words.depth() == 0 && !before.equals("GLOBAL")) {
        return Kind.CONTROLS;
      }
      before = word;
    }
    return isOfServer ? Kind.READS : Kind.SETS;
  }

  private Kind kindOfLedTo(SqlWords words) {
    String word = words.next();
    while (word != null && !(word.equals("FOR") && words.depth() == 0)) {
      word = words.next();
    }
    String first = word == null ? null : words.next();
    return first == null ? Kind.READS : kindOf(first, words);
  }

  /** A table: what else is temporary, a sequence, commits. */
  private static boolean isOfTemporary(SqlWords words) {
    String word = words.next();
    if ("OR".equals(word)) { // REPLACE
      words.next();
      word = words.next();
    }
    return "TEMPORARY".equals(word) && Set.of("TABLE", "TABLES").contains(words.next());
  }

  /** {@code DROP PREPARE} forgets a prepared statement. */
  private static boolean isOfPrepared(SqlWords words) {
    return "PREPARE".equals(words.last());
  }

  /** {@code ANALYZE TABLE} commits; before another statement it explains and runs it. */
  private Kind kindOfAnalyze(SqlWords words) {
    String word = words.next();
    if ("NO_WRITE_TO_BINLOG".equals(word) || "LOCAL".equals(word)) {
      word = words.next();
    }
    if ("TABLE".equals(word) || "TABLES".equals(word)) {
      return Kind.COMMITS;
    }
    if (word != null && CHANGES.contains(word)) {
      return Kind.WRITES;
    }
    return word == null ? Kind.READS : kindOfQuery(words, true);
  }

  @Override
  public String toString() {
    return "MariaDB";
  }
}
