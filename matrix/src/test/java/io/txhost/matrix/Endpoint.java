package io.txhost.matrix;

import io.txhost.test.Database;
import io.txhost.test.ServerDatabase;
import java.sql.SQLException;
import java.util.List;

/** Where what goes over the wire is looked at: a server, its driver, and the pool's auto-commit. */
enum Endpoint {
  POSTGRESQL("PostgreSQL, auto-commit on", true),
  POSTGRESQL_AUTO_COMMIT_OFF("PostgreSQL, auto-commit off", false);

  private final String words;
  private final boolean autoCommit;

  Endpoint(String words, boolean autoCommit) {
    this.words = words;
    this.autoCommit = autoCommit;
  }

  Wire wire() {
    return Wire.POSTGRESQL;
  }

  /** Whether the pool hands out its connections with auto-commit on. */
  boolean autoCommit() {
    return autoCommit;
  }

  /** A new database of it. */
  ServerDatabase open() throws SQLException {
    return Database.postgres();
  }

  /** What a transaction may say, turn by turn. */
  List<String> budget(Program program) {
    String serializable = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";
    return switch (program) {
      case NO_STATEMENT -> List.of();
      case ONE_STATEMENT -> List.of("BEGIN; select 1", "COMMIT");
      case READ_ONLY -> List.of("BEGIN READ ONLY; select 1", "COMMIT");
      case SERIALIZABLE -> List.of("BEGIN; " + serializable, "select 1", "COMMIT");
      case SERIALIZABLE_READ_ONLY ->
          List.of("BEGIN READ ONLY; " + serializable, "select 1", "COMMIT");
      case NESTED_KEPT -> nested("BEGIN; select 1", "RELEASE ");
      case NESTED_UNDONE -> nested("BEGIN; select 1", "ROLLBACK TO ");
    };
  }

  private static List<String> nested(String first, String end) {
    String savepoint = "SAVEPOINT \"txh_1\"";
    return List.of(first, savepoint, "select 1", end + savepoint, "COMMIT");
  }

  @Override
  public String toString() {
    return words;
  }
}
