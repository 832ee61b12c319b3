/** What transactions do, as events, meters, spans and log lines. */
module io.txhost.observe {
  requires transitive io.txhost;
  requires static jdk.jfr;
  requires static transitive micrometer.core;
  requires static transitive micrometer.observation;
  requires static transitive micrometer.commons;
  requires static transitive org.jspecify;

  exports io.txhost.observe;
}
