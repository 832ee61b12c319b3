package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.Sql.Kind;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between databases: all of it is here and in the classes named below. */
abstract sealed class Dialect permits GenericDialect, H2Dialect, PostgreSqlDialect {
  private static final Set<String> CHANGES =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE");

  // what is called or scripted may fail halfway, and leave a half
  private static final Set<String> ATOMIC =
      Set.of("DELETE", "INSERT", "MERGE", "REPLACE", "SELECT", "TABLE", "UPDATE", "VALUES", "WITH");

  static Dialect of(DatabaseMetaData metaData) throws SQLException {
    return switch (metaData.getDatabaseProductName()) {
      case "PostgreSQL" -> new PostgreSqlDialect();
      case "H2" -> new H2Dialect();
      default -> new GenericDialect(metaData);
    };
  }

  /** The levels that a transaction may ask for. */
  abstract Set<Isolation> isolations();

  abstract boolean hasSavepoints();

  /** The level that really runs for {@code asked}, which is not DEFAULT. */
  Isolation effective(Isolation asked) {
    return asked;
  }

  /**
   * Sets what must be in force before BEGIN; {@code taken} remembers what it was. Sends as little
   * as it can.
   */
  abstract void prepare(Borrowed taken, Isolation isolation, boolean readOnly) throws SQLException;

  /**
   * What to send as the first statement of the transaction, null if nothing. Lasts as long as the
   * transaction.
   */
  @Nullable String oneShot(Isolation isolation, boolean readOnly, DriverState state) {
    return null;
  }

  /** Whether the server refuses writes in a read-only transaction; else we do. */
  abstract boolean refusesWrites();

  /** What the driver can tell about the transactions on this connection. */
  DriverState stateOf(Connection connection) throws SQLException {
    return DriverState.UNKNOWN;
  }

  /** Whether the transaction is lost by a failure of the statement. */
  boolean isLostBy(SQLException failure, DriverState state) {
    return SqlStates.losesTransaction(failure);
  }

  /** What one statement does; the first word was taken from {@code words} already. */
  abstract Kind kindOf(String first, SqlWords words);

  /** What the text does, which may hold several statements. */
  final Sql read(String text) {
    SqlWords words = new SqlWords(text);
    Kind kind = Kind.NOTHING;
    int statements = 0;
    boolean isAtomic = true;
    String first = words.next();
    while (first != null && kind != Kind.CONTROLS) {
      if (!first.equals(";") && !first.equals("(")) {
        kind = kind.or(kindOf(first, words));
        isAtomic = ATOMIC.contains(first) && ++statements == 1;
        if (first.equals("CREATE")) { // a routine's body has its own semicolons
          break;
        }
        first = skipStatement(words);
      }
      first = first == null ? null : words.next();
    }
    return new Sql(text, kind, isAtomic);
  }

  private static @Nullable String skipStatement(SqlWords words) {
    String word = words.last();
    while (word != null && !word.equals(";")) {
      word = words.next();
    }
    return word;
  }

  /** Whether a statement of this first word begins or ends a transaction; savepoints do not. */
  static boolean controls(String first, SqlWords words) {
    return switch (first) {
      case "COMMIT" -> true;
      case "ROLLBACK" -> !isToSavepoint(words);
      case "START" -> "TRANSACTION".equals(words.next());
      case "SET" -> setsTransactions(words);
      default -> false;
    };
  }

  /**
   * Whether the rest of a query changes data: a data change inside {@code FINAL TABLE (..)}, or one
   * that {@code WITH} or {@code EXPLAIN} leads to.
   */
  static boolean changesData(SqlWords words, boolean leadsOn) {
    int outside = words.depth();
    String beforeLast = "";
    String before = "";
    for (String word = words.next(); word != null && !word.equals(";"); word = words.next()) {
      if (CHANGES.contains(word)) {
        boolean inTable = before.equals("(") && beforeLast.equals("TABLE");
        boolean ledTo = leadsOn && words.depth() == outside && !before.equals("FOR");
        if (inTable || ledTo) {
          return true;
        }
      }
      beforeLast = before;
      before = word;
    }
    return false;
  }

  private static boolean isToSavepoint(SqlWords words) {
    String word = words.next();
    if ("WORK".equals(word) || "TRANSACTION".equals(word)) {
      word = words.next();
    }
    return "TO".equals(word);
  }

  private static boolean setsTransactions(SqlWords words) {
    String word = words.next();
    return "AUTOCOMMIT".equals(word)
        || ("SESSION".equals(word) && "CHARACTERISTICS".equals(words.next()));
  }
}
