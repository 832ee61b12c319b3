/**
 * The bridge to Spring's transactions: {@link io.txhost.spring.tx.TxHostTransactionManager} makes a
 * host's transactions Spring's, and Spring's the host's. Only used where spring-tx, spring-jdbc and
 * tx-adapter-jdbc are there.
 */
@NullMarked
package io.txhost.spring.tx;

import org.jspecify.annotations.NullMarked;
