/** Transactions of JDBC connections. */
module io.txhost.jdbc {
  requires transitive io.txhost;
  // only asked where its connections are in use: what became of the transaction, without a round
  // trip
  requires static org.postgresql.jdbc;

  exports io.txhost.jdbc;
}
