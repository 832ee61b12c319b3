/** What the JUnit platform finds by itself. */
@NullMarked
package io.txhost.test.launcher;

import org.jspecify.annotations.NullMarked;
