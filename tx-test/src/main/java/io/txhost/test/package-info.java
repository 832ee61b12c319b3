/**
 * For testing with txhost. Applications: {@link io.txhost.test.NothingLeftBehind} fails a test that
 * leaves a scope or a connection open, {@link io.txhost.test.NoOpAdapter} gives services a host
 * without a database. Adapter authors: {@link io.txhost.test.AdapterContract} is what an adapter
 * promises, {@link io.txhost.test.RecordingDataSource} shows what a database was told.
 */
@NullMarked
package io.txhost.test;

import org.jspecify.annotations.NullMarked;
