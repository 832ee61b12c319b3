package io.txhost.matrix;

import io.txhost.test.Database;
import io.txhost.test.ServerDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.SQLDialect;

/** Where what goes over the wire is looked at: a server, its driver, and the pool's auto-commit. */
enum Endpoint {
  POSTGRESQL("PostgreSQL, auto-commit on", true),
  POSTGRESQL_OFF("PostgreSQL, auto-commit off", false),
  MARIADB("MariaDB, auto-commit on", true),
  MARIADB_OFF("MariaDB, auto-commit off", false),
  MYSQLS_DRIVER("MariaDB through MySQL's driver, auto-commit on", true),
  MYSQLS_DRIVER_OFF("MariaDB through MySQL's driver, auto-commit off", false);

  /** The statement of every program. */
  static final String SQL = "select label from item where id = 1";

  private static final String SERIALIZABLE = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";

  private final String words;
  private final boolean autoCommit;

  Endpoint(String words, boolean autoCommit) {
    this.words = words;
    this.autoCommit = autoCommit;
  }

  private boolean isPostgreSql() {
    return this == POSTGRESQL || this == POSTGRESQL_OFF;
  }

  Wire wire() {
    return isPostgreSql() ? Wire.POSTGRESQL : Wire.MARIADB;
  }

  /** Whether the pool hands out its connections with auto-commit on. */
  boolean autoCommit() {
    return autoCommit;
  }

  SQLDialect dialect() {
    return isPostgreSql() ? SQLDialect.POSTGRES : SQLDialect.MARIADB;
  }

  /** A new database of it. */
  ServerDatabase open() throws SQLException {
    return switch (this) {
      case POSTGRESQL, POSTGRESQL_OFF -> Database.postgres();
      case MARIADB, MARIADB_OFF -> Database.mariaDb();
      case MYSQLS_DRIVER, MYSQLS_DRIVER_OFF -> Database.mariaDbThroughMySqlDriver();
    };
  }

  /** What a transaction may say, turn by turn. */
  List<String> budget(Program program) {
    if (program == Program.NO_STATEMENT) {
      return List.of();
    }
    List<String> turns =
        new ArrayList<>(isPostgreSql() ? onPostgreSql(program) : onMariaDb(program));
    if (program.isNested()) {
      String savepoint = isPostgreSql() ? "SAVEPOINT \"txh_1\"" : "SAVEPOINT `txh_1`";
      turns.add(savepoint);
      turns.add(SQL);
      turns.add((program == Program.NESTED_KEPT ? "RELEASE " : "ROLLBACK TO ") + savepoint);
    }
    turns.add("COMMIT");
    return turns;
  }

  /** The driver sends BEGIN, and READ ONLY in it, along with the first statement. */
  private static List<String> onPostgreSql(Program program) {
    String begin = program.isReadOnly() ? "BEGIN READ ONLY; " : "BEGIN; ";
    return program.isSerializable() ? List.of(begin + SERIALIZABLE, SQL) : List.of(begin + SQL);
  }

  /** Begun in text where the connection is in auto-commit mode, else by the first statement. */
  private List<String> onMariaDb(Program program) {
    List<String> turns = new ArrayList<>();
    if (program.isSerializable()) {
      turns.add(SERIALIZABLE + (program.isReadOnly() && !autoCommit ? ", READ ONLY" : ""));
    } else if (program.isReadOnly() && !autoCommit) {
      turns.add("SET TRANSACTION READ ONLY");
    }
    if (autoCommit) {
      turns.add("START TRANSACTION" + (program.isReadOnly() ? " READ ONLY" : ""));
    }
    turns.add(SQL);
    return turns;
  }

  @Override
  public String toString() {
    return words;
  }
}
