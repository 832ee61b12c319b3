package io.txhost.examples.todo;

import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a POST.
 *
 * @param title of any JSON type, as a {@link NewTodo}'s
 * @param channels which are to publish it
 * @param parallel whether at the same time; in order where it is missing
 */
record NewPublication(
    @Nullable Object title, @Nullable List<@Nullable String> channels, @Nullable Boolean parallel) {

  /**
   * The command this asks for.
   *
   * @throws InvalidTitleException if the title is missing, no string, or not a title
   * @throws InvalidChannelsException if a channel is missing or asked for twice, or there is none
   */
  Publish command() {
    String valid = new NewTodo(title).command().title();
    if (channels == null || channels.isEmpty()) {
      throw new InvalidChannelsException("The channels are missing");
    }
    if (channels.contains(null) || new HashSet<>(channels).size() < channels.size()) {
      throw new InvalidChannelsException("A channel is missing, or there twice");
    }
    return new Publish(
        valid, channels.stream().map(String::valueOf).toList(), Boolean.TRUE.equals(parallel));
  }
}
