/**
 * The carrier of what is active on a thread, shared by the context and the engine. Not exported: it
 * may change in any release.
 */
@NullMarked
package io.txhost.internal;

import org.jspecify.annotations.NullMarked;
