/**
 * For authors of adapters: {@link io.txhost.tck.AdapterContract} is what an adapter promises,
 * {@link io.txhost.tck.Pool} is where its connections come from, and {@link
 * io.txhost.tck.LoopbackProxy} counts round trips and cuts connections.
 */
@NullMarked
package io.txhost.tck;

import org.jspecify.annotations.NullMarked;
