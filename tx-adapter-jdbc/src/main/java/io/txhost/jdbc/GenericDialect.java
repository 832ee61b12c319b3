package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.Sql.Kind;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Any other database, by what its driver says of it: no more than JDBC promises is relied on. */
final class GenericDialect extends Dialect {
  private static final Set<String> DEFINES =
      Set.of("ALTER", "COMMENT", "CREATE", "DROP", "GRANT", "RENAME", "REVOKE", "TRUNCATE");

  // elsewhere, SQLite and HSQLDB say, a comment ends where the first in it does
  private static final Set<String> NESTING_COMMENTS =
      Set.of("Apache Derby", "DuckDB", "Microsoft SQL Server");

  private final Set<Isolation> isolations = EnumSet.of(Isolation.DEFAULT);
  private final boolean hasSavepoints;
  private final boolean commitsOnDdl;
  private final boolean isMySql;
  private final boolean commentsNest;

  GenericDialect(DatabaseMetaData metaData) throws SQLException {
    for (Isolation level :
        EnumSet.of(
            Isolation.READ_UNCOMMITTED,
            Isolation.READ_COMMITTED,
            Isolation.REPEATABLE_READ,
            Isolation.SERIALIZABLE)) {
      if (metaData.supportsTransactionIsolationLevel(Levels.number(level))) {
        isolations.add(level);
      }
    }
    hasSavepoints = metaData.supportsSavepoints();
    isMySql = "MySQL".equals(metaData.getDatabaseProductName());
    commentsNest = NESTING_COMMENTS.contains(metaData.getDatabaseProductName());
    commitsOnDdl = metaData.dataDefinitionCausesTransactionCommit();
  }

  @Override
  Set<Isolation> isolations() {
    return isolations;
  }

  @Override
  boolean hasSavepoints() {
    return hasSavepoints;
  }

  @Override
  void prepare(Borrowed taken, Isolation isolation, boolean readOnly) throws SQLException {
    if (readOnly) {
      taken.readOnly();
    }
    if (isolation != Isolation.DEFAULT) {
      taken.isolation(Levels.number(isolation));
    }
  }

  @Override
  boolean refusesWrites() {
    return false; // a driver may take setReadOnly for a hint
  }

  /**
   * Where nothing is known of the failure, the server may have given the whole transaction up, as
   * DuckDB does without a word: its COMMIT succeeds then. A refusal is better than a false commit.
   */
  @Override
  boolean isLostBy(SQLException failure, DriverState state) {
    return super.isLostBy(failure, state) || !SqlStates.isOfOneStatement(failure);
  }

  @Override
  boolean rollsBackWhenClosed() {
    return false; // Oracle commits
  }

  /** MySQL executes some of its comments. */
  @Override
  SqlWords words(String text) {
    return isMySql ? new MariaDbWords(text) : new SqlWords(text, commentsNest);
  }

  @Override
  Kind kindOf(String first, SqlWords words) {
    boolean controls = first.equals("BEGIN") ? beginsTransaction(words) : controls(first, words);
    if (controls) {
      return Kind.CONTROLS;
    }
    return switch (first) {
      case "SELECT", "TABLE", "VALUES" -> kindOfQuery(words, false);
      case "EXPLAIN", "WITH" -> kindOfQuery(words, true);
      case "DESC", "DESCRIBE", "RELEASE", "ROLLBACK", "SAVEPOINT", "SHOW" -> Kind.READS;
      case "SET", "USE" -> Kind.SETS;
      default -> commitsOnDdl && DEFINES.contains(first) ? Kind.COMMITS : Kind.WRITES;
    };
  }

  /** In some databases a query's {@code INTO} makes a table. */
  @Override
  boolean storesResult(String before, String word) {
    return word.equals("INTO");
  }

  /** In some databases {@code BEGIN} opens a block of procedural code. */
  private static boolean beginsTransaction(SqlWords words) {
    @Nullable String next = words.next();
    return next == null || Set.of(";", "WORK", "TRANSACTION", "TRAN").contains(next);
  }
}
