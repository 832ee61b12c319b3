/** An application on the module path. */
module shop {
  requires io.txhost.jdbi;
  requires io.txhost.jooq;
  requires io.txhost.spring;
  // for H2's DataSource, which is a Referenceable
  requires java.naming;

  opens shop to
      spring.beans,
      spring.context,
      spring.core;
}
