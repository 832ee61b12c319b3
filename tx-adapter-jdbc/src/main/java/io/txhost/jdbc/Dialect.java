package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.Sql.Kind;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between databases: all of it is here and in the classes named below. */
abstract sealed class Dialect permits GenericDialect, H2Dialect, MariaDbDialect, PostgreSqlDialect {
  private final KnownTexts texts = new KnownTexts(this);
  private final Demarcation byJdbc = new JdbcDemarcation(this);

  static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE");

  /** What a query's text may lead to, by {@code WITH} or {@code EXPLAIN ANALYZE}, and is none. */
  private static final Set<String> LED_TO = Set.of("CREATE", "EXECUTE");

  // MariaDB's: a file on the server
  private static final Set<String> TO_FILE = Set.of("DUMPFILE", "OUTFILE");

  private static final Set<String> OF_TRANSACTIONS =
      Set.of(
          "AUTOCOMMIT",
          "CHARACTERISTICS",
          "TRANSACTION_DEFERRABLE",
          "TRANSACTION_ISOLATION",
          "TRANSACTION_READ_ONLY");

  // a ROLLBACK that is not to a savepoint is refused before
  private static final Set<String> OF_SAVEPOINTS = Set.of("RELEASE", "ROLLBACK", "SAVEPOINT");

  // what is called or scripted may fail halfway, and leave a half
  private static final Set<String> ATOMIC =
      Set.of("DELETE", "INSERT", "MERGE", "REPLACE", "SELECT", "TABLE", "UPDATE", "VALUES", "WITH");

  static Dialect of(DatabaseMetaData metaData) throws SQLException {
    return switch (metaData.getDatabaseProductName()) {
      case "PostgreSQL" -> new PostgreSqlDialect();
      case "H2" -> new H2Dialect();
      case "MariaDB" -> new MariaDbDialect();
      case "MySQL" -> ofMySqlsDriver(metaData);
      default -> new GenericDialect(metaData);
    };
  }

