/**
 * Carries contexts by Micrometer's context-propagation, where that is there. Nothing outside this
 * package needs it.
 */
@NullMarked
package io.txhost.internal.micrometer;

import org.jspecify.annotations.NullMarked;
