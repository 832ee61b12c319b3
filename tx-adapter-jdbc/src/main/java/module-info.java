/** Transactions of JDBC connections. */
module io.txhost.jdbc {
  requires transitive io.txhost;
  // only asked where their connections are in use: what became of the transaction, without a round
  // trip
  requires static mysql.connector.j;
  requires static org.mariadb.jdbc;
  requires static org.postgresql.jdbc;

  exports io.txhost.jdbc;
}
