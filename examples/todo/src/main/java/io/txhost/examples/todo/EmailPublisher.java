package io.txhost.examples.todo;

import io.txhost.examples.todo.Publication.Delivery;
import org.springframework.stereotype.Component;

/** An e-mail has a subject. */
@Component
final class EmailPublisher implements Publisher {
  private final PublicationRepository repository;

  EmailPublisher(PublicationRepository repository) {
    this.repository = repository;
  }

  @Override
  public String channel() {
    return "email";
  }

  @Override
  public Delivery publish(long publication, String title) {
    Delivery delivery = new Delivery(channel(), worded(title));
    repository.insert(publication, delivery);
    return delivery;
  }

  private static String worded(String title) {
    return "Subject: " + title;
  }
}
