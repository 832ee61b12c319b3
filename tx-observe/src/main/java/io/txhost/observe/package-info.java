/**
 * What transactions do, as events of the flight recorder, as meters and observations of
 * Micrometer's, as lines of the log, and as an answer to the question what is open now.
 *
 * <p>Start at {@link io.txhost.observe.TransactionObserver}.
 */
@NullMarked
package io.txhost.observe;

import org.jspecify.annotations.NullMarked;
