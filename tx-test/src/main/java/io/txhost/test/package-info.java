/**
 * For testing with txhost: {@link io.txhost.test.TxTest} undoes what a test wrote, {@link
 * io.txhost.test.NothingLeftBehind} fails a test that leaves a scope or a connection open, {@link
 * io.txhost.test.NoOpAdapter} gives services a host without a database, {@link
 * io.txhost.test.Database} is a real one, and {@link io.txhost.test.RecordingDataSource} shows what
 * it was told, {@link io.txhost.test.TranscriptAssert} asserts on it.
 */
@NullMarked
package io.txhost.test;

import org.jspecify.annotations.NullMarked;
