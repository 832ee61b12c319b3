/** What the JUnit platform finds by itself. */
@NullMarked
package io.txhost.test.internal;

import org.jspecify.annotations.NullMarked;
