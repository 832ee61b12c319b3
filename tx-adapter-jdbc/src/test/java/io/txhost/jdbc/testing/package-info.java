/** What {@code @TxTest} of tx-test does with real hosts: here, since tx-test knows no adapter. */
@NullMarked
package io.txhost.jdbc.testing;

import org.jspecify.annotations.NullMarked;
