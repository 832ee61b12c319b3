/** The host, the context and the SPI. Runs on the JDK alone. */
@SuppressWarnings("module") // io.txhost.test is built after this one
module io.txhost {
  requires transitive java.sql;
  requires static transitive org.jspecify;
  // the name of its file: it gives itself none. Registered by io.txhost.internal.micrometer, since
  // a module that provides a service of an absent one does not start
  requires static context.propagation;

  exports io.txhost;
  exports io.txhost.context;
  exports io.txhost.spi;
  // tx-test looks for what was left on a thread; tx-kotlin installs what was captured; the bridge
  // to Spring's transactions goes along with each boundary; the starter asks which carrier it is
  exports io.txhost.internal to
      io.txhost.test,
      io.txhost.kotlin,
      io.txhost.spring,
      io.txhost.spring.boot;
}
