/**
 * Jdbi in the transactions of a {@link io.txhost.TransactionHost}. Start at {@link
 * io.txhost.jdbi.JdbiAdapter}.
 */
@NullMarked
package io.txhost.jdbi;

import org.jspecify.annotations.NullMarked;