  /** Which takes every server for its own. */
  private static Dialect ofMySqlsDriver(DatabaseMetaData metaData) throws SQLException {
    String version = metaData.getDatabaseProductVersion().toUpperCase(Locale.ROOT);
    return version.contains("MARIADB") ? new MariaDbDialect() : new GenericDialect(metaData);
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

  /**
   * Whether a transaction begins, with auto-commit off, only with the first statement that touches
   * a table: neither the one-shot nor {@code select 1} opens one.
   */
  boolean beginsWithFirstTable() {
    return false;
  }

  /**
   * How the transaction on a connection just taken is begun and ended. Called once for each, before
   * anything is sent.
   */
  Demarcation demarcation(Borrowed taken, DriverState state) throws SQLException {
    taken.autoCommit(false);
    return byJdbc;
  }

  /** Whether the server refuses writes in a read-only transaction; else we do. */
  abstract boolean refusesWrites();

  /**
   * What is believed of what the driver tells about the transactions on a connection.
   *
   * @param found what it tells
   */
  DriverState trusted(DriverState found) {
    return DriverState.UNKNOWN;
  }

  /** Whether the transaction is lost by a failure of the statement. */
  boolean isLostBy(SQLException failure, DriverState state) {
    return SqlStates.losesTransaction(failure);
  }

  /** The failure that lost the transaction, where a later one tells of it. */
  SQLException first(SQLException failure) {
    return failure;
  }

  /**
   * Asks for the failure that lost the transaction, where the driver's state tells of one that was
   * not seen: it was of something run on the driver's own object. Null if it cannot be told.
   */
  @Nullable SQLException whatFailed(Connection connection) {
    return null;
  }

  /**
   * Whether closing a connection rolls back what is open on it, as a standard does not say: some
   * databases commit then.
   */
  boolean rollsBackWhenClosed() {
    return true;
  }

  /**
   * What makes a transaction read-only that the driver begins in its own way, not by a statement;
   * null if nothing has to be sent.
   */
  @Nullable String readOnlyBeforeDriversOwn() {
    return null;
  }

  /** Whether what runs on the driver's own objects may lose the transaction without a trace. */
  boolean mayLoseUnseen() {
    return false;
  }

  /**
   * Whether a transaction that is not lost by the failure may still be gone, so that the server
   * must be asked before anything else is sent in it.
   */
  boolean isInDoubtAfter(SQLException failure) {
    return false;
  }

  /**
   * Asks the server whether a transaction is open: one round trip. Only where {@link
   * #isInDoubtAfter} or what {@link Kind#HIDES hides} raised a doubt.
   */
  boolean isTransactionOpen(Connection connection) throws SQLException {
    throw new UnsupportedOperationException(this + " leaves no doubt");
  }

  /** What one statement does; the first word was taken from {@code words} already. */
  abstract Kind kindOf(String first, SqlWords words);

  /** The words of a text, by the database's lexical rules. */
  SqlWords words(String text) {
    return new SqlWords(text);
  }

  /** What the text does, which may hold several statements. Read once, where it comes again. */
  final Sql read(String text) {
    return texts.read(text);
  }

  /** What the text does. */
  final Sql readAnew(String text) {
    SqlWords words = words(text);
    Kind kind = Kind.NOTHING;
    int statements = 0;
    boolean isAtomic = true;
    boolean ofSavepoints = false;
    String first = words.next();
    while (first != null && kind != Kind.CONTROLS) {
      if (!first.equals(";") && !first.equals("(")) {
        kind = kind.or(kindOf(first, words));
        ofSavepoints |= OF_SAVEPOINTS.contains(first);
        isAtomic = ATOMIC.contains(first) && ++statements == 1;
        boolean maySkip = kind.needsTransaction(); // not where a write may follow unseen
        if (first.equals("CREATE") && maySkip) { // a routine's body has its own semicolons
          break;
        }
        first = skipStatement(words);
      }
      first = first == null ? null : words.next();
    }
    return new Sql(text, kind, isAtomic, ofSavepoints, 1);
  }

  private static @Nullable String skipStatement(SqlWords words) {
    String word = words.last();
    while (word != null && !word.equals(";")) {
      word = words.next();
    }
    return word;
  }

  /**
   * Whether a statement of this first word begins or ends a transaction, or changes how it runs;
   * savepoints do not.
   */
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
   * What the rest of a query does: it may change data, inside {@code FINAL TABLE (..)} or where
   * {@code WITH} or {@code EXPLAIN} leads to a change, or lock what it reads.
   */
  final Kind kindOfQuery(SqlWords words, boolean leadsOn) {
    int outside = words.depth();
    Kind kind = Kind.READS;
    String beforeLast = "";
    String before = "";
    for (String word = words.next(); word != null && !word.equals(";"); word = words.next()) {
      if (locks(beforeLast, before, word)) {
        kind = Kind.LOCKS;
      } else if (storesResult(before, word)) {
        return Kind.WRITES;
      } else if (CHANGES.contains(word) && !words.isCalled()) {
        boolean inTable = before.equals("(") && beforeLast.equals("TABLE");
        boolean ledTo = leadsOn && words.depth() == outside;
        if (inTable || ledTo) {
          return Kind.WRITES;
        }
      } else if (leadsOn && words.depth() == outside && isLedTo(word)) {
        return Kind.WRITES;
      }
      beforeLast = before;
      before = word;
    }
    return kind;
  }

  /** Whether a query's last two words have its result stored somewhere. */
  boolean storesResult(String before, String word) {
    return before.equals("INTO") && TO_FILE.contains(word);
  }

  /** A table made of a query, a prepared statement that may be anything. */
  static boolean isLedTo(String word) {
    return LED_TO.contains(word);
  }

  /**
   * Whether a query locks what it reads, by the last three words: as the standard, PostgreSQL,
   * MariaDB, Db2, Firebird and SQL Server write it.
   */
  static boolean locks(String beforeLast, String before, String word) {
    return switch (word) {
      case "UPDATE" -> before.equals("FOR") || (before.equals("KEY") && beforeLast.equals("NO"));
      case "SHARE" ->
          before.equals("FOR")
              || (before.equals("KEY") && beforeLast.equals("FOR"))
              || (before.equals("IN") && beforeLast.equals("LOCK"));
      case "LOCK" -> before.equals("WITH");
      case "LOCKS" -> Set.of("EXCLUSIVE", "SHARE", "UPDATE").contains(before);
      case "HOLDLOCK", "TABLOCKX", "UPDLOCK", "XLOCK" -> true;
      default -> false;
    };
  }

  private static boolean isToSavepoint(SqlWords words) {
    String word = words.next();
    if ("WORK".equals(word) || "TRANSACTION".equals(word)) {
      word = words.next();
    }
    return "TO".equals(word);
  }

  /** Its isolation and access mode are the boundary's to say; an exported snapshot may be taken. */
  private static boolean setsTransactions(SqlWords words) {
    String word = words.next();
    if ("SESSION".equals(word) || "LOCAL".equals(word)) {
      word = words.next();
    }
    return "TRANSACTION".equals(word)
        ? !"SNAPSHOT".equals(words.next())
        : word != null && OF_TRANSACTIONS.contains(word);
  }
}
