/**
 * Draws what the transactions of a request did, one bar below the other. To read from outside in:
 * the {@code RecordingFilter} opens a {@code Recording} for each request, and the {@code
 * RecordingListener} writes into it what hosts tell. {@code Recordings} keeps the last ones.
 *
 * <p>{@code Waterfall} turns the events of a recording into bars, and {@code Drawing} turns bars
 * into SVG; neither knows of the web, nor of hosts. {@code WaterfallController} shows them.
 */
@NullMarked
package io.txhost.examples.todo.waterfall;

import org.jspecify.annotations.NullMarked;
