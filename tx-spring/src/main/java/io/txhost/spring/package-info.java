/**
 * Reads {@link io.txhost.Transactional} in Spring applications and calls the host. Decides nothing
 * about propagation.
 *
 * <p>Start at {@link io.txhost.spring.EnableTransactionHosts}. Hosts are beans: found by their
 * names, injected by their type arguments. Needs spring-context and nothing of Spring's own
 * transactions.
 *
 * <p>Contexts begin here, too: {@link io.txhost.spring.WithContext} for jobs and listeners, {@link
 * io.txhost.spring.ContextScope} for beans of which each context has its own. The filter that opens
 * one for each request is in {@code tx-servlet}.
 */
@NullMarked
package io.txhost.spring;

import org.jspecify.annotations.NullMarked;
