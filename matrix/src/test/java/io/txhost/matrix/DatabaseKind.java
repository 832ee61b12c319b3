package io.txhost.matrix;

import io.txhost.test.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

/** The databases of the matrix: a server's version, and the driver that leads to it. */
enum DatabaseKind {
  H2("H2") {
    @Override
    Database make() {
      return Database.h2();
    }
  },
  POSTGRES_18("PostgreSQL 18") {
    @Override
    Database make() throws SQLException {
      return Database.postgres();
    }
  },
  POSTGRES_16("PostgreSQL 16") {
    @Override
    Database make() throws SQLException {
      return Database.postgres(Path.of("target/postgres-16.jar")); // the build copies it there
    }
  },
  MARIADB_11("MariaDB 11") {
    @Override
    Database make() throws SQLException {
      return Database.mariaDb();
    }
  },
  MARIADB_11_THROUGH_MYSQL("MariaDB 11 through MySQL Connector/J") {
    @Override
    Database make() throws SQLException {
      return Database.mariaDbThroughMySqlDriver();
    }
  };

  private static final String NEVER_OPENED = "never opened";
  private static final ReentrantLock STARTING = new ReentrantLock();

  private final String title;
  private volatile String versions = NEVER_OPENED;

  DatabaseKind(String title) {
    this.title = title;
  }

  abstract Database make() throws SQLException;

  /** A new database on it. */
  Database open() throws SQLException {
    Database made = make();
    try (Connection connection = made.dataSource().getConnection()) {
      DatabaseMetaData asked = connection.getMetaData();
      versions =
          words(asked.getDatabaseProductName(), asked.getDatabaseProductVersion())
              + "\t"
              + words(asked.getDriverName(), asked.getDriverVersion());
    }
    return made;
  }

  /** Without the day of its build or the like, which some put behind. */
  private static String words(String name, String version) {
    return name + " " + version.replaceFirst(" \\(.*", "");
  }

  /**
   * Sees to it that its server runs, one server at a time: beside one that starts no deadline could
   * be kept on two cores.
   */
  void start() throws SQLException {
    STARTING.lock();
    try {
      if (versions.equals(NEVER_OPENED)) {
        open().close();
      }
    } finally {
      STARTING.unlock();
    }
  }

  /** What server and driver said they are, where one was opened; a tab between them. */
  String versions() {
    return versions;
  }

  @Override
  public String toString() {
    return title;
  }
}
