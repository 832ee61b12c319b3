package io.txhost.examples.todo;

import java.util.List;

/**
 * The command to publish something, on all of the channels or on none.
 *
 * @param title as for a {@link CreateTodo}
 * @param channels by their keys; at least one, none twice
 * @param parallel whether the channels' publishers work at the same time, else in order
 */
public record Publish(String title, List<String> channels, boolean parallel) {

  /** Copies the channels. */
  public Publish {
    channels = List.copyOf(channels);
  }
}
