/** Jdbi handles in the transactions of a JDBC host. */
module io.txhost.jdbi {
  requires transitive io.txhost.jdbc;
  requires transitive org.jdbi.v3.core;
  requires static transitive org.jspecify;

  exports io.txhost.jdbi;
}
