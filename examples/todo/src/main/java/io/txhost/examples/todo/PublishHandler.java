package io.txhost.examples.todo;

import io.txhost.Transactional;
import org.springframework.stereotype.Component;

/**
 * One transaction for the publication and all of its deliveries, however long a publisher takes.
 */
@Component
public class PublishHandler implements CommandHandler<Publish, Publication> {
  private final PublicationService publications;

  PublishHandler(PublicationService publications) {
    this.publications = publications;
  }

  @Transactional(timeout = "3s")
  @Override
  public Publication execute(Publish command) {
    return publications.publish(command);
  }
}
