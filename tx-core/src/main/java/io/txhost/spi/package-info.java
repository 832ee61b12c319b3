/**
 * What an adapter or listener author implements. Applications use {@link io.txhost} and need
 * nothing from here.
 *
 * <p>Start at {@link io.txhost.spi.TransactionAdapter} and prove yours with {@code AdapterContract}
 * from {@code tx-adapter-tck}. A method added here later has a default, which refuses or truly does
 * nothing.
 */
@NullMarked
package io.txhost.spi;

import org.jspecify.annotations.NullMarked;
