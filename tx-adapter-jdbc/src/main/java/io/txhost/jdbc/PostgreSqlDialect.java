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
  private static final Set<String> MAY_LEAD_ON =
      Set.of("EXPLAIN", "SELECT", "TABLE", "VALUES", "WITH");

  private static final String FAILED_BEFORE = "25P02";

  // what changes no data, whatever follows, save for those that kindOfReading looks into
  private static final Set<String> READING =
      Set.of(
          "CLOSE",
          "EXPLAIN",
          "FETCH",
          "LOCK",
          "MOVE",
          "RELEASE",
          "ROLLBACK",
          "SAVEPOINT",
          "SELECT",
          "SHOW",
          "TABLE",
          "VALUES",
          "WITH");

  // what is the session's afterwards; DECLARE by its WITH HOLD
  private static final Set<String> OF_THE_SESSION =
      Set.of("DEALLOCATE", "DECLARE", "LISTEN", "PREPARE", "RESET", "SET", "UNLISTEN");

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
  DriverState trusted(DriverState found) {
    return found instanceof PostgreSqlDriver ? found : DriverState.UNKNOWN;
  }

  @Override
  boolean isLostBy(SQLException failure, DriverState state) {
    Phase phase = state.phase();
    return phase == Phase.FAILED
        || (phase == Phase.UNKNOWN && PostgreSqlDriver.isFromServer(failure))
        || super.isLostBy(failure, state);
  }

  @Override
  SQLException first(SQLException failure) {
    return FAILED_BEFORE.equals(failure.getSQLState())
            && failure.getCause() instanceof SQLException first
        ? first
        : failure;
  }

  /**
   * A server that has given the transaction up refuses this, and the driver says what was first.
   */
  @Override
  @Nullable SQLException whatFailed(Connection connection) {
    try {
      Demarcation.send(connection, "SELECT 1");
      return null;
    } catch (SQLException e) {
      SQLException first = first(e);
      return first == e ? null : first;
    }
  }

  /** A COPY and a large object of the driver's begin with a plain BEGIN; a statement does not. */
  @Override
  String readOnlyBeforeDriversOwn() {
    return "SET TRANSACTION READ ONLY";
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
    if (first.equals("LOCK")) {
      return Kind.LOCKS;
    }
    if (OF_THE_SESSION.contains(first)) {
      return Kind.SETS;
    }
    return READING.contains(first) ? kindOfReading(first, words) : Kind.WRITES;
  }

  /** In a WITH a data change may be at any depth; INTO makes a table. */
  private static Kind kindOfReading(String first, SqlWords words) {
    if (!MAY_LEAD_ON.contains(first)) {
      return Kind.READS;
    }
    boolean leadsOn = LEADING.contains(first);
    int outside = words.depth();
    Kind kind = Kind.READS;
    String beforeLast = "";
    String before = "";
    for (String word = words.next(); word != null && !word.equals(";"); word = words.next()) {
      if (locks(beforeLast, before, word)) {
        kind = Kind.LOCKS;
      } else if (word.equals("INTO") || (leadsOn && CHANGING.contains(word))) {
        return Kind.WRITES;
      } else if (leadsOn && words.depth() == outside && isLedTo(word)) {
        return Kind.WRITES;
      }
      beforeLast = before;
      before = word;
    }
    return kind;
  }
}
