package io.txhost.examples.todo;

import io.txhost.TransactionalCallable;
import io.txhost.examples.todo.Publication.Delivery;
import java.util.List;
import org.springframework.stereotype.Service;

/** Publishes on several channels. Knows nothing of transactions. */
@Service
final class PublicationService {
  private final PublicationRepository repository;
  private final PublisherFactory publishers;
  private final FanOut fanOut;

  PublicationService(PublicationRepository repository, PublisherFactory publishers, FanOut fanOut) {
    this.repository = repository;
    this.publishers = publishers;
    this.fanOut = fanOut;
  }

  /**
   * Publishes on all of the channels.
   *
   * @throws InvalidChannelsException if one is not known; nothing is published
   */
  Publication publish(Publish command) {
    List<Publisher> chosen = command.channels().stream().map(publishers::publisherFor).toList();
    long id = repository.insert(command.title());
    List<TransactionalCallable<Delivery, RuntimeException>> tasks =
        chosen.stream()
            .<TransactionalCallable<Delivery, RuntimeException>>map(
                publisher -> () -> publisher.publish(id, command.title()))
            .toList();
    List<Delivery> deliveries =
        command.parallel() ? fanOut.inParallel(tasks) : fanOut.inOrder(tasks);
    return new Publication(id, command.title(), deliveries);
  }
}
