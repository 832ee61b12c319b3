/** What every adapter does on every database: promised once, shown everywhere. */
@NullMarked
package io.txhost.matrix;

import org.jspecify.annotations.NullMarked;
