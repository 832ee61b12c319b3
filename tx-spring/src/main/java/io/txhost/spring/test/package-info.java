/**
 * {@code @TxTest} of tx-test in Spring's TestContext framework: data source beans that a test can
 * undo, and a listener that opens and ends each test's run. Only where tx-test is there.
 */
@NullMarked
package io.txhost.spring.test;

import org.jspecify.annotations.NullMarked;
