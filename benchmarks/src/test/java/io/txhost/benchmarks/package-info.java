/**
 * What a boundary costs. {@link io.txhost.benchmarks.Case} has the rows, {@link
 * io.txhost.benchmarks.Scenarios} what each peer does in them, {@link io.txhost.benchmarks.Run} is
 * the run of {@code mvn -Pbench}, and {@code CostsTest} the guard of each build.
 */
@NullMarked
package io.txhost.benchmarks;

import org.jspecify.annotations.NullMarked;
