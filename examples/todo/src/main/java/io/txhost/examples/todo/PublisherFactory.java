package io.txhost.examples.todo;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/**
 * Picks the publisher of a channel, by its key. Whom it picks is called as anybody else: in the
 * context and the transaction of the caller.
 */
@Component
final class PublisherFactory {
  private final Map<String, Publisher> publishers = new TreeMap<>();

  PublisherFactory(List<Publisher> all) {
    for (Publisher one : all) {
      publishers.put(one.channel(), one);
    }
  }

  /**
   * The publisher of the channel.
   *
   * @throws InvalidChannelsException if there is none
   */
  Publisher publisherFor(String channel) {
    Publisher found = publishers.get(channel);
    if (found == null) {
      throw new InvalidChannelsException(
          "A channel is none of " + String.join(", ", publishers.keySet()));
    }
    return found;
  }
}
