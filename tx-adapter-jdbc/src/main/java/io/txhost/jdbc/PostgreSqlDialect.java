package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.DriverState.Phase;
import io.txhost.jdbc.Sql.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: BEGIN rides on the first statement, with READ ONLY where asked for; isolation is a
 * one-shot SET TRANSACTION; any failed statement fails the transaction, and the driver knows its
 * state.
 */
final class PostgreSqlDialect extends Dialect {
  private static final Set<String> CHANGING = Set.of("DELETE", "INSERT", "MERGE", "UPDATE");
  private static final Set<String> LEADING = Set.of("EXPLAIN", "WITH");

  // what changes no data, whatever follows, save for those that changesData looks into
  private static final Set<String> READING =
      Set.of(
          "CLOSE",
          "DEALLOCATE",
          "DECLARE",
          "EXPLAIN",
          "FETCH",
          "LISTEN",
          "LOCK",
          "MOVE",
          "PREPARE",
          "RELEASE",
          "RESET",
          "ROLLBACK",
          "SAVEPOINT",
          "SELECT",
          "SET",
          "SHOW",
          "TABLE",
          "UNLISTEN",
          "VALUES",
          "WITH");

  @Override
  Set<Isolation> isolations() {
    return EnumSet.allOf(Isolation.class);
  }

  @Override
  boolean hasSavepoints() {
    return true;
  }

  @Override
  Isolation effective(Isolation asked) {
    return asked == Isolation.SNAPSHOT ? Isolation.REPEATABLE_READ : asked;
  }

  @Override
  void prepare(Borrowed taken, Isolation isolation, boolean readOnly) throws SQLException {
    if (readOnly) {
      taken.readOnly();
    }
  }

  @Override
  @Nullable String oneShot(Isolation isolation, boolean readOnly, DriverState state) {
    String level =
        isolation == Isolation.DEFAULT
            ? ""
            : " ISOLATION LEVEL " + effective(isolation).name().replace('_', ' ');
    boolean needsAccessMode = readOnly && !state.isReadOnlyInForce(); // readOnlyMode=ignore
    String access = !needsAccessMode ? "" : level.isEmpty() ? " READ ONLY" : ", READ ONLY";
    return level.isEmpty() && access.isEmpty() ? null : "SET TRANSACTION" + level + access;
  }

  @Override
  boolean refusesWrites() {
    return true;
  }

  @Override
  DriverState stateOf(Connection connection) throws SQLException {
    return PostgreSqlDriver.of(connection);
  }

  @Override
  boolean isLostBy(SQLException failure, DriverState state) {
    Phase phase = state.phase();
    return phase == Phase.FAILED
        || (phase == Phase.UNKNOWN && PostgreSqlDriver.isFromServer(failure))
        || super.isLostBy(failure, state);
  }

  @Override
  Kind kindOf(String first, SqlWords words) {
    boolean controls =
        switch (first) {
          case "ABORT", "BEGIN", "END" -> true;
          case "PREPARE" -> "TRANSACTION".equals(words.next());
          default -> controls(first, words);
        };
    if (controls) {
      return Kind.CONTROLS;
    }
    return READING.contains(first) && !changesData(first, words) ? Kind.READS : Kind.WRITES;
  }

  /** In a WITH a data change may be at any depth; INTO makes a table; FOR UPDATE only locks. */
  private static boolean changesData(String first, SqlWords words) {
    boolean leadsOn = LEADING.contains(first);
    if (!leadsOn && !first.equals("SELECT")) {
      return false;
    }
    String before = "";
    for (String word = words.next(); word != null && !word.equals(";"); word = words.next()) {
      boolean locks = before.equals("FOR") || before.equals("KEY"); // FOR NO KEY UPDATE
      if (word.equals("INTO") || (leadsOn && !locks && CHANGING.contains(word))) {
        return true;
      }
      before = word;
    }
    return false;
  }
}
