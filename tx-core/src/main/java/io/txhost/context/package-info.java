/**
 * The context that follows a call: an id and values by key. It knows nothing of transactions and is
 * usable alone; start at {@link io.txhost.context.Context}.
 */
@NullMarked
package io.txhost.context;

import org.jspecify.annotations.NullMarked;
