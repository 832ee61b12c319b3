/** A context for each request of a servlet application. Needs no Spring. */
module io.txhost.servlet {
  requires transitive io.txhost;
  requires transitive jakarta.servlet;
  requires static transitive org.jspecify;

  exports io.txhost.servlet;
}
