package io.txhost.examples.todo;

import io.txhost.examples.todo.Publication.Delivery;

/** What all channels do alike: each says only how it words a title. */
abstract class WordedPublisher implements Publisher {
  private final String channel;
  private final PublicationRepository repository;

  WordedPublisher(String channel, PublicationRepository repository) {
    this.channel = channel;
    this.repository = repository;
  }

  abstract String worded(String title);

  @Override
  public final String channel() {
    return channel;
  }

  @Override
  public final Delivery publish(long publication, String title) {
    Delivery delivery = new Delivery(channel, worded(title));
    repository.insert(publication, delivery);
    return delivery;
  }
}
