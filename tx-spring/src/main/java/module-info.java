/**
 * Spring: hosts as beans, {@code @Transactional} as advice, what cannot take effect refused at
 * start-up.
 */
module io.txhost.spring {
  requires transitive io.txhost;
  requires transitive spring.context;
  requires spring.aop;
  requires spring.beans;
  requires spring.core;
  requires static transitive org.jspecify;
  requires static spring.test;
  requires static io.txhost.test; // beside it
  requires org.aspectj.weaver;
  // the bridge's, which is only used where they are
  requires static io.txhost.jdbc;
  requires static spring.jdbc;
  requires static spring.tx;

  exports io.txhost.spring;
  exports io.txhost.spring.tx;

  // Spring creates our package-private beans
  opens io.txhost.spring to
      spring.beans,
      spring.core;
  // Spring's tests create what spring.factories names
  opens io.txhost.spring.test to
      spring.core;
}
