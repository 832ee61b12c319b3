/**
 * Spring Boot: a host for each {@code DataSource}, views of it for Jdbi and jOOQ, a context for
 * each request, all set by the properties {@code txhost.*}. {@code docs/spring-boot.md} tells what
 * there is, and what stands back for beans of the application.
 */
@NullMarked
package io.txhost.spring.boot;

import org.jspecify.annotations.NullMarked;
