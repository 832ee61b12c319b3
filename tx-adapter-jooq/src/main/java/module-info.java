/** jOOQ in the transactions of a JDBC host. */
module io.txhost.jooq {
  requires transitive io.txhost.jdbc;
  requires transitive org.jooq;
  requires static transitive org.jspecify;

  exports io.txhost.jooq;
}
