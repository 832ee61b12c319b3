/** The one dependency that a Spring Boot application adds: hosts, views of them, their settings. */
module io.txhost.spring.boot {
  requires transitive io.txhost.spring;
  requires transitive io.txhost.jdbc;
  requires java.sql;
  requires spring.beans;
  requires spring.boot;
  requires spring.boot.autoconfigure;
  requires spring.context;
  requires spring.core;
  requires static transitive org.jspecify;
  requires static io.txhost.jdbi;
  requires static io.txhost.jooq;
  requires static io.txhost.servlet;
  requires static io.txhost.observe;
  requires static jdk.jfr;
  requires static micrometer.core;
  requires static micrometer.observation;
  requires static micrometer.tracing;
  requires static spring.boot.actuator;
  requires static spring.boot.actuator.autoconfigure;
  requires static spring.jdbc;
  requires static spring.tx;
  requires static org.jdbi.v3.sqlobject;

  exports io.txhost.spring.boot;

  // Spring creates our package-private beans
  opens io.txhost.spring.boot to
      spring.beans,
      spring.boot,
      spring.context,
      spring.core;
}
