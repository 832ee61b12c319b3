/**
 * Run code in a database transaction without handing the transaction around.
 *
 * <p>Start at {@link io.txhost.TransactionHost}: it says where a transaction starts and ends, and
 * which one the calling code is in. {@link io.txhost.Transactional} says the same as an annotation,
 * and {@link io.txhost.TransactionException} is the root of everything that is refused here.
 */
@NullMarked
package io.txhost;

import org.jspecify.annotations.NullMarked;
