/** For authors of adapters: the contract that every adapter keeps, and what it is run with. */
module io.txhost.tck {
  requires transitive io.txhost.test;
  requires org.assertj.core;
  requires org.junit.jupiter.params;
  requires static transitive org.jspecify;

  // only where a pool is asked for
  requires static com.zaxxer.hikari;

  exports io.txhost.tck;

  // the contract's tests are found by reflection
  opens io.txhost.tck;
}
