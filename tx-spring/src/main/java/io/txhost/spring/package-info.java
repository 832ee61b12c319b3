/**
 * Reads {@link io.txhost.Transactional} in Spring applications and calls the host. Decides nothing
 * about propagation.
 *
 * <p>Start at {@link io.txhost.spring.EnableTransactionHosts}. Hosts are beans: found by their
 * names, injected by their type arguments. Needs spring-context and nothing of Spring's own
 * transactions.
 */
@NullMarked
package io.txhost.spring;

import org.jspecify.annotations.NullMarked;
