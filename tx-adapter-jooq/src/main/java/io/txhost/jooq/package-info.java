/**
 * jOOQ in the transactions of a {@link io.txhost.TransactionHost}. Start at {@link
 * io.txhost.jooq.JooqAdapter}.
 */
@NullMarked
package io.txhost.jooq;

import org.jspecify.annotations.NullMarked;
